"""Taking TIER_0 from a target because a blocking error opens: what every action does before it opens one."""

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from ctapp.audit.events import Draft
from ctapp.models import CompanyTarget
from ctapp.pipeline.record import gated, target_state


def demote(reasons: Mapping[UUID, str]) -> list[Draft]:
    """Make the TIER_0 targets of these companies NOT_READY (they stay ready), and return the audit events to append.

    `reasons` is by outreach_id. The caller holds the companies' locks and appends the events in the same transaction.
    """
    promoted = CompanyTarget.objects.filter(outreach__outreach_id__in=list(reasons), readiness_tier="TIER_0")
    targets = list(promoted.order_by("outreach_id"))
    if targets:
        keys = [target.outreach_id for target in targets]
        CompanyTarget.objects.filter(outreach__outreach_id__in=keys).update(
            readiness_tier="NOT_READY", promoted_at=None, updated_at=timezone.now()
        )
    return [_event(target, reasons[target.outreach_id]) for target in targets]


def _event(target: CompanyTarget, reason: str) -> Draft:
    score, moment = target.confidence_score, target.imo_completed_at
    after = gated(target.execution_status, target.email_method, score, moment, "NOT_READY")
    before = {**(target_state(target) or {}), "promoted_at": target.promoted_at}
    return Draft("target_demoted", "target", str(target.outreach_id), before, {**after, "promoted_at": None}, reason)
