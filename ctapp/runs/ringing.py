"""Ringing the bell: one queued task a chunk, in the transaction that makes the chunk, with its id alone."""

from collections.abc import Iterable

from django.utils import timezone
from django_q.tasks import async_task

from ctapp.models import Chunk

TASK = "ctapp.runs.tasks.run_chunk"


def ring(chunks: Iterable[Chunk]) -> None:
    """Queue each chunk; a bell that is lost or rung twice harms nothing (claiming, reaping)."""
    ids = [chunk.pk for chunk in chunks]
    for chunk_id in ids:
        async_task(TASK, chunk_id)
    Chunk.objects.filter(id__in=ids).update(rung_at=timezone.now())
