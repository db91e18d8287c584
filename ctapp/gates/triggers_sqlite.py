"""The gates as SQLite triggers: row triggers before the change, because RAISE(ABORT) there undoes the whole statement.

Only one writer exists at a time, so races need no locks. Traps, each tried: OR REPLACE, of an INSERT and of an UPDATE,
removes rows without any delete trigger, so these triggers look for the row that would go, by every key it can be hit by
(rowid included: text and bigint keys are not the rowid); PRAGMA ignore_check_constraints switches CHECKs off for a
connection, so every CHECK is mirrored; PRAGMA foreign_keys is off in a console, so deleting the company of a ready
target is refused here and not left to the foreign key; columns take values of any type, so a time must look like one.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from ctapp.gates.checks import check_sql, constraints
from ctapp.gates.definition import BLOCKING_DISPOSITIONS, CHECKS, TRIGGER_MESSAGES
from ctapp.gates.triggers import Standing, Trigger

READY = "gate_ready_needs_domain_and_pattern"
KEEPS = "gate_ready_keeps_domain_and_pattern"
TIER = "gate_tier_0_needs_no_blocking_error"
ERROR = "gate_blocking_error_needs_no_tier_0"
ORPHAN = "gate_blocking_error_needs_company"
TIME = "gate_time_readable"
AUDIT = "gate_audit_is_append_only"
REPORT = "gate_report_is_immutable"

BLOCKING_WORDS = ", ".join(f"'{word}'" for word in BLOCKING_DISPOSITIONS)
LACKING = """NEW.execution_status = 'ready' AND NOT EXISTS (SELECT 1 FROM company_master c
  WHERE c.outreach_id = NEW.outreach_id AND c.domain IS NOT NULL AND c.email_pattern IS NOT NULL)"""
PROMOTED_OVER_ERROR = f"""NEW.readiness_tier = 'TIER_0' AND EXISTS (SELECT 1 FROM company_target_errors e
  WHERE e.outreach_id = NEW.outreach_id AND e.archived_at IS NULL AND e.disposition IN ({BLOCKING_WORDS}))"""
OPENED = f"NEW.archived_at IS NULL AND NEW.disposition IN ({BLOCKING_WORDS})"
ERROR_ON_PROMOTED = f"""{OPENED} AND EXISTS (
  SELECT 1 FROM company_target t WHERE t.outreach_id = NEW.outreach_id AND t.readiness_tier = 'TIER_0')"""
ERROR_WITHOUT_COMPANY = f"""{OPENED} AND NOT EXISTS (
  SELECT 1 FROM company_master c WHERE c.outreach_id = NEW.outreach_id)"""
COMPANY_IS_READY = """EXISTS (SELECT 1 FROM company_target t
  WHERE t.outreach_id = OLD.outreach_id AND t.execution_status = 'ready')"""
CHANGED = """(OLD.domain IS NOT NEW.domain OR OLD.email_pattern IS NOT NEW.email_pattern
  OR OLD.outreach_id IS NOT NEW.outreach_id)"""
# A ready company's row that OR REPLACE would remove to make room for the new one.
HIT = """EXISTS (SELECT 1 FROM company_master o JOIN company_target t ON t.outreach_id = o.outreach_id
  WHERE t.execution_status = 'ready' AND (o.company_unique_id = NEW.company_unique_id
    OR o.outreach_id = NEW.outreach_id OR o.rowid = NEW.rowid) AND {unlike})"""
HIT_BY_INSERT = HIT.format(
    unlike="""(o.domain IS NOT NEW.domain OR o.email_pattern IS NOT NEW.email_pattern
    OR o.outreach_id IS NOT NEW.outreach_id)"""
)
HIT_BY_UPDATE = f"""(OLD.company_unique_id IS NOT NEW.company_unique_id OR OLD.outreach_id IS NOT NEW.outreach_id
  OR OLD.rowid IS NOT NEW.rowid) AND {HIT.format(unlike="o.rowid <> OLD.rowid")}"""
EVENT_STANDS = "EXISTS (SELECT 1 FROM ct_audit_event a WHERE a.seq = NEW.seq OR a.rowid = NEW.rowid)"
REPORT_STANDS = "EXISTS (SELECT 1 FROM ct_report r WHERE r.run_id = NEW.run_id OR r.id = NEW.id)"
DIGITS = "[0-9]"
MOMENT = f"{DIGITS * 4}-{DIGITS * 2}-{DIGITS * 2} {DIGITS * 2}:{DIGITS * 2}:{DIGITS * 2}"
UNREADABLE = f"""{{column}} IS NOT NULL AND (typeof({{column}}) <> 'text' OR datetime({{column}}) IS NULL
  OR ({{column}} NOT GLOB '{MOMENT}' AND {{column}} NOT GLOB '{MOMENT}.[0-9]*'))"""

# (gate, table, events, refused when)
BEFORE = (
    (READY, "company_target", "INSERT UPDATE", LACKING),
    (TIER, "company_target", "INSERT UPDATE", PROMOTED_OVER_ERROR),
    (ERROR, "company_target_errors", "INSERT UPDATE", ERROR_ON_PROMOTED),
    (ORPHAN, "company_target_errors", "INSERT UPDATE", ERROR_WITHOUT_COMPANY),
    (KEEPS, "company_master", "UPDATE", f"({CHANGED} AND {COMPANY_IS_READY}) OR ({HIT_BY_UPDATE})"),
    (KEEPS, "company_master", "DELETE", COMPANY_IS_READY),
    (KEEPS, "company_master", "INSERT", HIT_BY_INSERT),
    (AUDIT, "ct_audit_event", "UPDATE DELETE", "1"),
    (AUDIT, "ct_audit_event", "INSERT", EVENT_STANDS),
    (REPORT, "ct_report", "UPDATE DELETE", "1"),
    (REPORT, "ct_report", "INSERT", REPORT_STANDS),
)
TIMES = {"company_target": "imo_completed_at", "company_target_errors": "archived_at"}


def triggers(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Every trigger of the gates for SQLite."""
    refusing = [
        _trigger(f"{gate}_{table}", table, f"BEFORE {event}", f"WHEN {refused_when}", [_raise(gate)])
        for gate, table, events, refused_when in BEFORE
        for event in events.split()
    ]
    return [*refusing, *_mirrored_checks(connection)]


