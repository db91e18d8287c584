"""Whatever sequence of statements is tried, lawful or not, no invariant is ever found broken."""

import uuid
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from ctapp.gates.verification import verify
from ctapp.models import CompanyMaster, CompanyTarget
from tests.gates import records

pytestmark = pytest.mark.django_db

KEYS = [uuid.UUID(int=number) for number in (1, 2, 3)]
SQLITE = connection.vendor == "sqlite"
COLUMNS = {
    "company_master": {
        "domain": ["NULL", "''", "' '", "'a.example'", "'b.example'"],
        "email_pattern": ["NULL", "''", "'{first}'"],
        "company_name": ["'x'", "''"],
        "domain_confidence": ["NULL", "0", "0.5", "1.5"],
        "company_unique_id": ["'c1'", "'c2'", "'c9'"],
    },
    "company_target": {
        "execution_status": ["'pending'", "'ready'", "'failed'", "'blocked'", "'done'"],
        "email_method": ["NULL", "'inference'", "'guess'"],
        "confidence_score": ["NULL", "0", "0.81", "1", "-0.1", "1.1"],
        "imo_completed_at": ["NULL", "'2026-02-02 08:30:00'"],
        "readiness_tier": ["'NOT_READY'", "'TIER_0'", "'TIER_1'"],
    },
    "company_target_errors": {
        "disposition": ["'RETRY'", "'PARKED'", "'RESOLVED'", "'IGNORED'", "'OPEN'"],
        "archived_at": ["NULL", "'2026-02-02 08:30:00'"],
    },
}
DONE = {
    "execution_status": "'ready'",
    "email_method": "'inference'",
    "confidence_score": "0.81",
    "imo_completed_at": "'2026-02-02 08:30:00'",
}
INSERTS = {
    "company_master": {"company_unique_id": "'{name}'", "outreach_id": "'{key}'", "company_name": "'x'"},
    "company_target": {"target_id": "'{new}'", "outreach_id": "'{key}'"},
    "company_target_errors": {
        "error_id": "'{new}'",
        "outreach_id": "'{key}'",
        "pipeline_stage": "'s'",
        "failure_code": "'f'",
    },
}
UNIQUE = {"company_master": "company_unique_id", "company_target": "outreach_id", "company_target_errors": "error_id"}

tables = st.sampled_from(sorted(COLUMNS))
keys = st.sampled_from(KEYS)
conflicts = st.sampled_from(["", "OR REPLACE ", "OR IGNORE ", "OR FAIL "] if SQLITE else [""])


def _set(values: dict[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def key_word(key: uuid.UUID) -> str:
    return str(records.stored(key))


@st.composite
def assignments(draw: st.DrawFn, table: str) -> dict[str, str]:
    """Columns of the table with values, right and wrong ones."""
    names = draw(st.lists(st.sampled_from(sorted(COLUMNS[table])), min_size=1, max_size=4, unique=True))
    return {name: draw(st.sampled_from(COLUMNS[table][name])) for name in names}


@st.composite
def updates(draw: st.DrawFn) -> str:
    table = draw(tables)
    values = draw(assignments(table))
    if draw(st.booleans()) and table == "company_target":
        values = DONE | values
    if draw(st.integers(0, 9)) == 0:
        values["outreach_id"] = f"'{key_word(draw(keys))}'"
    where = "" if draw(st.integers(0, 4)) == 0 else f" WHERE outreach_id = '{key_word(draw(keys))}'"
    return (
        f"UPDATE {draw(conflicts)}{table} SET {', '.join(f'{name} = {value}' for name, value in values.items())}{where}"
    )


@st.composite
def inserts(draw: st.DrawFn) -> str:
    table, key = draw(tables), draw(keys)
    new = key_word(uuid.UUID(int=draw(st.integers(10, 14))))
    values = {
        name: value.format(key=key_word(key), new=new, name=f"c{draw(st.integers(1, 4))}")
        for name, value in INSERTS[table].items()
    }
    values |= draw(st.one_of(st.just({}), assignments(table)))
    upsert = ""
    if draw(st.booleans()):
        changed = draw(assignments(table))
        upsert = f" ON CONFLICT ({UNIQUE[table]}) DO UPDATE SET {_set(changed)}"
    verb = "INSERT " if upsert else f"INSERT {draw(conflicts)}"
    return f"{verb}INTO {table} ({', '.join(values)}) VALUES ({', '.join(values.values())}){upsert}"


@st.composite
def deletes(draw: st.DrawFn) -> str:
    return f"DELETE FROM {draw(tables)} WHERE outreach_id = '{key_word(draw(keys))}'"


def tried(statement: str) -> bool:
    """Run as a transaction of its own; whether the database took it."""
    with suppress(DatabaseError), transaction.atomic():
        records.execute(statement)
        connection.check_constraints()
        return True
    return False


def start() -> None:
    """One company promoted, one that lacks its domain with a pending target, one absent."""
    for number, (key, domain) in enumerate(zip(KEYS[:2], ("a.example", None), strict=True), 1):
        CompanyMaster.objects.create(
            company_unique_id=f"c{number}", outreach_id=key, company_name="x", domain=domain, email_pattern="{first}"
        )
        CompanyTarget.objects.create(outreach_id=key, **(records.TIER_0 if domain else {}))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(updates(), updates(), inserts(), deletes()), min_size=1, max_size=12))
def test_no_sequence_of_statements_breaks_an_invariant(statements: list[str]) -> None:
    with transaction.atomic():
        start()
        for statement in statements:
            tried(statement)
        assert [check for check in verify() if not check.holds] == []
        transaction.set_rollback(True)


def test_the_statements_are_not_all_refused() -> None:
    """Else the property above would hold for nothing."""
    start()
    withdraw = "UPDATE company_target SET execution_status = 'pending', readiness_tier = 'NOT_READY'"
    clear = "UPDATE company_master SET domain = NULL"
    assert [tried(statement) for statement in (clear, withdraw, clear)] == [False, True, True]
