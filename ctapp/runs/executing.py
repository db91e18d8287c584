"""Executing one chunk: claim, decide, write, count and audit in one transaction, filtered on the claim."""

import logging
from collections import Counter

from django.db import DatabaseError, transaction
from django.utils import timezone

from ctapp.audit.chain import append
from ctapp.audit.events import Actor
from ctapp.models import Chunk, Outcome, Run, RunItem, RunLog, sets
from ctapp.models.run import ChunkState, RunState
from ctapp.pipeline.outcome import ItemOutcome, Writes
from ctapp.runs import claiming, ringing
from ctapp.runs.finishing import finish_if_over
from ctapp.runs.kinds import KINDS
from ctapp.runs.planning import plan

logger = logging.getLogger(__name__)


def execute_chunk(chunk_id: int) -> None:
    """Do the chunk's work if nobody else does; safe to call any number of times, from any process."""
    claim = claiming.claim(chunk_id)
    if claim is not None:
        try:
            _work(claim)
        except claiming.LeaseLost as lost:
            logger.warning("%s", lost)
        except DatabaseError as error:
            # The connection may be gone with it: what cannot be given back now, the reaper takes back later.
            logger.exception("chunk %s", chunk_id)
            claiming.release_failed(claim)
            Chunk.objects.filter(id=chunk_id).update(rung_at=None)
            raise error
    run_id = Chunk.objects.filter(id=chunk_id).values_list("run_id", flat=True).first()
    if run_id is not None:
        finish_if_over(run_id)


def _work(claim: claiming.Claim) -> None:
    with transaction.atomic():
        claiming.confirm(claim)
        chunk = Chunk.objects.select_related("run").get(id=claim.chunk_id)
        if chunk.run.state == RunState.CANCELLING:
            _close(chunk, ChunkState.CANCELLED, Counter())
        elif chunk.number == 0:
            ringing.ring(plan(chunk.run))
            _close(chunk, ChunkState.DONE, Counter())
        else:
            _carry(chunk)


def _carry(chunk: Chunk) -> None:
    kind, now, run = KINDS[chunk.run.kind], timezone.now(), chunk.run
    items = RunItem.objects.filter(
        run=run, outcome__isnull=True, outreach_id__gte=chunk.first_key, outreach_id__lte=chunk.last_key
    )
    keys = list(items.order_by("outreach_id").values_list("outreach_id", flat=True))
    writes = kind.decide(keys, now)
    if not run.dry_run:
        kind.write(writes, now)
    _store(run, writes)
    _close(chunk, ChunkState.DONE, Counter(each.outcome for each in writes.outcomes))
    if not run.dry_run and writes.drafts:
        append(Actor(run.actor, run.request_id), writes.drafts, run_id=run.pk)


def _store(run: Run, writes: Writes) -> None:
    """The outcome of each item, once: an item that has one is not touched again."""
    ids = dict(
        RunItem.objects.filter(
            run=run, outcome__isnull=True, outreach_id__in=[each.outreach_id for each in writes.outcomes]
        ).values_list("outreach_id", "id")
    )
    sets.update(
        "ct_run_item",
        ("id", "bigint"),
        {"outcome": "text", "reason": "text", "detail": "text"},
        [_row(ids[each.outreach_id], each) for each in writes.outcomes],
    )
    failed = [each for each in writes.outcomes if each.outcome == Outcome.FAILED]
    if failed:
        first = failed[0].detail or failed[0].reason
        RunLog.objects.create(run=run, level="warning", message=f"{len(failed):,} failed, the first: {first}")


def _row(item_id: int, outcome: ItemOutcome) -> tuple[int, str, str | None, str | None]:
    return item_id, str(outcome.outcome), None if outcome.reason is None else str(outcome.reason), outcome.detail


def _close(chunk: Chunk, state: ChunkState, outcomes: Counter[str]) -> None:
    chunk.state, chunk.outcomes, chunk.processed = state, dict(outcomes), sum(outcomes.values())
    chunk.claim_token = chunk.lease_until = None
    chunk.save(update_fields=["state", "outcomes", "processed", "claim_token", "lease_until"])
