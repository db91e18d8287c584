"""The gates as SQLite triggers: row triggers before the change, because RAISE(ABORT) there undoes the whole statement.

Only one writer exists at a time, so races need no locks. Traps, each tried: INSERT OR REPLACE removes rows without any
delete trigger, so the insert triggers look for the row that would be replaced; PRAGMA ignore_check_constraints switches
CHECKs off for a connection, so every CHECK is mirrored; PRAGMA foreign_keys is off in a console, so deleting the company
of a ready target is refused here and not left to the foreign key.
"""

import re

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from ctapp.gates.definition import BLOCKING_DISPOSITIONS, CHECKS, TRIGGER_MESSAGES
from ctapp.gates.triggers import Standing, Trigger

BLOCKING_WORDS = ", ".join(f"'{word}'" for word in BLOCKING_DISPOSITIONS)
LACKING = """NEW.execution_status = 'ready' AND NOT EXISTS (SELECT 1 FROM company_master c
  WHERE c.outreach_id = NEW.outreach_id AND c.domain IS NOT NULL AND c.email_pattern IS NOT NULL)"""
PROMOTED_OVER_ERROR = f"""NEW.readiness_tier = 'TIER_0' AND EXISTS (SELECT 1 FROM company_target_errors e
  WHERE e.outreach_id = NEW.outreach_id AND e.archived_at IS NULL AND e.disposition IN ({BLOCKING_WORDS}))"""
ERROR_ON_PROMOTED = f"""NEW.archived_at IS NULL AND NEW.disposition IN ({BLOCKING_WORDS}) AND EXISTS (
  SELECT 1 FROM company_target t WHERE t.outreach_id = NEW.outreach_id AND t.readiness_tier = 'TIER_0')"""
READY = "EXISTS (SELECT 1 FROM company_target t WHERE t.outreach_id = {row}.outreach_id AND t.execution_status = 'ready')"
CHANGED = """(OLD.domain IS NOT NEW.domain OR OLD.email_pattern IS NOT NEW.email_pattern
  OR OLD.outreach_id IS NOT NEW.outreach_id)"""
# The row that INSERT OR REPLACE would remove, where its company is ready and the new row is not the same in what is gated.
REPLACED = """EXISTS (SELECT 1 FROM company_master o JOIN company_target t ON t.outreach_id = o.outreach_id
  WHERE t.execution_status = 'ready' AND (o.company_unique_id = NEW.company_unique_id OR o.outreach_id = NEW.outreach_id)
  AND (o.domain IS NOT NEW.domain OR o.email_pattern IS NOT NEW.email_pattern
    OR o.outreach_id IS NOT NEW.outreach_id))"""


def triggers(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Every trigger of the gates for SQLite."""
    ready, keeps = "gate_ready_needs_domain_and_pattern", "gate_ready_keeps_domain_and_pattern"
    tier, error = "gate_tier_0_needs_no_blocking_error", "gate_blocking_error_needs_no_tier_0"
    audit, report = "gate_audit_is_append_only", "gate_report_is_immutable"
    both = ("INSERT", "UPDATE")
    return [
        *(_trigger(ready, "company_target", event, LACKING) for event in both),
        *(_trigger(tier, "company_target", event, PROMOTED_OVER_ERROR) for event in both),
        *(_trigger(error, "company_target_errors", event, ERROR_ON_PROMOTED) for event in both),
        _trigger(keeps, "company_master", "UPDATE", f"{CHANGED} AND {READY.format(row='OLD')}"),
        _trigger(keeps, "company_master", "DELETE", READY.format(row="OLD")),
        _trigger(keeps, "company_master", "INSERT", REPLACED),
        *(_trigger(audit, "ct_audit_event", event, "1") for event in ("UPDATE", "DELETE")),
        _trigger(audit, "ct_audit_event", "INSERT", "EXISTS (SELECT 1 FROM ct_audit_event a WHERE a.seq = NEW.seq)"),
        *(_trigger(report, "ct_report", event, "1") for event in ("UPDATE", "DELETE")),
        _trigger(
            report,
            "ct_report",
            "INSERT",
            "EXISTS (SELECT 1 FROM ct_report r WHERE r.run_id = NEW.run_id OR r.id = NEW.id)",
        ),
        *_mirrored_checks(connection),
    ]


def installed(connection: BaseDatabaseWrapper) -> list[Standing]:
    """The gate triggers that stand, recognised by their text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'gate%'")
        return [Standing(name, table, f"DROP TRIGGER {name}", text) for name, table, text in cursor.fetchall()]


def _trigger(gate: str, table: str, event: str, refused_when: str, moment: str = "BEFORE") -> Trigger:
    name = f"{gate}_{table}_{event.lower()}"
    message = f"{gate}: {TRIGGER_MESSAGES.get(gate, 'the row breaks this CHECK')}"
    create = (
        f"CREATE TRIGGER {name} {moment} {event} ON {table} FOR EACH ROW WHEN {refused_when}\n"
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )
    return Trigger(name, table, (create,), create)


def _mirrored_checks(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Each CHECK once more as triggers, made from the same Q objects."""
    mirrored = []
    for model in apps.get_app_config("ctapp").get_models():
        names = CHECKS.get(model._meta.db_table, {})
        for constraint in (each for each in model._meta.constraints if each.name in names):
            # A CHECK passes on NULL, so does `NOT (…)` being NULL in WHEN.
            condition = check_sql(connection, model, constraint)
            on_new_row = re.sub(r'(?<![\w.])"(\w+)"', r'NEW."\1"', condition)
            for event in ("INSERT", "UPDATE"):
                # After the change: before it, SQLite has not yet turned '0.5' into a number.
                mirrored.append(_trigger(constraint.name, model._meta.db_table, event, f"NOT ({on_new_row})", "AFTER"))
    return mirrored


def check_sql(connection: BaseDatabaseWrapper, model: type, constraint: object) -> str:
    """The condition of a CHECK constraint as this database writes it."""
    editor = connection.SchemaEditorClass(connection)  # type: ignore[misc]
    return str(constraint._get_check_sql(model, editor))  # type: ignore[attr-defined]
