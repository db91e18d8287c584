"""Opening an error by hand: a TIER_0 record is demoted first, then the error is inserted, both audited."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ctapp.actions.caller import Caller, Refused
from ctapp.actions.demotion import demote
from ctapp.actions.locked import locked_company, required
from ctapp.audit.chain import append
from ctapp.audit.events import Draft
from ctapp.gates.definition import BLOCKING_DISPOSITIONS, BLOCKING_ERROR
from ctapp.models import CompanyMaster, CompanyTargetError
from ctapp.models.error import Severity


@transaction.atomic
def open_error(
    outreach_id: UUID,
    *,
    stage: str,
    code: str,
    reason: str,
    caller: Caller,
    severity: str = "error",
    disposition: str = "RETRY",
    max_retries: int = 3,
    next_retry_at: datetime | None = None,
    raw_input: Any = None,
) -> CompanyTargetError:
    """Open a blocking error of a stage for a company; `reason` is the sentence that says what is wrong.

    Raises NotPermitted without ctapp.handle_error, Refused where the same error (stage and code) is open already.
    """
    caller.require("ctapp.handle_error", "open an error")
    stage, code, reason = (
        required(stage, "the stage"),
        required(code, "the failure code"),
        required(reason, "the reason"),
    )
    if disposition not in BLOCKING_DISPOSITIONS or severity not in Severity.values:
        raise Refused(f"an error opens as {' or '.join(BLOCKING_DISPOSITIONS)}, severity {', '.join(Severity.values)}")
    company = locked_company(outreach_id)
    _refuse_second(company, stage, code)
    drafts = demote({outreach_id: f"{code} opened: {reason}"})
    parked = {"park_reason": reason, "parked_by": caller.actor.name, "parked_at": timezone.now()}
    error = CompanyTargetError.objects.create(
        outreach=company,
        pipeline_stage=stage,
        failure_code=code,
        blocking_reason=reason,
        severity=severity,
        disposition=disposition,
        max_retries=max_retries,
        next_retry_at=next_retry_at,
        raw_input=raw_input,
        **(parked if disposition == "PARKED" else {}),
    )
    append(caller.actor, [*drafts, _event(error, company, reason)])
    return error


def _refuse_second(company: CompanyMaster, stage: str, code: str) -> None:
    same = CompanyTargetError.objects.filter(BLOCKING_ERROR, outreach=company, pipeline_stage=stage, failure_code=code)
    already = same.first()
    if already:
        raise Refused(f"{company.company_name} has {code} of stage {stage} open already (error {already.error_id})")


def _event(error: CompanyTargetError, company: CompanyMaster, reason: str) -> Draft:
    after = {
        "disposition": error.disposition,
        "archived_at": None,
        "outreach_id": company.outreach_id,
        "pipeline_stage": error.pipeline_stage,
        "failure_code": error.failure_code,
    }
    return Draft("error_opened", "error", str(error.error_id), None, after, reason)
