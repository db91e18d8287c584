"""Cancel a run, resume a cancelled one, and retry what failed as a new run linked to the old."""

from django.db import transaction

from ctapp.actions.caller import Caller, Refused
from ctapp.actions.start_run import PERMISSION, start_run
from ctapp.audit.chain import append
from ctapp.audit.events import Draft
from ctapp.models import Outcome, Run, RunItem
from ctapp.models.run import ChunkState, RunState
from ctapp.runs import ringing
from ctapp.runs.finishing import CANCELLED_REASON, finish_if_over
from ctapp.runs.selection import RETRIED_OUTCOMES


def cancel_run(run_id: int, caller: Caller) -> None:
    """Stop after the chunks in flight; what was done stays done. Raises Refused where the run is not open."""
    caller.require(PERMISSION, "cancel runs")
    with transaction.atomic():
        if not Run.objects.filter(pk=run_id, state__in=[RunState.PLANNED, RunState.RUNNING]).update(
            state=RunState.CANCELLING
        ):
            raise Refused(f"run {run_id} is not open, so there is nothing to cancel")
        append(caller.actor, [Draft("run_cancel_asked", "run", str(run_id))], run_id=run_id)
    finish_if_over(run_id)


def resume_run(run_id: int, caller: Caller, *, queued: bool = True) -> Run:
    """Go on with a cancelled run where it stopped. Raises Refused where it was not cancelled."""
    caller.require(PERMISSION, "resume runs")
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(pk=run_id, state=RunState.CANCELLED).first()
        if run is None:
            raise Refused(f"run {run_id} was not cancelled, so there is nothing to resume")
        RunItem.objects.filter(run=run, outcome=Outcome.NOT_ATTEMPTED, reason=CANCELLED_REASON).update(
            outcome=None, reason=None
        )
        run.chunks.filter(state=ChunkState.CANCELLED).update(state=ChunkState.PENDING, attempts=0)
        run.state = RunState.PLANNED if run.started_at is None else RunState.RUNNING
        run.ended_at = run.digest = None
        run.outcomes = {}
        run.save()
        if queued:
            ringing.ring(run.chunks.filter(state=ChunkState.PENDING))
        append(caller.actor, [Draft("run_resumed", "run", str(run_id))], run_id=run_id)
    return run


def retry_failed(run_id: int, caller: Caller, *, queued: bool = True) -> Run:
    """A new run, linked to the old, over what failed or stayed unknown there. Raises Refused where nothing did."""
    caller.require(PERMISSION, "retry runs")
    parent = Run.objects.filter(pk=run_id).first()
    if parent is None or parent.ended_at is None:
        raise Refused(f"run {run_id} has not ended; retry what failed once it has")
    if not RunItem.objects.filter(run=parent, outcome__in=RETRIED_OUTCOMES).exists():
        raise Refused(f"nothing failed in run {run_id}, so there is nothing to retry")
    return start_run(parent.kind, {"retry_of": run_id}, caller, parent=parent, queued=queued)
