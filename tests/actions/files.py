"""What the tests of the actions share: small files in memory, imports of them, and records to act on."""

import io
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission, User

from ctapp.actions.caller import Caller
from ctapp.actions.imports.companies import import_companies
from ctapp.actions.imports.errors import import_errors
from ctapp.actions.imports.report import ImportReport
from ctapp.actions.imports.targets import import_targets
from ctapp.audit.chain import append
from ctapp.audit.events import Draft
from ctapp.audit.verification import verify
from ctapp.gates.definition import GATED_COLUMNS
from ctapp.models import AuditEvent, CompanyMaster, CompanyTarget, CompanyTargetError

CALLER = Caller.command("test")
NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def companies(text: str | bytes, **options: Any) -> ImportReport:
    """Import this text as companies.csv."""
    content = text if isinstance(text, bytes) else text.encode()
    return import_companies(io.BytesIO(content), CALLER, file_name="companies.csv", **options)


def targets(text: str, **options: Any) -> ImportReport:
    """Import this text as targets.csv."""
    return import_targets(io.BytesIO(text.encode()), CALLER, file_name="targets.csv", **options)


def errors(text: str, caller: Caller = CALLER, **options: Any) -> ImportReport:
    """Import this text as errors.csv."""
    return import_errors(io.BytesIO(text.encode()), caller, file_name="errors.csv", **options)


def sentences(report: ImportReport) -> list[str]:
    """The refused rows as a person reads them."""
    return [refusal.sentence(report.file_name) for refusal in report.refusals]


def company(key: str = "acme", domain: str | None = "acme.example", pattern: str | None = "{first}") -> CompanyMaster:
    """A stored company with its audit event."""
    made = CompanyMaster.objects.create(
        company_unique_id=key, company_name="Acme Works", domain=domain, email_pattern=pattern
    )
    after = {"domain": domain, "email_pattern": pattern}
    append(CALLER.actor, [Draft("company_imported", "company", str(made.outreach_id), None, after)])
    return made


def ready(owner: CompanyMaster, tier: str = "TIER_0") -> CompanyTarget:
    """A ready target of the company with its audit event."""
    made = CompanyTarget.objects.create(
        outreach=owner,
        execution_status="ready",
        email_method="inference",
        confidence_score=Decimal("0.9"),
        imo_completed_at=NOON,
        readiness_tier=tier,
        promoted_at=NOON if tier == "TIER_0" else None,
    )
    after = {name: getattr(made, name) for name in GATED_COLUMNS["target"]}
    append(CALLER.actor, [Draft("completed", "target", str(owner.outreach_id), None, after)])
    return made


def open_error(owner: CompanyMaster, disposition: str = "RETRY") -> CompanyTargetError:
    """A stored error of the company with its audit event."""
    made = CompanyTargetError.objects.create(
        error_id=uuid.uuid4(), outreach=owner, pipeline_stage="complete", failure_code="boom", disposition=disposition
    )
    after = {"disposition": disposition, "archived_at": None}
    append(CALLER.actor, [Draft("error_opened", "error", str(made.error_id), None, after)])
    return made


def person(*permissions: str) -> Caller:
    """Someone with an account and these permissions only."""
    user = User.objects.create_user(f"user-{uuid.uuid4()}")
    user.user_permissions.set(Permission.objects.filter(codename__in=[name.partition(".")[2] for name in permissions]))
    assert user.user_permissions.count() == len(permissions)
    return Caller.person(user)


def events(**conditions: Any) -> list[AuditEvent]:
    """The audit events that meet the conditions, in order."""
    return list(AuditEvent.objects.filter(**conditions).order_by("seq"))


def audit_faults() -> tuple[str, ...]:
    """What verifying chain and replay finds wrong."""
    return verify().faults


def everything() -> list[Any]:
    """Every row an import can write, to compare before and after."""
    return [list(model.objects.order_by("pk").values()) for model in (CompanyMaster, CompanyTarget, CompanyTargetError)]
