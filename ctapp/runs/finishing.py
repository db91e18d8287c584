"""Finishing: when no chunk is left, one transaction sums up the run and writes its audit event."""

from django.db import transaction
from django.utils import timezone

from ctapp.audit.chain import append
from ctapp.audit.events import Actor, Draft
from ctapp.models import Outcome, Run, RunItem, RunLog
from ctapp.models.run import ChunkState, RunState
from ctapp.runs.counting import digest_of, outcomes_of

OPEN_CHUNKS = (ChunkState.PENDING, ChunkState.RUNNING)
CANCELLED_REASON = "run_cancelled"


def finish_if_over(run_id: int) -> bool:
    """End the run if nothing is left to do; True where this call ended it. Of several callers one does it."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.state not in (RunState.RUNNING, RunState.CANCELLING, RunState.PLANNED):
            return False
        if run.state == RunState.CANCELLING:
            run.chunks.filter(state=ChunkState.PENDING).update(state=ChunkState.CANCELLED)
        if run.chunks.filter(state__in=OPEN_CHUNKS).exists():
            return False
        _finish(run)
        return True


def _finish(run: Run) -> None:
    cancelled = run.state == RunState.CANCELLING
    never_planned = run.started_at is None
    if cancelled:
        RunItem.objects.filter(run=run, outcome__isnull=True).update(
            outcome=Outcome.NOT_ATTEMPTED, reason=CANCELLED_REASON
        )
    run.outcomes, run.digest, run.ended_at = outcomes_of(run.pk), digest_of(run.pk), timezone.now()
    poisoned = run.chunks.filter(state=ChunkState.POISONED).exists()
    if cancelled:
        run.state = RunState.CANCELLED
    elif never_planned:
        run.state = RunState.CRASHED
    else:
        run.state = RunState.FINISHED_WITH_ERRORS if poisoned else RunState.FINISHED
    run.save()
    RunLog.objects.create(run=run, message=f"{run.get_state_display().capitalize()}: {_in_words(run.outcomes)}")
    drafts = [
        Draft(f"run_{run.state}", "run", str(run.pk), None, {"outcomes": run.outcomes, "items_digest": run.digest})
    ]
    if not run.dry_run:
        append(Actor(run.actor, run.request_id), drafts, run_id=run.pk)


def _in_words(outcomes: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {Outcome(word).label}" for word, count in outcomes.items()) or "no company"
