"""Setting a domain or a pattern by hand."""

from decimal import Decimal

import pytest

from ctapp.actions.caller import NotPermitted, Refused
from ctapp.actions.set_upstream import set_domain, set_pattern
from ctapp.models import AuditEvent, CompanyMaster
from tests.actions.files import CALLER, audit_faults, company, events, person, ready

pytestmark = pytest.mark.django_db


def test_a_domain_is_set_in_its_registrable_form_and_audited() -> None:
    owner = company(domain=None)
    set_domain(
        owner.outreach_id,
        "https://www.Acme.example/about",
        source="letterhead",
        reason="seen on an invoice",
        caller=CALLER,
        confidence=Decimal("0.99"),
    )
    owner.refresh_from_db()
    assert (owner.domain, owner.domain_source, owner.domain_confidence) == (
        "acme.example",
        "letterhead",
        Decimal("0.99"),
    )
    (event,) = events(action="domain_set")
    assert '"reason":"seen on an invoice"' in event.payload
    assert '"domain_source":"letterhead"' in event.payload
    assert audit_faults() == ()


def test_a_pattern_is_set_in_its_canonical_form() -> None:
    owner = company(pattern=None)
    set_pattern(owner.outreach_id, "{FIRST:1}{last}", source="reply", reason="they wrote", caller=CALLER)
    owner.refresh_from_db()
    assert (owner.email_pattern, owner.email_pattern_source) == ("{f}{last}", "reply")
    assert audit_faults() == ()


def test_a_value_can_be_cleared() -> None:
    owner = company()
    set_domain(owner.outreach_id, None, source="check", reason="someone else's", caller=CALLER)
    owner.refresh_from_db()
    assert (owner.domain, owner.domain_source) == (None, None)
    assert [event.action for event in events()][-1] == "domain_cleared"
    assert audit_faults() == ()


def test_the_same_value_again_is_no_event() -> None:
    owner = company(domain=None)
    for _ in range(2):
        set_domain(owner.outreach_id, "acme.example", source="call", reason="asked", caller=CALLER)
    assert len(events(action="domain_set")) == 1


def test_a_ready_company_keeps_both() -> None:
    owner = company()
    ready(owner)
    seq = AuditEvent.objects.count()
    with pytest.raises(Refused, match="withdraw its target first"):
        set_domain(owner.outreach_id, "other.example", source="call", reason="asked", caller=CALLER)
    with pytest.raises(Refused, match="withdraw its target first"):
        set_pattern(owner.outreach_id, None, source="call", reason="asked", caller=CALLER)
    assert AuditEvent.objects.count() == seq
    set_domain(owner.outreach_id, "acme.example", source="call", reason="confirmed", caller=CALLER)
    assert CompanyMaster.objects.get().domain_source == "call"


@pytest.mark.parametrize(
    ("value", "source", "reason", "confidence", "why"),
    [
        ("not a domain", "call", "asked", None, "the domain stays as it is"),
        ("acme2.example", " ", "asked", None, "the source is missing"),
        ("acme2.example", "call", "", None, "the reason is missing"),
        ("acme2.example", "call", "a\0b", None, "NUL byte"),
        ("acme2.example", "call", "asked", Decimal("1.1"), "not between 0 and 1"),
    ],
)
def test_what_is_refused(value: str, source: str, reason: str, confidence: Decimal | None, why: str) -> None:
    owner = company()
    with pytest.raises(Refused, match=why):
        set_domain(owner.outreach_id, value, source=source, reason=reason, caller=CALLER, confidence=confidence)
    assert CompanyMaster.objects.get().domain == "acme.example"


@pytest.mark.parametrize(
    ("value", "why"), [("{vorname}", "stays as it is"), ("{first}@acme.example", "leave out @acme")]
)
def test_what_is_no_pattern_is_refused(value: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        set_pattern(company().outreach_id, value, source="call", reason="asked", caller=CALLER)


def test_it_needs_its_permission() -> None:
    owner = company(domain=None)
    with pytest.raises(NotPermitted):
        set_domain(owner.outreach_id, "a.example", source="s", reason="r", caller=person("ctapp.import_companies"))
    set_domain(owner.outreach_id, "a.example", source="s", reason="r", caller=person("ctapp.set_upstream"))
    assert CompanyMaster.objects.get().domain == "a.example"
