"""A small audit trail whose events tell the whole of the tables, and ways to falsify it."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from ctapp.audit.chain import append
from ctapp.audit.checkpoint import Checkpoint
from ctapp.audit.events import ZERO_HASH, Actor, Draft
from ctapp.gates import triggers
from ctapp.gates.definition import GATED_COLUMNS
from ctapp.models import AuditEvent, ChainHead, CompanyMaster, CompanyTarget, CompanyTargetError, Report, Run
from tests.gates import records
from tests.gates.records import DONE, TIER_0

IMPORTER = Actor("command:import_companies")
PERSON = Actor("user:zoë", "request-7")
ARCHIVED_AT = datetime(2026, 2, 3, 9, 0, 0, tzinfo=UTC)
SIZE = 12


@dataclass(frozen=True)
class Trail:
    """What the trail is about."""

    company: CompanyMaster  # promoted; events 1, 2 (company), 6, 7 (target)
    unfinished: CompanyMaster  # event 3
    bare: CompanyMaster  # neither domain nor pattern: no event; its target has event 5
    error: CompanyTargetError  # archived by event 9
    run: Run  # events 10 and 11


def state(row: CompanyMaster | CompanyTarget | CompanyTargetError, object_type: str) -> dict[str, Any]:
    """The gated columns as the row has them."""
    return {name: getattr(row, name) for name in GATED_COLUMNS[object_type]}


def lay() -> Trail:
    """Twelve events in several batches, and the rows that they leave."""
    company, unfinished, bare = records.company(), records.company(pattern=None), records.company(None, None)
    pending = {"execution_status": "pending", "email_method": None, "confidence_score": None, "imo_completed_at": None}
    pending |= {"readiness_tier": "NOT_READY"}
    upstream = {"domain": company.domain, "email_pattern": None}
    key, bare_key = str(company.outreach_id), str(bare.outreach_id)
    with transaction.atomic():
        append(
            IMPORTER,
            [
                Draft("company_imported", "company", key, None, upstream),
                Draft("pattern_set", "company", key, upstream, state(company, "company"), "told by phone: “{first}”"),
                Draft("company_imported", "company", str(unfinished.outreach_id), None, state(unfinished, "company")),
                Draft("decided", "candidate", "1"),
                Draft("target_created", "target", bare_key, None, state(records.target(bare), "target")),
            ],
        )
    run = Run.objects.create(kind="rerun", actor="command:rerun")
    target = records.target(company, **TIER_0)
    with transaction.atomic():
        events = [
            Draft("target_completed", "target", key, None, pending | DONE),
            Draft(
                "target_promoted", "target", key, pending | DONE, state(target, "target") | {"promoted_at": ARCHIVED_AT}
            ),
        ]
        append(Actor("schedule:nightly"), events, run_id=run.pk)
    error = records.error(unfinished, "PARKED", archived_at=ARCHIVED_AT)
    with transaction.atomic():
        opened = {"disposition": "PARKED", "archived_at": None}
        events = [
            Draft("error_opened", "error", str(error.error_id), None, opened),
            Draft("error_archived", "error", str(error.error_id), opened, state(error, "error")),
        ]
        append(PERSON, events)
    store_report(run)
    with transaction.atomic():
        append(PERSON, [Draft("run_finished", "run", str(run.pk)), Draft("decided", "candidate", "2")], run_id=run.pk)
    assert ChainHead.objects.get().seq == SIZE
    return Trail(company, unfinished, bare, error, run)


def store_report(run: Run, content: str = '{"title": "Re-Run Report"}') -> Report:
    """A report with its event."""
    digest = hashlib.sha256(content.encode()).hexdigest()
    with transaction.atomic():
        report = Report.objects.create(run=run, content=content, digest=digest)
        append(PERSON, [Draft("report_stored", "run", str(run.pk), None, {"report_digest": digest})], run_id=run.pk)
    return report


@contextmanager
def corrupting() -> Iterator[None]:
    """Triggers lifted; what is done inside is rolled back at the end."""
    connection.check_constraints()
    with transaction.atomic():
        triggers.lift(connection)
        yield
        transaction.set_rollback(True)


def checkpoint() -> Checkpoint:
    """The head as it is, kept elsewhere."""
    head = ChainHead.objects.get()
    return Checkpoint(head.seq, head.hash)


def set_head(seq: int, digest: str) -> None:
    """Move the head, which no trigger guards."""
    ChainHead.objects.update(seq=seq, hash=digest)


def forge(first: int, **changes: Any) -> None:
    """Change the payload of event `first` and hang all later events on it anew, so that the chain is whole again."""
    events = list(AuditEvent.objects.order_by("seq"))
    prev_hash = events[first - 2].hash if first > 1 else ZERO_HASH
    for event in events[first - 1 :]:
        content = json.loads(event.payload) | {"prev_hash": prev_hash}
        if event.seq == first:
            content |= changes
        event.payload = json.dumps(content, sort_keys=True, separators=(",", ":"))
        event.hash = prev_hash = hashlib.sha256(event.payload.encode()).hexdigest()
        event.save()
    set_head(events[-1].seq, prev_hash)
