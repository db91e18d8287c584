"""verify_gates finds every broken invariant, every CHECK and trigger that does not stand as written, and says so."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from ctapp.gates import checks, triggers
from ctapp.gates.verification import GateCheck, verify
from ctapp.models import CompanyMaster, CompanyTarget, CompanyTargetError
from tests.gates import records
from tests.gates.lifting import without_gates
from tests.gates.records import DONE, TIER_0, execute

pytestmark = pytest.mark.django_db
only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="what SQLite allows")


def found(name: str) -> GateCheck:
    """The check of that name, as it is answered now."""
    return next(check for check in verify() if check.name == name)


def test_all_holds_where_the_gates_stand() -> None:
    records.promoted()
    records.error(records.ready())
    assert all(check.holds and check.query and check.sentence for check in verify())


def change(make: Callable[[], CompanyMaster], **columns: object) -> str:
    """A company whose target is changed behind the gates' back; its key."""
    made = make()
    CompanyTarget.objects.filter(outreach=made).update(**columns)
    return str(made.outreach_id)


def change_company(make: Callable[[], CompanyMaster], **columns: object) -> str:
    """A company changed behind the gates' back; its key."""
    made = make()
    CompanyMaster.objects.filter(pk=made.pk).update(**columns)
    return str(made.outreach_id)


def pending() -> CompanyMaster:
    """A company with a pending target."""
    made = records.company()
    records.target(made)
    return made


def error_on_promoted(disposition: str) -> str:
    """A blocking error beside TIER_0."""
    made = records.promoted()
    records.error(made, disposition)
    return str(made.outreach_id)


def ready_target_of_nobody() -> str:
    """A target whose company is not there."""
    key = uuid.uuid4()
    CompanyTarget.objects.create(outreach_id=key, **TIER_0)
    return str(key)


def error_of_nobody() -> str:
    """An error whose company is not there."""
    key = uuid.uuid4()
    CompanyTargetError.objects.create(error_id=key, outreach_id=uuid.uuid4(), pipeline_stage="s", failure_code="f")
    return str(key)


def unknown_disposition() -> str:
    """An error with a disposition that is none."""
    return str(records.error(records.company(), "OPEN").error_id)


VIOLATIONS: list[tuple[str, Callable[[], str]]] = [
    ("ready_has_method_score_time", lambda: change(records.ready, email_method=None)),
    ("ready_has_method_score_time", lambda: change(records.promoted, confidence_score=None)),
    ("ready_has_method_score_time", lambda: change(records.ready, imo_completed_at=None)),
    ("ready_has_domain_and_pattern", lambda: change_company(records.ready, domain=None)),
    ("ready_has_domain_and_pattern", lambda: change_company(records.ready, email_pattern=None)),
    ("ready_has_domain_and_pattern", ready_target_of_nobody),
    ("target_has_company", ready_target_of_nobody),
    ("error_has_company", error_of_nobody),
    ("tier_0_is_ready", lambda: change(pending, readiness_tier="TIER_0")),
    ("tier_0_is_ready", lambda: change(records.promoted, execution_status="failed")),
    ("tier_0_has_no_blocking_error", lambda: error_on_promoted("RETRY")),
    ("tier_0_has_no_blocking_error", lambda: error_on_promoted("PARKED")),
    ("score_from_0_to_1", lambda: change(pending, confidence_score=Decimal("1.0001"))),
    ("score_from_0_to_1", lambda: change(records.ready, confidence_score=Decimal("-0.0001"))),
    ("upstream_confidence_from_0_to_1", lambda: change_company(records.ready, domain_confidence=Decimal("1.5"))),
    ("upstream_confidence_from_0_to_1", lambda: change_company(pending, email_pattern_confidence=Decimal("-1"))),
    ("nothing_blank", lambda: change_company(pending, domain="")),
    ("nothing_blank", lambda: change_company(pending, email_pattern="   ")),
    ("nothing_blank", lambda: change_company(pending, company_name="")),
    ("words_of_a_target_known", lambda: change(pending, execution_status="done")),
    ("words_of_a_target_known", lambda: change(pending, readiness_tier="TIER_1")),
    ("words_of_a_target_known", lambda: change(pending, email_method="guess")),
    ("words_of_an_error_known", unknown_disposition),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[f"{i} {name}" for i, (name, _) in enumerate(VIOLATIONS)])
