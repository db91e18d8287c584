"""CT execution: takes a chunk's companies through complete and promote, and writes the results set by set."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from ctapp.audit.events import Draft
from ctapp.gates.definition import CtState, blocked_reasons
from ctapp.models import CompanyTargetError, Outcome, sets
from ctapp.pipeline import complete, promote
from ctapp.pipeline.classify import ALREADY_TIER_0
from ctapp.pipeline.outcome import ItemOutcome, Writes
from ctapp.pipeline.record import OpenError, Record, gated, load_locked, target_state

COMPLETED_OVER_ERROR = "blocking_error"
TARGET_COLUMNS = {
    "execution_status": "text",
    "email_method": "text",
    "method_type": "text",
    "confidence_score": "numeric",
    "imo_completed_at": "timestamptz",
    "readiness_tier": "text",
    "promoted_at": "timestamptz",
    "updated_at": "timestamptz",
}
ERROR_COLUMNS = (
    "error_id",
    "outreach_id",
    "pipeline_stage",
    "failure_code",
    "blocking_reason",
    "severity",
    "disposition",
    "retry_count",
    "max_retries",
    "park_reason",
    "parked_by",
    "parked_at",
)


def decide(keys: Sequence[UUID], now: datetime) -> Writes:
    """Lock the companies, decide each one anew (the set was frozen earlier), and return what is to be written."""
    writes = Writes()
    records = load_locked(keys)
    for record in records:
        _decide_one(record, now, writes)
    gone = set(keys) - {record.outreach_id for record in records}
    writes.outcomes += [ItemOutcome(key, Outcome.SKIPPED, "company_gone") for key in sorted(gone)]
    return writes


def write(writes: Writes, now: datetime) -> None:
    """Write the rows in the order in which the gates accept them: errors resolved before their target is promoted."""
    errors = CompanyTargetError.objects
    errors.filter(error_id__in=writes.resolved_errors).update(
        disposition="RESOLVED", resolved_at=now, resolution_note="the stage succeeded", updated_at=now
    )
    errors.filter(error_id__in=writes.repeated_errors).update(retry_count=F("retry_count") + 1, updated_at=now)
    if writes.new_targets:
        sets.insert("company_target", ("target_id", "outreach_id", *TARGET_COLUMNS), writes.new_targets)
    sets.update("company_target", ("outreach_id", "uuid"), TARGET_COLUMNS, writes.changed_targets)
    if writes.new_errors:
        sets.insert("company_target_errors", ERROR_COLUMNS, writes.new_errors)


def _decide_one(record: Record, now: datetime, writes: Writes) -> None:
    done = record.ct_state in (CtState.TIER_0, CtState.DONE_NOT_PROMOTED)
    reasons = blocked_reasons(
        has_domain=record.domain is not None,
        has_pattern=record.email_pattern is not None,
        done=done,
        blocking_error=bool(record.open_errors),
    )
    if record.ct_state == CtState.TIER_0:
        writes.outcomes.append(ItemOutcome(record.outreach_id, Outcome.SKIPPED, ALREADY_TIER_0))
    elif reasons:
        writes.outcomes.append(ItemOutcome(record.outreach_id, Outcome.BLOCKED, reasons[0]))
    elif done:
        _promote(record, now, writes)
    else:
        verdict = complete.decide(record)
        if isinstance(verdict, complete.Failure):
            _fail(record, verdict, now, writes)
        else:
            _complete(record, verdict, now, writes)


def _promote(record: Record, now: datetime, writes: Writes) -> None:
    target = record.target
    if target is None:  # a done record has one
        return
    row = (target.execution_status, target.email_method, target.method_type, target.confidence_score)
    _target(record, (*row, target.imo_completed_at, "TIER_0", now), "promoted", now, writes)
    writes.outcomes.append(ItemOutcome(record.outreach_id, Outcome.PROMOTED))


def _complete(record: Record, verdict: complete.Completion, now: datetime, writes: Writes) -> None:
    hindering = promote.hindering(record, succeeded_stage=complete.STAGE)
    for error in record.open_errors:
        if error not in hindering:
            _resolve(error, writes)
    row = ("ready", verdict.email_method, verdict.method_type, verdict.confidence_score, now)
    if hindering:
        _target(record, (*row, "NOT_READY", None), "completed", now, writes)
        codes = ", ".join(sorted({error.failure_code for error in hindering}))
        outcome = ItemOutcome(
            record.outreach_id, Outcome.COMPLETED_NOT_PROMOTED, COMPLETED_OVER_ERROR, f"open: {codes}"
        )
    else:
        _target(record, (*row, "TIER_0", now), "completed_and_promoted", now, writes)
        outcome = ItemOutcome(record.outreach_id, Outcome.COMPLETED)
    writes.outcomes.append(outcome)


def _fail(record: Record, failure: complete.Failure, now: datetime, writes: Writes) -> None:
    target = record.target
    kept = (target.email_method, target.method_type, target.confidence_score) if target else (None, None, None)
    _target(record, ("failed", *kept, now, "NOT_READY", None), "failed", now, writes)
    sentence = f"{failure.sentence}; {failure.next_step}"
    same = [e for e in record.open_errors if (e.pipeline_stage, e.failure_code) == (complete.STAGE, failure.code)]
    if same:
        writes.repeated_errors.append(same[0].error_id)
    else:
        _open_error(record, failure.code, sentence, now, writes)
    writes.outcomes.append(ItemOutcome(record.outreach_id, Outcome.FAILED, failure.code, sentence))


def _open_error(record: Record, code: str, sentence: str, now: datetime, writes: Writes) -> None:
    """Unusable data does not mend itself: parked at once, for a person."""
    error_id = uuid.uuid4()
    parked = (f"needs a person: {sentence}", "pipeline", now)
    writes.new_errors.append(
        (error_id, record.outreach_id, complete.STAGE, code, sentence, "error", "PARKED", 0, 0, *parked)
    )
    after = {"disposition": "PARKED", "archived_at": None, "outreach_id": record.outreach_id, "failure_code": code}
    writes.drafts.append(Draft("error_opened", "error", str(error_id), None, after, sentence))


def _resolve(error: OpenError, writes: Writes) -> None:
    writes.resolved_errors.append(error.error_id)
    before = {"disposition": error.disposition, "archived_at": None}
    after = {"disposition": "RESOLVED", "archived_at": None}
    writes.drafts.append(
        Draft("error_resolved", "error", str(error.error_id), before, after, f"stage {error.pipeline_stage} succeeded")
    )


def _target(record: Record, row: tuple[Any, ...], action: str, now: datetime, writes: Writes) -> None:
    """`row`: status, method, method type, score, imo time, tier, promoted at."""
    if record.target is None:
        writes.new_targets.append((uuid.uuid4(), record.outreach_id, *row, now))
    else:
        writes.changed_targets.append((record.outreach_id, *row, now))
    status, method, _, score, imo_completed_at, tier, _ = row
    after = gated(status, method, score, imo_completed_at, tier)
    writes.drafts.append(Draft(action, "target", str(record.outreach_id), target_state(record.target), after))
