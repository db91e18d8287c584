"""Importing errors: the state of an existing system; one that opens demotes its TIER_0 record."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ctapp.actions.imports.refusal import Unusable
from ctapp.models import AuditEvent, CompanyTarget, CompanyTargetError
from tests.actions.files import (
    audit_faults,
    company,
    errors,
    events,
    everything,
    open_error,
    person,
    ready,
    sentences,
)

pytestmark = pytest.mark.django_db

HEADER = "company_unique_id,error_id,pipeline_stage,failure_code,disposition,resolution_note,archived_at,raw_input"


def test_a_row_becomes_an_error() -> None:
    company()
    report = errors(
        "company_unique_id,stage,code,reason,severity,disposition,retries,max_retries,next_retry_at,raw_input,created_at\n"
        'acme,complete,pattern_invalid,odd,Warning,retry,1,5,2026-02-01,"{""a"": [1, null]}",2026-01-05T12:00:00Z\n'
    )
    assert (report.created, report.refused) == (1, 0)
    made = CompanyTargetError.objects.get()
    assert (made.pipeline_stage, made.failure_code, made.blocking_reason) == ("complete", "pattern_invalid", "odd")
    assert (made.severity, made.disposition, made.retry_count, made.max_retries) == ("warning", "RETRY", 1, 5)
    assert made.next_retry_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert made.created_at == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert made.raw_input == {"a": [1, None]}
    assert audit_faults() == ()


def test_the_id_is_derived_unless_given() -> None:
    company()
    given = uuid.uuid4()
    text = f"{HEADER}\nacme,,complete,boom,,,,\nacme,{given},complete,boom,,,,\nacme,,complete,bang,,,,\n"
    assert errors(text).created == 3
    state, seq = everything(), AuditEvent.objects.count()
    assert errors(text).unchanged == 3
    assert (everything(), AuditEvent.objects.count()) == (state, seq)
    assert CompanyTargetError.objects.filter(error_id=given).exists()


@pytest.mark.parametrize("disposition", ["RETRY", "PARKED"])
def test_an_error_that_opens_demotes_first(disposition: str) -> None:
    ready(company())
    report = errors(f"{HEADER}\nacme,,complete,boom,{disposition},,,\n")
    assert report.created == 1
    target = CompanyTarget.objects.get()
    assert (target.execution_status, target.readiness_tier, target.promoted_at) == ("ready", "NOT_READY", None)
    assert [event.action for event in events()][-3:] == ["target_demoted", "error_imported", "errors_imported"]
    assert "boom opened by errors.csv line 2" in events(action="target_demoted")[0].payload
    assert audit_faults() == ()


@pytest.mark.parametrize("rest", ["RESOLVED,,,", "RETRY,,2026-01-05T12:00:00Z,", "IGNORED,known,,"])
def test_an_error_that_does_not_block_demotes_nobody(rest: str) -> None:
    ready(company())
    assert errors(f"{HEADER}\nacme,,complete,boom,{rest}\n").created == 1
    assert CompanyTarget.objects.get().readiness_tier == "TIER_0"


def test_an_error_that_is_reopened_demotes_too() -> None:
    owner = company()
    error = open_error(owner, "RESOLVED")
    ready(owner)
    assert errors(f"{HEADER}\nacme,{error.error_id},complete,boom,RETRY,,,\n").changed == 1
    assert CompanyTarget.objects.get().readiness_tier == "NOT_READY"
    assert audit_faults() == ()


def test_a_changed_error_is_audited() -> None:
    error = open_error(company())
    report = errors(f"{HEADER}\nacme,{error.error_id},complete,boom,RESOLVED,mended,,\n")
    assert report.changed == 1
    (event,) = events(action="error_changed")
    assert '"disposition":"RETRY"' in event.payload
    assert '"disposition":"RESOLVED"' in event.payload
    assert audit_faults() == ()


def test_ignoring_needs_its_own_permission_and_a_reason() -> None:
    company()
    row, without_reason = (
        f"{HEADER}\nacme,,complete,boom,IGNORED,known,,\n",
        f"{HEADER}\nacme,,complete,boom,IGNORED,,,\n",
    )
    importer = person("ctapp.import_companies")
    assert "the permission ctapp.ignore_error is missing" in sentences(errors(row, importer))[0]
    may = person("ctapp.import_companies", "ctapp.ignore_error")
    assert "needs its reason in resolution_note" in sentences(errors(without_reason, may))[0]
    assert errors(row, may).created == 1
    assert errors(row, importer).unchanged == 1


def test_archiving_an_open_error_is_ignoring_it() -> None:
    error = open_error(company())
    row = f"{HEADER}\nacme,{error.error_id},complete,boom,,{{}},2026-01-05T12:00:00Z,\n"
    importer = person("ctapp.import_companies")
    assert "the permission ctapp.ignore_error is missing" in sentences(errors(row.format("old"), importer))[0]
    assert "column archived_at" in sentences(errors(row.format("")))[0]
    assert errors(row.format("old")).changed == 1
    assert audit_faults() == ()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("acme,,,boom,,,,", "no pipeline stage"),
        ("acme,,complete,,,,,", "no failure code"),
        ("acme,x,complete,boom,,,,", "column error_id: 'x': not a UUID"),
        ("acme,,complete,boom,LOST,,,", "not one of RETRY, PARKED, RESOLVED, IGNORED"),
        ("acme,,complete,boom,,,,{", "column raw_input: '{': not valid JSON"),
        ("nobody,,complete,boom,,,,", "no such company"),
    ],
)
def test_a_bad_row_is_told_and_the_good_ones_go_in(row: str, why: str) -> None:
    company()
    report = errors(f"{HEADER}\n{row}\nacme,,complete,good,,,,\n")
    assert [why in told for told in sentences(report)] == [True], sentences(report)
    assert CompanyTargetError.objects.get().failure_code == "good"


def test_an_error_stays_with_its_company() -> None:
    error = open_error(company())
    company("other")
    report = errors(f"{HEADER}\nother,{error.error_id},complete,boom,,,,\n")
    assert "belongs to another company" in sentences(report)[0]


def test_a_dry_run_says_what_the_real_run_does() -> None:
    ready(company())
    text = f"{HEADER}\nacme,,complete,boom,,,,\nnobody,,complete,boom,,,,\n"
    planned = errors(text, dry_run=True)
    assert CompanyTarget.objects.get().readiness_tier == "TIER_0"
    assert replace(planned, dry_run=False) == errors(text)


def test_a_file_without_stage_and_code_is_unusable() -> None:
    with pytest.raises(Unusable, match="pipeline_stage and failure_code"):
        errors("company_unique_id,disposition\nacme,RETRY\n")
