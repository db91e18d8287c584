"""Companies, targets and errors for the tests, each as small as the gates allow."""

import itertools
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from ctapp.models import CompanyMaster, CompanyTarget, CompanyTargetError

NUMBERS = itertools.count(1)
COMPLETED_AT = datetime(2026, 2, 2, 8, 30, 0, 500_000, tzinfo=UTC)
DONE: dict[str, Any] = {
    "execution_status": "ready",
    "email_method": "inference",
    "confidence_score": Decimal("0.8100"),
    "imo_completed_at": COMPLETED_AT,
}
TIER_0 = DONE | {"readiness_tier": "TIER_0"}


def company(domain: str | None = "amberfield.example", pattern: str | None = "{first}.{last}") -> CompanyMaster:
    """A company with upstream data, unless said otherwise."""
    number = next(NUMBERS)
    return CompanyMaster.objects.create(
        company_unique_id=f"T{number}", company_name=f"Amberfield {number}", domain=domain, email_pattern=pattern
    )


def target(of: CompanyMaster, **columns: Any) -> CompanyTarget:
    """The company's CT record, pending unless `columns` say otherwise."""
    return CompanyTarget.objects.create(outreach=of, **columns)


def ready() -> CompanyMaster:
    """A company whose target is ready and not promoted."""
    made = company()
    target(made, **DONE)
    return made


def promoted() -> CompanyMaster:
    """A company whose target is TIER_0."""
    made = company()
    target(made, **TIER_0)
    return made


def error(of: CompanyMaster, disposition: str = "RETRY", **columns: Any) -> CompanyTargetError:
    """An error of the company; RETRY and PARKED block."""
    return CompanyTargetError.objects.create(
        outreach=of, pipeline_stage="complete", failure_code="E1", disposition=disposition, **columns
    )


def stored(key: uuid.UUID) -> str | uuid.UUID:
    """An id as the database in use stores it, for raw SQL."""
    return key if connection.features.has_native_uuid_field else key.hex


def execute(sql: str, *values: object) -> int:
    """Run one raw statement; ids among `values` as the database stores them. Returns the count of rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [stored(value) if isinstance(value, uuid.UUID) else value for value in values])
        return int(cursor.rowcount)
