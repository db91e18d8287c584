"""What the gates refuse from the ORM and from raw SQL on either database: each by its own name, leaving no trace."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ctapp.audit.chain import append
from ctapp.audit.events import Actor, Draft
from ctapp.gates.verification import verify
from ctapp.models import AuditEvent, CompanyMaster, CompanyTarget, CompanyTargetError, Report, Run
from tests.gates import records
from tests.gates.records import DONE, TIER_0, execute

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """One company in each state that matters."""

    bare: CompanyMaster  # neither domain nor pattern, target pending
    new: CompanyMaster  # no domain, no target
    pending: CompanyMaster  # all upstream data, target pending
    ready: CompanyMaster  # ready, a blocking error open
    tier_0: CompanyMaster  # promoted, a resolved and an archived error
    resolved: CompanyTargetError
    archived: CompanyTargetError
    blocking: CompanyTargetError
    run: Run


@pytest.fixture
def world() -> World:
    """Made through the gates, which let it pass."""
    bare, new, pending = records.company(None, None), records.company(None), records.company()
    records.target(bare)
    records.target(pending)
    ready, tier_0 = records.ready(), records.promoted()
    blocking = records.error(ready, "PARKED")
    resolved, archived = records.error(tier_0, "RESOLVED"), records.error(tier_0, "RETRY", archived_at=timezone.now())
    run = Run.objects.create(kind="rerun", actor="command:test")
    Report.objects.create(run=run, content="{}", digest=hashlib.sha256(b"{}").hexdigest())
    append(Actor("command:test"), [Draft("decided", "run", str(run.pk))])
    return World(bare, new, pending, ready, tier_0, resolved, archived, blocking, run)


def targets(of: CompanyMaster):  # type: ignore[no-untyped-def]
    """The company's target as a queryset."""
    return CompanyTarget.objects.filter(outreach=of)


def companies(one: CompanyMaster):  # type: ignore[no-untyped-def]
    """The company as a queryset."""
    return CompanyMaster.objects.filter(pk=one.pk)


def errors(one: CompanyTargetError):  # type: ignore[no-untyped-def]
    """The error as a queryset."""
    return CompanyTargetError.objects.filter(pk=one.pk)


def save(row: object, **columns: object) -> None:
    """Set and save, as a form would."""
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()  # type: ignore[attr-defined]


def bulk_update(rows: list[CompanyTarget], **columns: object) -> None:
    """Set and bulk_update."""
    for row in rows:
        for name, value in columns.items():
            setattr(row, name, value)
    CompanyTarget.objects.bulk_update(rows, list(columns))


def upsert_company(one: CompanyMaster, **columns: object) -> None:
    """INSERT … ON CONFLICT DO UPDATE of an existing company."""
    for name, value in columns.items():
        setattr(one, name, value)
    CompanyMaster.objects.bulk_create(
        [one], update_conflicts=True, unique_fields=["company_unique_id"], update_fields=list(columns)
    )


def new_error(of: CompanyMaster, disposition: str) -> CompanyTargetError:
    """An error not yet stored."""
    return CompanyTargetError(outreach=of, pipeline_stage="s", failure_code="f", disposition=disposition)


NEEDS_UPSTREAM = "gate_ready_needs_domain_and_pattern"
KEEPS = "gate_ready_keeps_domain_and_pattern"
NO_ERROR = "gate_tier_0_needs_no_blocking_error"
NO_TIER_0 = "gate_blocking_error_needs_no_tier_0"
AUDIT = "gate_audit_is_append_only"
REPORT = "gate_report_is_immutable"
DONE_SQL = "execution_status = 'ready', email_method = 'inference', confidence_score = 0.5, imo_completed_at = %s"
NOW = "2026-02-02 08:30:00"