def installed(connection: BaseDatabaseWrapper) -> list[Standing]:
    """The gate triggers that stand, recognised by their text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'gate%'")
        return [Standing(name, table, f"DROP TRIGGER {name}", text) for name, table, text in cursor.fetchall()]


def _trigger(stem: str, table: str, moment: str, when: str, steps: list[str]) -> Trigger:
    name = f"{stem}_{moment.split()[-1].lower()}"
    create = f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW {when}\nBEGIN {' '.join(steps)} END"
    return Trigger(name, table, (create,), create)


def _raise(gate: str, where: str = "") -> str:
    message = f"{gate}: {TRIGGER_MESSAGES.get(gate, 'the row breaks this CHECK')}"
    return f"SELECT RAISE(ABORT, '{message}'){where};"


def _mirrored_checks(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Each CHECK once more, from the same Q objects, in two triggers a table, with what only SQLite must check.

    They read the row after it was stored and not NEW: a column of NEW has no affinity, so that NEW.score >= '0' would
    compare a number with a text. NOT (…) being NULL passes, as a CHECK does.
    """
    mirrored = []
    for table in CHECKS:
        broken = {each.name: f"NOT ({check_sql(connection, model, each)})" for model, each in constraints(table)}
        if table in TIMES:
            broken[TIME] = UNREADABLE.format(column=TIMES[table])
        steps = [_raise(gate, f" FROM {table} WHERE rowid = NEW.rowid AND {when}") for gate, when in broken.items()]
        events = ("INSERT", "UPDATE")
        mirrored += [_trigger(f"gate_checks_{table}", table, f"AFTER {event}", "", steps) for event in events]
    return mirrored
