"""Start a run: preview it, refuse what another open run holds, record it, and queue its planning."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from ctapp.actions.caller import Caller, Refused
from ctapp.audit.chain import append
from ctapp.audit.events import Draft
from ctapp.gates.definition import tier_0
from ctapp.models import ChainHead, Chunk, Run, RunItem
from ctapp.models.run import OPEN_STATES
from ctapp.pipeline.classify import BLOCKED_REASON
from ctapp.pipeline.complete import DEFAULT_CONFIDENCE
from ctapp.runs import ringing, selection
from ctapp.runs.kinds import KINDS

PERMISSION = "ctapp.start_run"


@dataclass(frozen=True)
class Preview:
    """What a run over the selection would meet, counted now."""

    companies: int
    already_tier_0: int
    would_block: dict[str, int]
    would_work: int


def preview(chosen: dict[str, Any]) -> Preview:
    """Count the selection by what a re-run would do. Raises Refused for a selection that cannot be read."""
    companies = _companies(chosen)
    promoted = companies.filter(tier_0("target__")).count()
    rows = companies.exclude(pk__in=companies.filter(tier_0("target__")).values("pk")).annotate(blocked=BLOCKED_REASON)
    counts = dict(rows.order_by().values_list("blocked").annotate(companies=Count("pk")))
    work = counts.pop(None, 0)
    return Preview(promoted + work + sum(counts.values()), promoted, counts, work)


def start_run(
    kind: str,
    chosen: dict[str, Any],
    caller: Caller,
    *,
    dry_run: bool = False,
    parent: Run | None = None,
    queued: bool = True,
) -> Run:
    """Record the run with its chunk 0, which freezes the set, and ring for it (`queued`) or leave it to the caller.

    Raises NotPermitted; Refused where a person's selection cannot be read or overlaps an open run's companies.
    """
    caller.require(PERMISSION, "start runs")
    with transaction.atomic():
        # The head's lock makes one start wait for the other, so that two never overlook each other.
        head = ChainHead.objects.select_for_update().get(id=1)
        if not caller.is_schedule and not dry_run:
            _refuse_overlap(chosen)
        run = Run.objects.create(
            kind=kind,
            dry_run=dry_run,
            actor=caller.actor.name,
            request_id=caller.actor.request_id,
            selection=chosen,
            settings_used={
                "chunk_size": KINDS[kind].chunk_size,
                "default_confidence": str(DEFAULT_CONFIDENCE),
                "workers": settings.Q_CLUSTER["workers"],
            },
            parent=parent,
            audit_seq_before=head.seq,
        )
        planning = Chunk.objects.create(run=run, number=0)
        if queued:
            ringing.ring([planning])
        if not dry_run:
            after = {"kind": kind, "selection": chosen, "parent": parent.pk if parent else None}
            append(caller.actor, [Draft("run_started", "run", str(run.pk), None, after)], run_id=run.pk)
    return run


def _companies(chosen: dict[str, Any]) -> Any:
    try:
        return selection.companies(chosen)
    except (selection.SelectionError, ValueError) as error:
        raise Refused(f"the selection cannot be read: {error}; correct the filter") from error


def _refuse_overlap(chosen: dict[str, Any]) -> None:
    companies = _companies(chosen)
    for run in Run.objects.filter(state__in=OPEN_STATES, dry_run=False).order_by("pk"):
        if run.started_at is None:
            raise Refused(f"run {run.pk} ({run.actor}) is still being planned; wait until it is, or cancel it")
        held = companies.filter(outreach_id__in=RunItem.objects.filter(run=run).values("outreach_id")).count()
        if held:
            raise Refused(
                f"run {run.pk} ({run.actor}, {run.get_state_display()}) already holds {held:,} of these companies; "
                "wait until it ends, or cancel it"
            )
