"""What a console can do on PostgreSQL alone to pass a gate by, each refused by the gate's own name."""

import uuid

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from ctapp.audit.chain import append
from ctapp.audit.events import Actor, Draft
from ctapp.gates.verification import verify
from ctapp.models import Report, Run
from tests.gates import records
from tests.gates.test_refusals import AUDIT, KEEPS, NEEDS_UPSTREAM, NO_ERROR, NO_TIER_0, REPORT, snapshot

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

NO_TRUNCATE = "gate_no_truncate"
READY = "execution_status = 'ready', email_method = 'inference', confidence_score = 0.5, imo_completed_at = now()"
STATEMENTS = {
    "truncate companies": (NO_TRUNCATE, "TRUNCATE company_master CASCADE"),
    "truncate targets": (NO_TRUNCATE, "TRUNCATE company_target"),
    "truncate errors": (NO_TRUNCATE, "TRUNCATE company_target_errors"),
    "truncate events": (AUDIT, "TRUNCATE ct_audit_event"),
    "truncate reports": (REPORT, "TRUNCATE ct_report"),
    "truncate runs and with them reports": (REPORT, "TRUNCATE ct_run CASCADE"),
    "ready on conflict": (
        NEEDS_UPSTREAM,
        f"""INSERT INTO company_target (target_id, outreach_id) VALUES (gen_random_uuid(), '{{bare}}')
        ON CONFLICT (outreach_id) DO UPDATE SET {READY}""",
    ),
    "ready by MERGE": (
        NEEDS_UPSTREAM,
        f"""MERGE INTO company_target t USING company_master c ON c.outreach_id = t.outreach_id
        WHEN MATCHED THEN UPDATE SET {READY}""",
    ),
    "ready beside the clearing in one statement": (
        f"{NEEDS_UPSTREAM}|{KEEPS}",
        f"""WITH cleared AS (UPDATE company_master SET domain = NULL WHERE outreach_id = '{{pending}}')
        UPDATE company_target SET {READY} WHERE outreach_id = '{{pending}}'""",
    ),
    "promotion beside an error in one statement": (
        f"{NO_ERROR}|{NO_TIER_0}",
        """WITH opened AS (INSERT INTO company_target_errors (error_id, outreach_id, pipeline_stage, failure_code)
            VALUES (gen_random_uuid(), '{ready}', 's', 'f'))
        UPDATE company_target SET readiness_tier = 'TIER_0' WHERE outreach_id = '{ready}'""",
    ),
    "domain cleared on conflict": (
        KEEPS,
        """INSERT INTO company_master SELECT * FROM company_master WHERE outreach_id = '{ready}'
        ON CONFLICT (outreach_id) DO UPDATE SET domain = NULL""",
    ),
    "error on conflict": (
        NO_TIER_0,
        """INSERT INTO company_target_errors (error_id, outreach_id, pipeline_stage, failure_code)
        VALUES (gen_random_uuid(), '{tier_0}', 's', 'f') ON CONFLICT DO NOTHING""",
    ),
    "event on conflict": (
        AUDIT,
        "INSERT INTO ct_audit_event SELECT * FROM ct_audit_event ON CONFLICT (seq) DO UPDATE SET payload = ''",
    ),
    "event by MERGE": (AUDIT, "MERGE INTO ct_audit_event e USING ct_run r ON e.seq = 1 WHEN MATCHED THEN DELETE"),
}
# What a session may set before; each statement above must still be refused.
SESSIONS = {
    "as it is": "SELECT 1",
    "as a replica": "SET LOCAL session_replication_role = replica",
    "with constraints deferred": "SET CONSTRAINTS ALL DEFERRED",
    "with another search_path": "SET LOCAL search_path = shadows, public, pg_catalog",
}


