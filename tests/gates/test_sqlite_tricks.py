"""What a console can do on SQLite alone to pass a gate by, each refused by the gate's own name."""

import hashlib
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from ctapp.audit.chain import append
from ctapp.audit.events import Actor, Draft
from ctapp.gates.verification import verify
from ctapp.models import AuditEvent, Report, Run
from tests.gates import records
from tests.gates.test_refusals import AUDIT, KEEPS, NEEDS_UPSTREAM, NO_ERROR, NO_TIER_0, REPORT, snapshot

pytestmark = [
    pytest.mark.skipif(connection.vendor != "sqlite", reason="tricks of SQLite"),
    pytest.mark.django_db(transaction=True),
]

COMPANY = "company_master (company_unique_id, outreach_id, company_name, domain, email_pattern)"
COMPANY_BY_ROWID = f"{COMPANY[:-1]}, rowid)"
TARGET = (
    "company_target (target_id, outreach_id, execution_status, email_method, confidence_score, imo_completed_at, "
    "readiness_tier)"
)
ERROR = "company_target_errors (error_id, outreach_id, pipeline_stage, failure_code, archived_at)"
EVENT = "ct_audit_event (seq, time, actor, action, object_type, object_key, payload, hash, rowid)"
READY_ROW = "'ready', 'inference', 0.5, '2026-02-02 08:30:00'"
PENDING_ROW = "'pending', NULL, NULL, NULL, 'NOT_READY'"

