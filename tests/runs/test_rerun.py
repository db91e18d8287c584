"""The re-run end to end through its chunks: every kind of record, and every way a run can be disturbed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from ctapp.actions.caller import Caller, Refused
from ctapp.actions.control_run import cancel_run, resume_run, retry_failed
from ctapp.actions.open_error import open_error
from ctapp.actions.start_run import start_run
from ctapp.audit.verification import verify as verify_audit
from ctapp.gates.verification import verify as verify_gates
from ctapp.models import AuditEvent, Chunk, CompanyMaster, CompanyTarget, CompanyTargetError, Run, RunItem
from ctapp.runs import in_process, reaping
from ctapp.runs.executing import execute_chunk

pytestmark = pytest.mark.django_db
CALLER = Caller.command("test")


def company(key: str, domain: str | None = None, pattern: str | None = None, **more: object) -> CompanyMaster:
    """A company, its upstream data set through the action so that the trail knows it."""
    from ctapp.actions.set_upstream import set_domain, set_pattern

    made = CompanyMaster.objects.create(company_unique_id=key, company_name=f"Firm {key}", **more)
    if domain:
        set_domain(made.outreach_id, domain, source="test", reason="test", caller=CALLER)
    if pattern:
        set_pattern(made.outreach_id, pattern, source="hunter", reason="test", caller=CALLER)
    return made


def complete_company(key: str) -> CompanyMaster:
    return company(key, f"{key}.example", "{first}.{last}")


def rerun(**more: object) -> Run:
    return in_process.execute(start_run("rerun", {}, CALLER, queued=False, **more))


def everything_holds() -> bool:
    return all(check.holds for check in verify_gates()) and verify_audit().holds


def test_it_completes_and_promotes_what_has_both() -> None:
    made = complete_company("a")
    run = rerun()
    target = CompanyTarget.objects.get(outreach=made)
    assert run.state == "finished"
    assert run.outcomes == {"completed": 1}
    assert (target.execution_status, target.readiness_tier) == ("ready", "TIER_0")
    assert (target.email_method, target.method_type) == ("inference", "hunter")
    assert target.confidence_score == Decimal("0.7200")
    assert everything_holds()


def test_it_blocks_with_the_reason_and_leaves_the_record_alone() -> None:
    company("none"), company("domain", "d.example"), company("pattern", None, "{f}{last}")
    run = rerun()
    reasons = RunItem.objects.filter(run=run).order_by("reason").values_list("outcome", "reason")
    assert list(reasons) == [
        ("blocked", "missing_both"),
        ("blocked", "missing_domain"),
        ("blocked", "missing_pattern"),
    ]
    assert not CompanyTarget.objects.exists()


def test_unusable_data_fails_and_parks_an_error_and_its_mending_resolves_it() -> None:
    made = complete_company("a")
    CompanyMaster.objects.filter(pk="a").update(domain="not a domain")
    assert rerun().outcomes == {"failed": 1}
    error = CompanyTargetError.objects.get(outreach=made)
    assert (error.disposition, error.failure_code) == ("PARKED", "domain_invalid")
    assert CompanyTarget.objects.get(outreach=made).execution_status == "failed"
    rerun()
    assert CompanyTargetError.objects.get(outreach=made).retry_count == 1
    CompanyMaster.objects.filter(pk="a").update(domain="a.example")
    assert rerun().outcomes == {"completed": 1}
    error.refresh_from_db()
    assert error.disposition == "RESOLVED"
    assert everything_holds()


def test_an_open_error_lets_it_complete_but_not_be_promoted() -> None:
    made = complete_company("a")
    open_error(made.outreach_id, stage="other", code="odd", reason="odd", caller=CALLER)
    assert rerun().outcomes == {"completed_not_promoted": 1}
    assert rerun().outcomes == {"blocked": 1}
    assert RunItem.objects.latest("id").reason == "blocking_error"
    CompanyTargetError.objects.update(archived_at=timezone.now())
    assert rerun().outcomes == {"promoted": 1}


def test_a_dry_run_writes_only_its_preview() -> None:
    complete_company("a")
    events = AuditEvent.objects.count()
    run = rerun(dry_run=True)
    assert run.outcomes == {"completed": 1}
    assert not CompanyTarget.objects.exists()
    assert AuditEvent.objects.count() == events


def test_two_runs_over_the_same_companies_the_second_is_refused() -> None:
    complete_company("a")
    first = start_run("rerun", {}, CALLER, queued=False)
    with pytest.raises(Refused, match="still being planned"):
        start_run("rerun", {}, CALLER)
    execute_chunk(first.chunks.get(number=0).pk)
    with pytest.raises(Refused, match=f"run {first.pk} .* holds 1 of these companies"):
        start_run("rerun", {}, CALLER)


def test_a_schedule_skips_what_another_run_holds() -> None:
    complete_company("a")
    first = start_run("rerun", {}, CALLER, queued=False)
    execute_chunk(first.chunks.get(number=0).pk)
    second = in_process.execute(start_run("rerun", {}, Caller.schedule("nightly"), queued=False))
    assert second.outcomes == {"skipped": 1}


def test_a_cancelled_run_can_be_resumed() -> None:
    complete_company("a")
    run = start_run("rerun", {}, CALLER, queued=False)
    execute_chunk(run.chunks.get(number=0).pk)
    cancel_run(run.pk, CALLER)
    run.refresh_from_db()
    assert (run.state, run.outcomes) == ("cancelled", {"not_attempted": 1})
    resume_run(run.pk, CALLER, queued=False)
    assert in_process.execute(run).outcomes == {"completed": 1}


def test_the_same_chunk_twice_gives_one_outcome() -> None:
    complete_company("a")
    run = rerun()
    events = AuditEvent.objects.count()
    for chunk in run.chunks.all():
        execute_chunk(chunk.pk)
    assert AuditEvent.objects.count() == events
    assert RunItem.objects.filter(run=run).count() == 1


def test_three_dead_attempts_poison_the_chunk_and_the_run_still_ends() -> None:
    made = complete_company("a")
    run = start_run("rerun", {}, CALLER, queued=False)
    execute_chunk(run.chunks.get(number=0).pk)
    past = timezone.now() - timedelta(minutes=1)
    Chunk.objects.filter(run=run, number=1).update(state="running", attempts=3, lease_until=past)
    reaping.reap()
    run.refresh_from_db()
    assert (run.state, run.outcomes) == ("finished_with_errors", {"unknown": 1})
    assert not CompanyTarget.objects.filter(outreach=made).exists()
    assert retry_failed(run.pk, CALLER).parent_id == run.pk


def test_an_expired_lease_is_rung_again() -> None:
    complete_company("a")
    run = start_run("rerun", {}, CALLER, queued=False)
    Chunk.objects.filter(run=run).update(state="running", attempts=1, lease_until=timezone.now() - timedelta(minutes=1))
    reaping.reap()
    assert OrmQ.objects.count() == 1
    assert in_process.execute(run).outcomes == {"completed": 1}


def test_an_empty_database_finishes_at_once() -> None:
    run = rerun()
    assert (run.state, run.outcomes) == ("finished", {})
