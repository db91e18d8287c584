"""Running in the caller's own process, for commands: the same chunk code, chunk after chunk."""

from collections.abc import Callable

from ctapp.models import Run
from ctapp.models.run import OPEN_STATES, ChunkState
from ctapp.runs.executing import execute_chunk
from ctapp.runs.finishing import finish_if_over


def execute(run: Run, on_chunk: Callable[[Run], None] = lambda run: None) -> Run:
    """Work until no chunk is pending, and return the run as it then stands; workers may take part."""
    while True:
        chunk_id = (
            run.chunks.filter(state=ChunkState.PENDING).order_by("number").values_list("id", flat=True).first()
        )
        if chunk_id is None:
            break
        execute_chunk(chunk_id)
        run.refresh_from_db()
        on_chunk(run)
        if run.state not in OPEN_STATES:
            break
    finish_if_over(run.pk)
    run.refresh_from_db()
    return run
