"""Importing company targets: the state of an existing system, through the gates."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ctapp.actions.imports.refusal import Unusable
from ctapp.models import AuditEvent, CompanyTarget
from tests.actions.files import NOON, audit_faults, company, events, everything, open_error, ready, sentences, targets

pytestmark = pytest.mark.django_db

HEADER = "company_unique_id,execution_status,email_method,confidence_score,imo_completed_at,readiness_tier,promoted_at"
DONE = "acme,ready,inference,0.9,2026-01-05T12:00:00Z"


def test_a_row_becomes_a_target() -> None:
    owner = company()
    report = targets(
        "outreach_id,status,method,method_type,score,imo_completed_at,is_catchall,tier,promoted_at\n"
        f"{owner.outreach_id},READY,inference,website,90 %,2026-01-05 12:00,no,TIER_0,2026-01-05 12:00\n"
    )
    assert (report.created, report.refused) == (1, 0)
    made = CompanyTarget.objects.get()
    assert (made.outreach_id, made.execution_status, made.readiness_tier) == (owner.outreach_id, "ready", "TIER_0")
    assert (made.email_method, made.method_type, made.confidence_score) == ("inference", "website", Decimal("0.9"))
    assert (made.imo_completed_at, made.promoted_at, made.is_catchall) == (NOON, NOON, False)
    assert audit_faults() == ()


def test_without_more_a_target_is_pending() -> None:
    company()
    targets("company_unique_id,imo_completed_at\nacme,\n")
    made = CompanyTarget.objects.get()
    assert (made.execution_status, made.readiness_tier, made.email_method) == ("pending", "NOT_READY", None)
    assert audit_faults() == ()


@pytest.mark.parametrize("word", ["pending", "failed", "blocked"])
def test_every_status_of_the_old_system_comes_in(word: str) -> None:
    company()
    assert targets(f"company_unique_id,execution_status\nacme,{word}\n").created == 1
    assert CompanyTarget.objects.get().execution_status == word


def test_importing_twice_changes_nothing() -> None:
    company()
    text = f"{HEADER}\n{DONE},TIER_0,2026-01-05T12:00:00Z\n"
    targets(text)
    state, seq = everything(), AuditEvent.objects.count()
    assert targets(text).unchanged == 1
    assert targets("company_unique_id,execution_status,email_method\nacme,,\n").unchanged == 1
    assert (everything(), AuditEvent.objects.count()) == (state, seq)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("acme,ready,,0.9,2026-01-05T12:00:00Z,,", "ready is refused without email_method"),
        ("acme,ready,inference,,2026-01-05T12:00:00Z,,", "ready is refused without confidence_score"),
        ("acme,ready,,,,,", "without email_method and confidence_score and imo_completed_at"),
        ("acme,pending,,,,TIER_0,", "TIER_0 is refused for a target that is pending"),
        ("acme,failed,,,,,2026-01-05T12:00:00Z", "column promoted_at"),
        ("acme,done,,,,,", "column execution_status: 'done': not one of pending, ready, failed, blocked"),
        ("acme,pending,telepathy,,,,", "column email_method: 'telepathy': not one of smtp_verification"),
        ("acme,pending,,1.5,,,", "column confidence_score: '1.5': above 1"),
        ("acme,pending,,,2999-01-01T00:00:00Z,,", "lies in the future"),
        ("nobody,pending,,,,,", "column company_unique_id: 'nobody': no such company; import the companies first"),
        (",pending,,,,,", "neither outreach_id nor company_unique_id"),
        ("bare,ready,inference,0.9,2026-01-05T12:00:00Z,,", "lacks a domain or an e-mail pattern"),
        ("hindered,ready,inference,0.9,2026-01-05T12:00:00Z,TIER_0,", "a blocking error is open"),
    ],
)
def test_what_the_gates_refuse_is_told_and_the_good_rows_go_in(row: str, why: str) -> None:
    company()
    company("bare", pattern=None)
    open_error(company("hindered"))
    company("good")
    report = targets(f"{HEADER}\n{row}\ngood,ready,inference,0.9,2026-01-05T12:00:00Z,TIER_0,\n")
    assert [why in told for told in sentences(report)] == [True], sentences(report)
    assert (report.created, report.refused) == (1, 1)
    assert CompanyTarget.objects.get().outreach.company_unique_id == "good"
    assert audit_faults() == ()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("acme,pending,,,,,", "execution_status"),
        ("acme,failed,,,,NOT_READY,", "execution_status"),
        ("acme,,,,,NOT_READY,", "readiness_tier"),
    ],
)
def test_what_is_ready_here_is_not_undone_by_a_file(row: str, column: str) -> None:
    ready(company())
    state = everything()
    report = targets(f"{HEADER}\n{row}\n")
    assert f"column {column}" in sentences(report)[0]
    assert "withdraw its target first; row skipped" in sentences(report)[0]
    assert everything() == state


def test_a_ready_target_may_be_promoted_or_scored_anew() -> None:
    ready(company(), tier="NOT_READY")
    assert targets(f"{HEADER}\nacme,,,0.95,,TIER_0,\n").changed == 1
    (event,) = events(action="target_changed")
    assert '"readiness_tier":"NOT_READY"' in event.payload
    assert '"confidence_score":"0.9500"' in event.payload
    assert audit_faults() == ()


def test_both_keys_must_mean_the_same_company() -> None:
    owner = company()
    company("other")
    report = targets(f"outreach_id,company_unique_id,status\n{owner.outreach_id},other,pending\n")
    assert "belongs to company 'acme'" in sentences(report)[0]


def test_rows_for_one_company_that_disagree_name_each_other() -> None:
    owner = company()
    report = targets(
        f"outreach_id,company_unique_id,status,score\n{owner.outreach_id},,pending,0.5\n,acme,failed,\n,acme,,0.5\n"
    )
    assert "'failed' disagrees with 'pending' on line 2 for the same key" in sentences(report)[0]
    assert (report.created, report.unchanged, report.refused) == (1, 1, 1)


def test_a_dry_run_says_what_the_real_run_does() -> None:
    company()
    text = f"{HEADER}\n{DONE},TIER_0,\nnobody,pending,,,,,\n"
    planned = targets(text, dry_run=True)
    assert not CompanyTarget.objects.exists()
    assert replace(planned, dry_run=False) == targets(text)


@pytest.mark.parametrize(
    ("header", "why"), [("company_unique_id,colour", "some of execution_status"), ("status,score", "names the company")]
)
def test_a_file_about_something_else_is_unusable(header: str, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        targets(f"{header}\na,b\n")