Attempt = tuple[str, Callable[[World], object]]
ATTEMPTS: dict[str, Attempt] = {
    "ready, by update": (NEEDS_UPSTREAM, lambda w: targets(w.bare).update(**DONE)),
    "ready among others": (NEEDS_UPSTREAM, lambda w: CompanyTarget.objects.update(**DONE)),
    "ready, by save": (NEEDS_UPSTREAM, lambda w: save(w.bare.target, **DONE)),
    "ready, by bulk_create": (
        NEEDS_UPSTREAM,
        lambda w: CompanyTarget.objects.bulk_create([CompanyTarget(outreach=w.new, **DONE)]),
    ),
    "ready, by bulk_create that ignores conflicts": (
        NEEDS_UPSTREAM,
        lambda w: CompanyTarget.objects.bulk_create([CompanyTarget(outreach=w.new, **DONE)], ignore_conflicts=True),
    ),
    "ready, by bulk_update": (NEEDS_UPSTREAM, lambda w: bulk_update(list(targets(w.bare)), **DONE)),
    "ready, by SQL": (
        NEEDS_UPSTREAM,
        lambda w: execute(f"UPDATE company_target SET {DONE_SQL} WHERE outreach_id = %s", NOW, w.bare.outreach_id),
    ),
    "ready, by INSERT … SELECT": (
        NEEDS_UPSTREAM,
        lambda w: execute(
            """INSERT INTO company_target (target_id, outreach_id, execution_status, email_method, confidence_score,
                imo_completed_at)
            SELECT %s, outreach_id, 'ready', 'inference', 0.5, updated_at FROM company_master WHERE outreach_id = %s""",
            uuid.uuid4(),
            w.new.outreach_id,
        ),
    ),
    "a ready target moved to a company without": (
        NEEDS_UPSTREAM,
        lambda w: targets(w.tier_0).update(outreach=w.new),
    ),
    "a ready target of a company that is not there": (
        NEEDS_UPSTREAM,
        lambda w: CompanyTarget.objects.bulk_create([CompanyTarget(outreach_id=uuid.uuid4(), **DONE)]),
    ),
    "domain cleared": (KEEPS, lambda w: companies(w.ready).update(domain=None)),
    "domain changed": (KEEPS, lambda w: companies(w.ready).update(domain="other.example")),
    "domain changed by save": (KEEPS, lambda w: save(w.ready, domain="other.example")),
    "pattern cleared among others": (KEEPS, lambda w: CompanyMaster.objects.update(email_pattern=None)),
    "pattern changed": (KEEPS, lambda w: companies(w.tier_0).update(email_pattern="{first}")),
    "domain cleared by upsert": (KEEPS, lambda w: upsert_company(w.ready, domain=None)),
    "domain cleared by SQL": (
        KEEPS,
        lambda w: execute("UPDATE company_master SET domain = NULL WHERE outreach_id = %s", w.ready.outreach_id),
    ),
    "key changed": (KEEPS, lambda w: companies(w.ready).update(outreach_id=uuid.uuid4())),
    "company deleted": (KEEPS, lambda w: companies(w.ready)._raw_delete("default")),
    "company deleted by SQL": (KEEPS, lambda w: execute("DELETE FROM company_master")),
    "promoted over an error": (NO_ERROR, lambda w: targets(w.ready).update(readiness_tier="TIER_0")),
    "promoted over an error by save": (NO_ERROR, lambda w: save(w.ready.target, readiness_tier="TIER_0")),
    "promoted over an error by bulk_create": (
        NO_ERROR,
        lambda w: (
            records.error(w.pending),
            targets(w.pending).delete(),
            CompanyTarget.objects.bulk_create([CompanyTarget(outreach=w.pending, **TIER_0)]),
        ),
    ),
    "promoted over an error by SQL": (
        NO_ERROR,
        lambda w: execute("UPDATE company_target SET readiness_tier = 'TIER_0' WHERE execution_status = 'ready'"),
    ),
    "error opened": (NO_TIER_0, lambda w: records.error(w.tier_0)),
    "error parked": (NO_TIER_0, lambda w: records.error(w.tier_0, "PARKED")),
    "error opened by bulk_create": (
        NO_TIER_0,
        lambda w: CompanyTargetError.objects.bulk_create([new_error(w.tier_0, "RETRY"), new_error(w.bare, "RETRY")]),
    ),
    "error opened by bulk_create that ignores conflicts": (
        NO_TIER_0,
        lambda w: CompanyTargetError.objects.bulk_create([new_error(w.tier_0, "RETRY")], ignore_conflicts=True),
    ),
    "error opened again": (NO_TIER_0, lambda w: errors(w.resolved).update(disposition="PARKED")),
    "error taken out of the archive": (NO_TIER_0, lambda w: errors(w.archived).update(archived_at=None)),
    "error moved to a promoted company": (NO_TIER_0, lambda w: errors(w.blocking).update(outreach=w.tier_0)),
    "error opened by SQL": (
        NO_TIER_0,
        lambda w: execute(
            """INSERT INTO company_target_errors (error_id, outreach_id, pipeline_stage, failure_code)
            VALUES (%s, %s, 's', 'f')""",
            uuid.uuid4(),
            w.tier_0.outreach_id,
        ),
    ),
    "error opened for nobody": (
        "gate_blocking_error_needs_company",
        lambda w: CompanyTargetError.objects.bulk_create(
            [CompanyTargetError(outreach_id=uuid.uuid4(), pipeline_stage="s", failure_code="f")]
        ),
    ),
    "ready without method": (
        "gate_ready_needs_method_score_time",
        lambda w: targets(w.pending).update(**DONE | {"email_method": None}),
    ),
    "ready without score": (
        "gate_ready_needs_method_score_time",
        lambda w: targets(w.pending).update(**DONE | {"confidence_score": None}),
    ),
    "time of a ready target cleared": (
        "gate_ready_needs_method_score_time",
        lambda w: targets(w.ready).update(imo_completed_at=None),
    ),
    "score above 1": ("gate_score_0_to_1", lambda w: targets(w.ready).update(confidence_score=Decimal("1.0001"))),
    "score below 0": ("gate_score_0_to_1", lambda w: targets(w.bare).update(confidence_score=Decimal("-0.0001"))),
    "TIER_0 while pending": ("gate_tier_0_needs_ready", lambda w: targets(w.pending).update(readiness_tier="TIER_0")),
    "demoted by status alone": (
        "gate_tier_0_needs_ready",
        lambda w: targets(w.tier_0).update(execution_status="pending"),
    ),
    "empty domain": ("gate_domain_not_blank", lambda w: companies(w.pending).update(domain="")),
    "blank pattern": ("gate_email_pattern_not_blank", lambda w: companies(w.pending).update(email_pattern="  ")),
    "blank name": ("gate_company_name_not_blank", lambda w: companies(w.pending).update(company_name=" ")),
    "domain confidence above 1": (
        "gate_domain_confidence_0_to_1",
        lambda w: companies(w.pending).update(domain_confidence=Decimal("1.5")),
    ),
    "pattern confidence below 0": (
        "gate_pattern_confidence_0_to_1",
        lambda w: companies(w.pending).update(email_pattern_confidence=Decimal("-0.5")),
    ),
    "unknown status": ("gate_status_known", lambda w: targets(w.pending).update(execution_status="READY")),
    "unknown tier": ("gate_tier_known", lambda w: targets(w.ready).update(readiness_tier="TIER_1")),
    "unknown method": ("gate_method_known", lambda w: targets(w.pending).update(email_method="guess")),
    "unknown disposition": ("gate_disposition_known", lambda w: errors(w.blocking).update(disposition="retry")),
    "event changed": (AUDIT, lambda w: AuditEvent.objects.update(actor="user:other")),
    "event changed by save": (AUDIT, lambda w: save(AuditEvent.objects.get(), payload="{}")),
    "event deleted": (AUDIT, lambda w: AuditEvent.objects.all().delete()),
    "event deleted by SQL": (AUDIT, lambda w: execute("DELETE FROM ct_audit_event WHERE seq = 1")),
    "event changed by upsert": (
        AUDIT,
        lambda w: AuditEvent.objects.bulk_create(
            AuditEvent.objects.all(), update_conflicts=True, unique_fields=["seq"], update_fields=["payload"]
        ),
    ),
    "report changed": (REPORT, lambda w: Report.objects.update(content="[]")),
    "report changed by save": (REPORT, lambda w: save(Report.objects.get(), digest="0" * 64)),
    "report deleted": (REPORT, lambda w: Report.objects.all().delete()),
    "report deleted by SQL": (REPORT, lambda w: execute("DELETE FROM ct_report")),
}


