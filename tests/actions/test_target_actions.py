"""Withdrawing a target, opening an error, deciding one."""

import uuid

import pytest

from ctapp.actions.caller import Caller, NotPermitted, Refused
from ctapp.actions.decide_error import ignore_error, park_error, resolve_error, retry_error
from ctapp.actions.open_error import open_error as open_new
from ctapp.actions.set_upstream import set_domain
from ctapp.actions.withdraw_target import withdraw_target
from ctapp.models import AuditEvent, CompanyTarget, CompanyTargetError
from tests.actions.files import CALLER, NOON, audit_faults, company, events, open_error, person, ready

pytestmark = pytest.mark.django_db


def test_withdrawing_is_the_way_back_and_keeps_the_evidence() -> None:
    owner = company()
    ready(owner)
    withdraw_target(owner.outreach_id, reason="the domain was sold", caller=CALLER)
    target = CompanyTarget.objects.get()
    assert (target.execution_status, target.readiness_tier, target.promoted_at) == ("pending", "NOT_READY", None)
    assert (target.email_method, target.imo_completed_at) == ("inference", NOON)
    (event,) = events(action="target_withdrawn")
    assert '"reason":"the domain was sold"' in event.payload
    set_domain(owner.outreach_id, "new.example", source="call", reason="asked", caller=CALLER)
    assert audit_faults() == ()


def test_only_a_ready_target_is_withdrawn() -> None:
    owner = company()
    with pytest.raises(Refused, match="has no company target"):
        withdraw_target(owner.outreach_id, reason="r", caller=CALLER)
    CompanyTarget.objects.create(outreach=owner)
    with pytest.raises(Refused, match="is pending, not ready"):
        withdraw_target(owner.outreach_id, reason="r", caller=CALLER)
    with pytest.raises(Refused, match="there is no company"):
        withdraw_target(uuid.uuid4(), reason="r", caller=CALLER)


def test_withdrawing_needs_a_reason_and_its_permission() -> None:
    owner = company()
    ready(owner)
    with pytest.raises(Refused, match="the reason is missing"):
        withdraw_target(owner.outreach_id, reason=" ", caller=CALLER)
    with pytest.raises(NotPermitted):
        withdraw_target(owner.outreach_id, reason="r", caller=person("ctapp.set_upstream"))
    withdraw_target(owner.outreach_id, reason="r", caller=person("ctapp.withdraw_target"))
    assert CompanyTarget.objects.get().execution_status == "pending"


def open_one(owner_id: uuid.UUID, caller: Caller = CALLER, **options: str) -> CompanyTargetError:
    return open_new(owner_id, stage="complete", code="boom", reason="it broke", caller=caller, **options)


@pytest.mark.parametrize("disposition", ["RETRY", "PARKED"])
def test_opening_an_error_demotes_first(disposition: str) -> None:
    owner = company()
    ready(owner)
    error = open_one(owner.outreach_id, disposition=disposition)
    target = CompanyTarget.objects.get()
    assert (target.execution_status, target.readiness_tier) == ("ready", "NOT_READY")
    assert (error.disposition, error.park_reason) == (disposition, "it broke" if disposition == "PARKED" else None)
    assert [event.action for event in events()][-2:] == ["target_demoted", "error_opened"]
    assert audit_faults() == ()


def test_an_error_opens_once() -> None:
    owner = company()
    open_one(owner.outreach_id)
    with pytest.raises(Refused, match="open already"):
        open_one(owner.outreach_id)
    with pytest.raises(Refused, match="opens as RETRY or PARKED"):
        open_new(owner.outreach_id, stage="s", code="c", reason="r", caller=CALLER, disposition="IGNORED")
    with pytest.raises(NotPermitted):
        open_one(owner.outreach_id, caller=person())
    assert CompanyTargetError.objects.count() == 1


def test_an_error_is_parked_retried_and_resolved() -> None:
    error = open_error(company())
    parked = park_error(error.error_id, reason="ask them", caller=CALLER)
    assert (parked.disposition, parked.park_reason, parked.parked_by) == ("PARKED", "ask them", "command:test")
    retried = retry_error(error.error_id, reason="they answered", caller=CALLER)
    assert (retried.disposition, retried.park_reason, retried.retry_count) == ("RETRY", None, 0)
    assert retried.next_retry_at is not None
    resolved = resolve_error(error.error_id, note="mended", caller=CALLER)
    assert (resolved.disposition, resolved.resolution_note) == ("RESOLVED", "mended")
    assert resolved.resolved_at is not None
    assert [event.action for event in events(object_type="error")] == [
        "error_opened",
        "error_parked",
        "error_retried",
        "error_resolved",
    ]
    assert audit_faults() == ()


def test_ignoring_has_its_own_permission() -> None:
    error = open_error(company())
    with pytest.raises(NotPermitted):
        ignore_error(error.error_id, reason="known", caller=person("ctapp.handle_error"))
    with pytest.raises(Refused, match="the reason is missing"):
        ignore_error(error.error_id, reason="", caller=CALLER)
    assert ignore_error(error.error_id, reason="known", caller=person("ctapp.ignore_error")).disposition == "IGNORED"
    with pytest.raises(NotPermitted):
        resolve_error(error.error_id, note="n", caller=person("ctapp.ignore_error"))


def test_what_is_closed_or_unknown_is_not_decided() -> None:
    closed = open_error(company(), "RESOLVED")
    seq = AuditEvent.objects.count()
    for decide in (park_error, retry_error, ignore_error):
        with pytest.raises(Refused, match="is RESOLVED, not open"):
            decide(closed.error_id, reason="r", caller=CALLER)
    with pytest.raises(Refused, match="there is no error"):
        park_error(uuid.uuid4(), reason="r", caller=CALLER)
    assert AuditEvent.objects.count() == seq


def test_a_decision_is_made_once() -> None:
    error = open_error(company())
    with pytest.raises(Refused, match="is RETRY already"):
        retry_error(error.error_id, reason="r", caller=CALLER)
