"""One company with its CT record and open errors, as the steps read it under lock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ctapp.gates.definition import BLOCKING_ERROR, CtState
from ctapp.models import CompanyMaster, CompanyTarget, CompanyTargetError


@dataclass(frozen=True)
class OpenError:
    """A blocking error of the company."""

    error_id: UUID
    pipeline_stage: str
    failure_code: str
    disposition: str


@dataclass(frozen=True)
class Record:
    """What a step decides on; `target` is None where there is no CT record."""

    outreach_id: UUID
    domain: str | None
    email_pattern: str | None
    email_pattern_source: str | None
    email_pattern_confidence: Decimal | None
    target: CompanyTarget | None
    open_errors: tuple[OpenError, ...] = field(default=())

    @property
    def ct_state(self) -> CtState:
        """The state of the CT record; a ready one is CT DONE, the database holds that."""
        if self.target is None:
            return CtState.NO_RECORD
        if self.target.readiness_tier == "TIER_0":
            return CtState.TIER_0
        if self.target.execution_status == "ready":
            return CtState.DONE_NOT_PROMOTED
        return CtState(self.target.execution_status)


def load_locked(keys: Sequence[UUID]) -> list[Record]:
    """The records of these companies, their company rows locked until the transaction ends, in key order."""
    companies = list(
        CompanyMaster.objects.filter(outreach_id__in=keys)
        .order_by("outreach_id")
        .select_for_update(no_key=True)
        .only("outreach_id", "domain", "email_pattern", "email_pattern_source", "email_pattern_confidence")
    )
    targets = {target.outreach_id: target for target in CompanyTarget.objects.filter(outreach__outreach_id__in=keys)}
    errors = _open_errors(keys)
    return [
        Record(
            company.outreach_id,
            company.domain,
            company.email_pattern,
            company.email_pattern_source,
            company.email_pattern_confidence,
            targets.get(company.outreach_id),
            tuple(errors.get(company.outreach_id, ())),
        )
        for company in companies
    ]


def target_state(target: CompanyTarget | None) -> dict[str, Any] | None:
    """The gated columns of a CT record as an audit event carries them."""
    if target is None:
        return None
    return gated(
        target.execution_status,
        target.email_method,
        target.confidence_score,
        target.imo_completed_at,
        target.readiness_tier,
    )


def gated(
    status: str, method: str | None, score: Decimal | None, imo_completed_at: datetime | None, tier: str
) -> dict[str, Any]:
    """The gated columns of company_target by name."""
    return {
        "execution_status": status,
        "email_method": method,
        "confidence_score": score,
        "imo_completed_at": imo_completed_at,
        "readiness_tier": tier,
    }


def _open_errors(keys: Sequence[UUID]) -> dict[UUID, list[OpenError]]:
    found: dict[UUID, list[OpenError]] = {}
    rows = CompanyTargetError.objects.filter(BLOCKING_ERROR, outreach__outreach_id__in=keys)
    for error in rows.order_by("created_at", "error_id"):
        entry = OpenError(error.error_id, error.pipeline_stage, error.failure_code, error.disposition)
        found.setdefault(error.outreach_id, []).append(entry)
    return found