# {ready}, {tier_0}, {bare}, {open}: outreach_ids of a ready company, a promoted one, one without upstream data, and a
# ready one with a blocking error; {ready_id}, {other_id}: company_unique_ids; {rowid}: the ready company's.
STATEMENTS = {
    "replaced by its key": (
        KEEPS,
        f"INSERT OR REPLACE INTO {COMPANY} VALUES ('{{ready_id}}', '{{ready}}', 'x', NULL, NULL)",
    ),
    "replaced by outreach_id": (
        KEEPS,
        f"REPLACE INTO {COMPANY} VALUES ('new', '{{ready}}', 'x', NULL, '{{{{first}}}}')",
    ),
    "replaced by rowid": (
        KEEPS,
        f"INSERT OR REPLACE INTO {COMPANY_BY_ROWID} VALUES ('new', 'f1', 'x', NULL, NULL, {{rowid}})",
    ),
    "replaced by rowid as text": (
        KEEPS,
        f"INSERT OR REPLACE INTO {COMPANY_BY_ROWID} VALUES ('new', 'f1', 'x', NULL, NULL, '{{rowid}}')",
    ),
    "another moved onto its key": (
        KEEPS,
        "UPDATE OR REPLACE company_master SET company_unique_id = '{ready_id}' WHERE company_unique_id = '{other_id}'",
    ),
    "another moved onto its outreach_id": (
        KEEPS,
        "UPDATE OR REPLACE company_master SET outreach_id = '{ready}' WHERE company_unique_id = '{other_id}'",
    ),
    "another moved onto its rowid": (
        KEEPS,
        "UPDATE OR REPLACE company_master SET rowid = {rowid} WHERE company_unique_id = '{other_id}'",
    ),
    "cleared by UPDATE OR IGNORE": (KEEPS, "UPDATE OR IGNORE company_master SET domain = NULL"),
    "cleared by UPDATE OR FAIL": (KEEPS, "UPDATE OR FAIL company_master SET email_pattern = NULL"),
    "cleared by upsert": (
        KEEPS,
        f"""INSERT INTO {COMPANY} SELECT '{{ready_id}}', '{{ready}}', 'x', domain, email_pattern FROM company_master
        WHERE outreach_id = '{{ready}}' ON CONFLICT (company_unique_id) DO UPDATE SET domain = NULL""",
    ),
    "deleted": (KEEPS, "DELETE FROM company_master"),
    "ready by INSERT OR REPLACE": (
        NEEDS_UPSTREAM,
        f"INSERT OR REPLACE INTO {TARGET} VALUES ('f1', '{{bare}}', {READY_ROW}, 'NOT_READY')",
    ),
    "ready by INSERT OR IGNORE": (
        NEEDS_UPSTREAM,
        f"INSERT OR IGNORE INTO {TARGET} VALUES ('f1', 'nobody', {READY_ROW}, 'NOT_READY')",
    ),
    "ready by UPDATE OR IGNORE": (
        NEEDS_UPSTREAM,
        """UPDATE OR IGNORE company_target SET execution_status = 'ready', email_method = 'inference',
        confidence_score = 0.5, imo_completed_at = '2026-02-02 08:30:00' WHERE outreach_id = '{bare}'""",
    ),
    "ready by upsert": (
        NEEDS_UPSTREAM,
        f"""INSERT INTO {TARGET} VALUES ('f1', '{{bare}}', {PENDING_ROW}) ON CONFLICT (outreach_id) DO UPDATE SET
        execution_status = 'ready', email_method = 'inference', confidence_score = 0.5,
        imo_completed_at = '2026-02-02 08:30:00'""",
    ),
    "promoted by REPLACE": (NO_ERROR, f"REPLACE INTO {TARGET} VALUES ('f1', '{{open}}', {READY_ROW}, 'TIER_0')"),
    "error by INSERT OR IGNORE": (
        NO_TIER_0,
        f"INSERT OR IGNORE INTO {ERROR} VALUES ('f1', '{{tier_0}}', 's', 'f', NULL)",
    ),
    "error by REPLACE": (NO_TIER_0, f"REPLACE INTO {ERROR} VALUES ('f1', '{{tier_0}}', 's', 'f', NULL)"),
    "error under the id in capitals": (
        "gate_blocking_error_needs_company",
        f"INSERT INTO {ERROR} VALUES ('f1', upper('{{tier_0}}'), 's', 'f', NULL)",
    ),
    "error archived at no time": ("gate_time_readable", f"INSERT INTO {ERROR} VALUES ('f1', '{{bare}}', 's', 'f', '')"),
    "error archived now": ("gate_time_readable", f"INSERT INTO {ERROR} VALUES ('f1', '{{bare}}', 's', 'f', 'now')"),
    "completed at no time": ("gate_time_readable", "UPDATE company_target SET imo_completed_at = ''"),
    "completed in the year": ("gate_time_readable", "UPDATE company_target SET imo_completed_at = 2026"),
    "completed on no day": ("gate_time_readable", "UPDATE company_target SET imo_completed_at = '2026-13-45 00:00:00'"),
    "event replaced": (AUDIT, f"INSERT OR REPLACE INTO {EVENT} VALUES (1, '', 'u', 'a', 'run', '1', '', '', 99)"),
    "event replaced by a seq in text": (
        AUDIT,
        f"REPLACE INTO {EVENT} VALUES ('1', '', 'u', 'a', 'run', '1', '', '', 99)",
    ),
    "event replaced by rowid": (AUDIT, f"REPLACE INTO {EVENT} VALUES (99, '', 'u', 'a', 'run', '1', '', '', 1)"),
    "event changed OR IGNORE": (AUDIT, "UPDATE OR IGNORE ct_audit_event SET actor = 'user:other'"),
    "event moved": (AUDIT, "UPDATE OR REPLACE ct_audit_event SET rowid = 5"),
    "report replaced": (REPORT, "REPLACE INTO ct_report (run_id, content, digest) VALUES ({run}, 'x', 'y')"),
    "report replaced by id": (REPORT, "REPLACE INTO ct_report (id, run_id, content, digest) VALUES (1, 2, 'x', 'y')"),
}
CHECKED = {
    "ready without anything": ("gate_ready_needs_method_score_time", "UPDATE company_target SET email_method = NULL"),
    "score above 1": ("gate_score_0_to_1", "UPDATE company_target SET confidence_score = 1.5"),
    "score as a text": ("gate_score_0_to_1", "UPDATE company_target SET confidence_score = '0.5e1'"),
    "score that is none": ("gate_score_0_to_1", "UPDATE company_target SET confidence_score = 'high'"),
    "TIER_0 without ready": ("gate_tier_0_needs_ready", "UPDATE company_target SET execution_status = 'failed'"),
    "empty domain": ("gate_domain_not_blank", "UPDATE company_master SET domain = '' WHERE outreach_id = '{bare}'"),
    "blank blob": ("gate_domain_not_blank", "UPDATE company_master SET domain = x'20' WHERE outreach_id = '{bare}'"),
    "method in bytes": ("gate_method_known", "UPDATE company_target SET email_method = CAST('inference' AS BLOB)"),
    "unknown status": ("gate_status_known", "UPDATE company_target SET execution_status = 'done' WHERE 1"),
    "unknown disposition": ("gate_disposition_known", "UPDATE company_target_errors SET disposition = 'OPEN'"),
}


