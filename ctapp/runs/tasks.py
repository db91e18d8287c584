"""What django-q2 calls: chunks by their id, and the scheduled tasks."""

import platform

from django.utils import timezone

from ctapp.models import WorkerHeartbeat
from ctapp.runs import reaping
from ctapp.runs.executing import execute_chunk


def run_chunk(chunk_id: int) -> None:
    """Work on one chunk."""
    execute_chunk(chunk_id)


def heartbeat_and_reap() -> None:
    """Each minute: say that a worker here is alive, and take back what dead ones left."""
    WorkerHeartbeat.objects.update_or_create(host=platform.node(), defaults={"beat_at": timezone.now()})
    reaping.reap()
