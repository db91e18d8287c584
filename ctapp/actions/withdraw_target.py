"""Withdrawing a ready target: the lawful way back, so that its company's domain or pattern can change."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ctapp.actions.caller import Caller, Refused
from ctapp.actions.locked import locked_company, locked_target, required
from ctapp.audit.chain import append
from ctapp.audit.events import Draft
from ctapp.models import CompanyTarget
from ctapp.pipeline.record import target_state


@transaction.atomic
def withdraw_target(outreach_id: UUID, *, reason: str, caller: Caller) -> CompanyTarget:
    """Make a ready target pending and NOT_READY; method, score and time stay as the evidence they are.

    Raises NotPermitted without ctapp.withdraw_target, Refused without a reason or where the target is not ready.
    """
    caller.require("ctapp.withdraw_target", "withdraw a target")
    reason = required(reason, "the reason")
    company = locked_company(outreach_id)
    target = locked_target(company)
    if target is None:
        raise Refused(f"{company.company_name} has no company target; there is nothing to withdraw")
    if target.execution_status != "ready":
        raise Refused(
            f"the target of {company.company_name} is {target.execution_status}, not ready; nothing to withdraw"
        )
    before = {**(target_state(target) or {}), "promoted_at": target.promoted_at}
    target.execution_status, target.readiness_tier, target.promoted_at = "pending", "NOT_READY", None
    target.updated_at = timezone.now()
    target.save(update_fields=["execution_status", "readiness_tier", "promoted_at", "updated_at"])
    after = {**(target_state(target) or {}), "promoted_at": None}
    append(caller.actor, [Draft("target_withdrawn", "target", str(outreach_id), before, after, reason)])
    return target
