"""How a run is going: how much is done, by outcome, how fast, and how long it will take."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from ctapp.models import Run
from ctapp.models.run import ChunkState


@dataclass(frozen=True)
class Progress:
    """`total` and `processed` count items that need work; `outcomes` what chunks have ended so far; rate a second."""

    state: str
    total: int
    processed: int
    outcomes: dict[str, int]
    rate: float | None
    seconds_left: float | None
    heartbeat_age: timedelta | None


def progress(run: Run) -> Progress:
    """From the run's chunks, a few hundred rows at most, never from its items."""
    now = timezone.now()
    outcomes: Counter[str] = Counter()
    total = processed = 0
    beats = []
    for chunk in run.chunks.exclude(number=0).only("size", "processed", "outcomes", "state", "heartbeat_at"):
        total += chunk.size
        processed += chunk.size if chunk.state in (ChunkState.DONE, ChunkState.POISONED) else 0
        outcomes.update(chunk.outcomes)
        if chunk.heartbeat_at:
            beats.append(chunk.heartbeat_at)
    elapsed = ((run.ended_at or now) - run.started_at).total_seconds() if run.started_at else 0.0
    rate = processed / elapsed if processed and elapsed > 0 else None
    left = (total - processed) / rate if rate and run.ended_at is None else None
    return Progress(
        run.state,
        total,
        processed,
        run.outcomes or dict(outcomes),
        rate,
        left,
        now - max(beats) if beats and run.ended_at is None else None,
    )