@pytest.fixture
def names() -> dict[str, object]:
    """What the statements are filled with."""
    ready, other, bare = records.ready(), records.company(), records.company(None, None)
    records.target(bare)
    tier_0, opened = records.promoted(), records.ready()
    records.error(opened)
    run = Run.objects.create(kind="rerun", actor="command:test")
    Report.objects.create(pk=1, run=run, content="{}", digest=hashlib.sha256(b"{}").hexdigest())
    with transaction.atomic():
        append(Actor("command:test"), [Draft("decided", "run", str(run.pk))])
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid FROM company_master WHERE company_unique_id = %s", [ready.pk])
        (rowid,) = cursor.fetchone()
    keys = {"ready": ready, "bare": bare, "tier_0": tier_0, "open": opened}
    return {
        **{name: each.outreach_id.hex for name, each in keys.items()},
        "ready_id": ready.pk,
        "other_id": other.pk,
        "rowid": rowid,
        "run": run.pk,
    }


@pytest.fixture
def console() -> Iterator[None]:
    """A connection as a careless console has it: foreign keys and CHECKs switched off."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        yield
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
        cursor.execute("PRAGMA foreign_keys = ON")


def refused(gate: str, statement: str, names: dict[str, object]) -> None:
    """The statement is refused by that gate, changes nothing and leaves every invariant whole."""
    before = snapshot()
    with pytest.raises(IntegrityError, match=gate):
        records.execute(statement.format(**names))
    assert snapshot() == before
    assert [check for check in verify() if not check.holds] == []


@pytest.mark.parametrize("trick", STATEMENTS)
def test_it_is_refused_with_foreign_keys_on(names: dict[str, object], trick: str) -> None:
    refused(*STATEMENTS[trick], names)


@pytest.mark.parametrize("trick", STATEMENTS | CHECKED)
def test_it_is_refused_with_foreign_keys_and_checks_off(names: dict[str, object], console: None, trick: str) -> None:
    refused(*(STATEMENTS | CHECKED)[trick], names)


def test_temporary_tables_do_not_stand_in_for_the_real_ones(names: dict[str, object]) -> None:
    shadows = ("company_master", "company_target", "company_target_errors", "ct_audit_event")
    try:
        for table in shadows:
            records.execute(f"CREATE TEMPORARY TABLE {table} AS SELECT * FROM main.{table} WHERE 0")
        for gate, statement in (
            (KEEPS, "UPDATE main.company_master SET domain = NULL"),
            (NEEDS_UPSTREAM, "UPDATE main.company_target SET outreach_id = 'nobody' WHERE outreach_id = '{ready}'"),
            (NO_TIER_0, f"INSERT INTO main.{ERROR} VALUES ('f1', '{{tier_0}}', 's', 'f', NULL)"),
            (AUDIT, f"REPLACE INTO main.{EVENT} VALUES (1, '', 'u', 'a', 'run', '1', '', '', 99)"),
        ):
            with pytest.raises(IntegrityError, match=gate):
                records.execute(statement.format(**names))
    finally:
        for table in shadows:
            records.execute(f"DROP TABLE IF EXISTS temp.{table}")


def test_the_same_words_pass_where_nothing_is_replaced(names: dict[str, object]) -> None:

    records.execute(f"INSERT OR REPLACE INTO {COMPANY} VALUES ('new', 'f0', 'x', NULL, NULL)")
    records.execute("UPDATE OR REPLACE company_master SET company_unique_id = 'newer' WHERE company_unique_id = 'new'")
    records.execute(f"INSERT OR IGNORE INTO {TARGET} VALUES ('f1', 'f0', {PENDING_ROW})")
    records.execute(f"REPLACE INTO {ERROR} VALUES ('f1', 'f0', 's', 'f', '2026-02-02 08:30:00.25')")
    assert AuditEvent.objects.count() == 1
    assert [check for check in verify() if not check.holds] == []


@pytest.mark.parametrize(
    "statement", ["UPDATE company_target SET confidence_score = %s WHERE readiness_tier = 'TIER_0'"]
)
@pytest.mark.parametrize("score", [0, 1, 0.5, "0.5", "1.0000"])
def test_a_score_passes_as_number_and_as_text(names: dict[str, object], statement: str, score: object) -> None:
    assert records.execute(statement, score) == 1