def snapshot() -> list[list[tuple[object, ...]]]:
    """Every row of the gated tables."""
    models = (CompanyMaster, CompanyTarget, CompanyTargetError, AuditEvent, Report)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


@pytest.mark.parametrize("name", ATTEMPTS)
def test_it_is_refused_by_the_gate_of_that_name(world: World, name: str) -> None:
    gate, attempt = ATTEMPTS[name]
    before = snapshot()
    with pytest.raises(IntegrityError, match=gate), transaction.atomic():
        attempt(world)
        connection.check_constraints()
    assert snapshot() == before
    assert [check for check in verify() if not check.holds] == []


LAWFUL: dict[str, Callable[[World], object]] = {
    "completion": lambda w: targets(w.pending).update(**DONE),
    "completion and promotion at once": lambda w: targets(w.pending).update(**TIER_0),
    "completion beside an open error": lambda w: (records.error(w.pending), targets(w.pending).update(**DONE)),
    "promotion after the error was resolved": lambda w: (
        errors(w.blocking).update(disposition="RESOLVED"),
        targets(w.ready).update(readiness_tier="TIER_0"),
    ),
    "demotion, then an error": lambda w: (
        targets(w.tier_0).update(readiness_tier="NOT_READY"),
        records.error(w.tier_0),
    ),
    "withdrawal, then another domain": lambda w: (
        targets(w.tier_0).update(execution_status="pending", readiness_tier="NOT_READY"),
        companies(w.tier_0).update(domain=None),
    ),
    "another name for a ready company": lambda w: companies(w.ready).update(company_name="Amberfield & Sons"),
    "the same domain again": lambda w: companies(w.ready).update(domain="amberfield.example"),
    "upsert that leaves the gated columns": lambda w: upsert_company(w.ready, company_name="Amberfield & Sons"),
    "an ignored error on a promoted record": lambda w: records.error(w.tier_0, "IGNORED"),
    "a score of exactly 0": lambda w: targets(w.ready).update(confidence_score=0),
    "a score of exactly 1": lambda w: targets(w.ready).update(confidence_score=Decimal("1.0000")),
    "a score as a number in SQL": lambda w: execute("UPDATE company_target SET confidence_score = 0.25"),
    "a score on a pending target": lambda w: targets(w.bare).update(confidence_score=Decimal("0.5")),
    "removal of a company that has no target": lambda w: companies(w.new).delete(),
    "one more event": lambda w: append(Actor("command:test"), [Draft("decided", "run", "2")]),
}


@pytest.mark.parametrize("name", LAWFUL)
def test_what_is_lawful_passes(world: World, name: str) -> None:
    LAWFUL[name](world)
    connection.check_constraints()
    assert [check for check in verify() if not check.holds] == []