def test_a_broken_invariant_is_found_and_the_record_named(name: str, violate: Callable[[], str]) -> None:
    records.promoted()
    with without_gates(foreign_keys=False):
        key = violate()
        check = found(name)
    assert (check.holds, check.found, check.examples) == (False, 1, (key,))


def test_errors_that_do_not_block_are_no_violation() -> None:
    made = records.promoted()
    records.error(made, "IGNORED")
    records.error(made, "RESOLVED")
    records.error(made, "PARKED", archived_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert found("tier_0_has_no_blocking_error").holds


def test_five_examples_are_named_of_many() -> None:
    with without_gates():
        keys = sorted(change(pending, readiness_tier="TIER_0") for _ in range(7))
        check = found("tier_0_is_ready")
    assert (check.found, list(check.examples)) == (7, keys[:5])


@only_sqlite
@pytest.mark.parametrize("value", ["''", "'soon'", "2026", "x'00'", "'2026-13-01 00:00:00'"])
def test_a_time_that_is_none_is_found(value: str) -> None:
    made = records.error(pending())
    with without_gates():
        execute(f"UPDATE company_target SET imo_completed_at = {value}")
        execute(f"UPDATE company_target_errors SET archived_at = {value}")
        assert found("time_of_a_target_readable").found == 1
        assert found("time_of_an_error_readable").examples == (str(made.error_id),)


def test_each_trigger_that_is_dropped_is_found() -> None:
    for trigger in triggers._dialect(connection).installed(connection):
        with transaction.atomic():
            execute(trigger.drop)
            assert triggers.gaps(connection) == [f"trigger {trigger.name} on {trigger.table} is missing"]
            transaction.set_rollback(True)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE company_master DISABLE TRIGGER gate_company_update",
        "ALTER TABLE company_master ENABLE TRIGGER gate_company_update",
        "ALTER TABLE company_master ENABLE REPLICA TRIGGER gate_company_update",
        """CREATE OR REPLACE TRIGGER gate_company_update AFTER UPDATE ON company_master FOR EACH ROW
            WHEN (OLD.domain IS DISTINCT FROM NEW.domain) EXECUTE FUNCTION gate_company()""",
        """CREATE OR REPLACE TRIGGER gate_company_update AFTER UPDATE OF domain ON company_master FOR EACH ROW
            EXECUTE FUNCTION gate_company();
        ALTER TABLE company_master ENABLE ALWAYS TRIGGER gate_company_update""",
        """DROP TRIGGER gate_company_update ON company_master;
        CREATE TRIGGER gate_company_update AFTER UPDATE ON company_master FOR EACH ROW WHEN (false)
            EXECUTE FUNCTION gate_company();
        ALTER TABLE company_master ENABLE ALWAYS TRIGGER gate_company_update""",
    ],
)
def test_a_trigger_that_does_not_fire_as_it_should_is_found(statement: str) -> None:
    execute(statement)
    assert triggers.gaps(connection) == ["trigger gate_company_update on company_master is altered or disabled"]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "statement",
    [
        """CREATE OR REPLACE FUNCTION gate_company() RETURNS trigger LANGUAGE plpgsql VOLATILE
            SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NULL; END'""",
        "ALTER FUNCTION gate_company() STABLE",
        "ALTER FUNCTION gate_company() SECURITY DEFINER",
        "ALTER FUNCTION gate_company() RESET search_path",
        "ALTER FUNCTION gate_company() SET search_path = public",
    ],
)
def test_an_altered_function_is_found_at_every_trigger_that_calls_it(statement: str) -> None:
    execute(statement)
    assert triggers.gaps(connection) == [
        "trigger gate_company_update on company_master is altered or disabled",
        "trigger gate_company_delete on company_master is altered or disabled",
    ]