@pytest.fixture
def names() -> dict[str, object]:
    """The outreach_ids that the statements are filled with."""
    ready, pending, bare, tier_0 = records.ready(), records.company(), records.company(None, None), records.promoted()
    records.target(pending)
    records.target(bare)
    run = Run.objects.create(kind="rerun", actor="command:test")
    Report.objects.create(run=run, content="{}", digest="0" * 64)
    with transaction.atomic():
        append(Actor("command:test"), [Draft("decided", "run", str(run.pk))])
    connection.check_constraints()  # else TRUNCATE is refused for the checks still open
    keys = {"ready": ready, "pending": pending, "bare": bare, "tier_0": tier_0}
    return {name: each.outreach_id for name, each in keys.items()}


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("trick", STATEMENTS)
def test_it_is_refused(names: dict[str, object], trick: str, session: str) -> None:
    gate, statement = STATEMENTS[trick]
    before = snapshot()
    with pytest.raises(IntegrityError, match=gate), transaction.atomic():
        records.execute(SESSIONS[session])
        records.execute(statement.format(**names))
    assert snapshot() == before
    assert [check for check in verify() if not check.holds] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE company_target SET {READY} WHERE outreach_id = '{{pending}}'",
        "UPDATE company_target SET readiness_tier = 'TIER_0' WHERE outreach_id = '{ready}'",
        "UPDATE company_master SET domain = NULL WHERE outreach_id = '{pending}'",
        """INSERT INTO company_target_errors (error_id, outreach_id, pipeline_stage, failure_code)
        VALUES (gen_random_uuid(), '{pending}', 's', 'f')""",
    ],
)
def test_lawful_statements_are_refused_where_old_snapshots_would_blind_the_gates(
    names: dict[str, object], level: str, statement: str
) -> None:
    with pytest.raises(IntegrityError, match="gate_read_committed"), transaction.atomic():
        records.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        records.execute(statement.format(**names))
    assert records.execute(statement.format(**names)) == 1


def copied(columns: str, row: tuple[object, ...]) -> None:
    """COPY one row in."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {columns} FROM STDIN") as copy:
        copy.write_row(row)


def test_copy_is_refused(names: dict[str, object]) -> None:
    """psycopg reports what COPY meets itself, outside of Django's translation."""
    error = ("company_target_errors (error_id, outreach_id, pipeline_stage, failure_code)", names["tier_0"], "s", "f")
    with pytest.raises(psycopg.IntegrityError, match=NO_TIER_0), transaction.atomic():
        copied(error[0], (uuid.uuid4(), *error[1:]))
    new = records.company(None)
    target = (
        "company_target (target_id, outreach_id, execution_status, email_method, confidence_score, imo_completed_at)"
    )
    with pytest.raises(psycopg.IntegrityError, match=NEEDS_UPSTREAM), transaction.atomic():
        copied(target, (uuid.uuid4(), new.outreach_id, "ready", "inference", "0.5", records.COMPLETED_AT))


SHADOWED = ("company_master", "company_target", "company_target_errors", "ct_audit_event")
REFUSED_BESIDE_SHADOWS = (
    (KEEPS, "UPDATE public.company_master SET domain = NULL WHERE outreach_id = '{ready}'"),
    (NEEDS_UPSTREAM, f"UPDATE public.company_target SET {READY} WHERE outreach_id = '{{bare}}'"),
    (
        NO_TIER_0,
        """INSERT INTO public.company_target_errors (error_id, outreach_id, pipeline_stage, failure_code)
        VALUES (gen_random_uuid(), '{tier_0}', 's', 'f')""",
    ),
    (AUDIT, "DELETE FROM public.ct_audit_event"),
)


@pytest.mark.parametrize("shadow", ["TEMPORARY TABLE {table}", "TABLE shadows.{table}"])
@pytest.mark.parametrize(("gate", "statement"), REFUSED_BESIDE_SHADOWS)
def test_tables_of_the_same_name_do_not_stand_in_for_the_real_ones(
    names: dict[str, object], shadow: str, gate: str, statement: str
) -> None:
    with pytest.raises(IntegrityError, match=gate), transaction.atomic():
        records.execute("CREATE SCHEMA shadows")
        for table in SHADOWED:
            records.execute(f"CREATE {shadow.format(table=table)} (LIKE public.{table})")
        records.execute("SET LOCAL search_path = shadows, public")
        records.execute(statement.format(**names))


def test_functions_and_operators_of_the_same_name_do_not_either(names: dict[str, object]) -> None:
    """A role with a schema of its own could put an `=` or a current_setting before those of the system."""
    with pytest.raises(IntegrityError, match=NEEDS_UPSTREAM), transaction.atomic():
        records.execute("CREATE SCHEMA shadows")
        records.execute("CREATE FUNCTION shadows.never(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT false'")
        records.execute("CREATE OPERATOR shadows.= (FUNCTION = shadows.never, LEFTARG = text, RIGHTARG = text)")
        records.execute("CREATE FUNCTION shadows.count() RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'")
        records.execute("SET LOCAL search_path = shadows, public, pg_catalog")
        records.execute(
            f"UPDATE public.company_target SET {READY} WHERE outreach_id OPERATOR(pg_catalog.=) '{names['bare']}'"
        )
