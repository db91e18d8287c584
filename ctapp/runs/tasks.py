"""What django-q2 calls inside the worker cluster: one chunk, by its id."""

from ctapp.runs.executing import execute_chunk


def run_chunk(chunk_id: int) -> None:
    """Work on one chunk."""
    execute_chunk(chunk_id)