def test_a_trigger_that_is_not_ours_is_found() -> None:
    if connection.vendor == "postgresql":
        execute("CREATE TRIGGER gate_old AFTER DELETE ON ct_report FOR EACH ROW EXECUTE FUNCTION gate_report()")
    else:
        execute("CREATE TRIGGER gate_old AFTER DELETE ON ct_report BEGIN SELECT 1; END")
    assert triggers.gaps(connection) == ["trigger gate_old on ct_report is not one of the gates'"]
    triggers.install(connection)
    assert triggers.gaps(connection) == []


@only_sqlite
def test_an_altered_trigger_is_found() -> None:
    name = "gate_audit_is_append_only_ct_audit_event_delete"
    execute(f"DROP TRIGGER {name}")
    execute(f"CREATE TRIGGER {name} BEFORE DELETE ON ct_audit_event BEGIN SELECT 1; END")
    assert triggers.gaps(connection) == [f"trigger {name} on ct_audit_event is altered or disabled"]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("fault", "again"),
    [
        ("missing", ""),
        ("altered", "CHECK (confidence_score >= 0)"),
        ("altered", "CHECK (true)"),
        ("not validated", "CHECK (confidence_score IS NULL OR confidence_score BETWEEN 0 AND 1) NOT VALID"),
    ],
)
def test_a_check_that_does_not_stand_as_written_is_found(fault: str, again: str) -> None:
    execute("ALTER TABLE company_target DROP CONSTRAINT gate_score_0_to_1")
    if again:
        execute(f"ALTER TABLE company_target ADD CONSTRAINT gate_score_0_to_1 {again}")
    assert checks.gaps(connection) == [f"CHECK gate_score_0_to_1 on company_target is {fault}"]


@pytest.mark.postgresql
def test_checks_that_cannot_be_compared_are_not_taken_to_stand() -> None:
    execute("SET TRANSACTION READ ONLY")
    check = found("checks_stand")
    assert not check.holds
    assert "could not be compared" in check.examples[0]


@only_sqlite
@pytest.mark.parametrize(("fault", "name"), [("missing", "gone"), ("altered", "gate_score_0_to_1")])
def test_a_check_rewritten_in_the_table_is_found(fault: str, name: str) -> None:
    execute("PRAGMA writable_schema = ON")
    execute(
        """UPDATE sqlite_master SET sql = replace(replace(sql, '"confidence_score" >= ''0''', '1'), %s, %s)
        WHERE name = 'company_target'""",
        '"gate_score_0_to_1"',
        f'"{name}"',
    )
    execute("PRAGMA writable_schema = OFF")
    assert checks.gaps(connection) == [f"CHECK gate_score_0_to_1 on company_target is {fault}"]


def test_the_command_prints_each_check_and_a_summary() -> None:
    out = StringIO()
    call_command("verify_gates", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[-1] == f"all {len(lines) - 1} checks hold"
    assert all(line.startswith("holds ") for line in lines[:-1])


def test_the_command_names_what_is_broken_and_ends_with_1() -> None:
    out = StringIO()
    with without_gates():
        key = change(pending, **DONE | {"email_method": None})
        with pytest.raises(CommandError, match=r"\d of \d+ checks do not hold") as refusal:
            call_command("verify_gates", stdout=out)
    assert refusal.value.returncode == 1
    assert f"BROKEN  ready_has_method_score_time: A ready target has a method, a score and a time. Found 1: {key}" in (
        out.getvalue()
    )
    assert "trigger gate_" in out.getvalue()
