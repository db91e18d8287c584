"""Reaping: expired leases go back, chunks that killed three workers are poisoned, forgotten bells ring again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ctapp.models import Chunk, Outcome, Run, RunItem, RunLog
from ctapp.models.run import OPEN_STATES, ChunkState
from ctapp.runs import ringing
from ctapp.runs.claiming import MAX_ATTEMPTS
from ctapp.runs.finishing import finish_if_over

FORGOTTEN = timedelta(minutes=15)
POISONED = "chunk_poisoned"


def reap() -> None:
    """One pass over the open runs; safe beside workers and other reapers."""
    now = timezone.now()
    for chunk in Chunk.objects.filter(_dead(now), attempts__gte=MAX_ATTEMPTS, run__state__in=OPEN_STATES):
        _poison(chunk, now)
    Chunk.objects.filter(state=ChunkState.RUNNING, lease_until__lt=now, attempts__lt=MAX_ATTEMPTS).update(
        state=ChunkState.PENDING, claim_token=None, lease_until=None, rung_at=None
    )
    forgotten = Q(rung_at__isnull=True) | Q(rung_at__lt=now - FORGOTTEN)
    with transaction.atomic():
        waiting = Chunk.objects.filter(forgotten, state=ChunkState.PENDING, run__state__in=OPEN_STATES)
        ringing.ring(waiting.select_for_update(skip_locked=True, of=("self",)))
    for run_id in Run.objects.filter(state__in=OPEN_STATES).values_list("pk", flat=True):
        finish_if_over(run_id)


def _dead(now: datetime) -> Q:
    return Q(state=ChunkState.RUNNING, lease_until__lt=now) | Q(state=ChunkState.PENDING)


def _poison(chunk: Chunk, now: datetime) -> None:
    """Three attempts died: its items end as unknown with that reason, and no company's status changes."""
    with transaction.atomic():
        if not Chunk.objects.filter(_dead(now), id=chunk.pk, attempts__gte=MAX_ATTEMPTS).update(
            state=ChunkState.POISONED, claim_token=None, lease_until=None
        ):
            return
        if chunk.number:
            RunItem.objects.filter(
                run=chunk.run_id,
                outcome__isnull=True,
                outreach_id__gte=chunk.first_key,
                outreach_id__lte=chunk.last_key,
            ).update(outcome=Outcome.UNKNOWN, reason=POISONED)
        RunLog.objects.create(
            run_id=chunk.run_id,
            level="error",
            message=f"Chunk {chunk.number} died {chunk.attempts} times; its companies stay as they were",
        )
