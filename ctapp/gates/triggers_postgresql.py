"""The gates as PostgreSQL triggers: statement triggers with transition tables on company_target and its errors (the
fastest of what was tried), row triggers elsewhere.

Two transactions at once: a target that becomes ready or TIER_0 takes its company rows FOR SHARE, an error that opens
takes them FOR NO KEY UPDATE, a company that changes holds its row anyway; so one of the two waits and then sees the
other. A company row that could not be locked (not committed yet, or removed and made anew while waiting) is no company:
refused. That reasoning holds at READ COMMITTED, where every statement inside a volatile function takes a new snapshot;
at the other levels the triggers refuse. All are ENABLE ALWAYS, so that session_replication_role = replica does not pass
them by; all tables are qualified with the schema and functions found in pg_catalog alone, so that nothing of the same
name on a session's search_path stands in their place.
"""

import re

from django.db.backends.base.base import BaseDatabaseWrapper

from ctapp.gates.definition import BLOCKING_DISPOSITIONS, TRIGGER_MESSAGES
from ctapp.gates.triggers import Standing, Trigger

READY = "gate_ready_needs_domain_and_pattern"
KEEPS = "gate_ready_keeps_domain_and_pattern"
TIER = "gate_tier_0_needs_no_blocking_error"
ERROR = "gate_blocking_error_needs_no_tier_0"
ORPHAN = "gate_blocking_error_needs_company"
AUDIT = "gate_audit_is_append_only"
REPORT = "gate_report_is_immutable"
TRUNCATE = "gate_no_truncate"

SEARCH_PATH = "pg_catalog, pg_temp"
BLOCKING_WORDS = ", ".join(f"'{word}'" for word in BLOCKING_DISPOSITIONS)
BLOCKING = f"archived_at IS NULL AND {{row}}.disposition IN ({BLOCKING_WORDS})"
GATED_ROWS = "n.execution_status = 'ready' OR n.readiness_tier = 'TIER_0'"
OPENED_ROWS = f"n.{BLOCKING.format(row='n')}"

# {lock}: FOR … of the company rows; wanted counts the new rows that matter, locked those whose company is held.
LOCKING = """
  SELECT count(*) INTO wanted FROM new_rows n WHERE {rows};
  IF wanted = 0 THEN
    RETURN NULL;
  END IF;
  {{read_committed}}
  PERFORM 1 FROM {{schema}}.company_master c JOIN new_rows n ON n.outreach_id = c.outreach_id
    WHERE {rows} ORDER BY c.outreach_id {lock} OF c;
  GET DIAGNOSTICS locked = ROW_COUNT;
  IF locked < wanted THEN
    {{raise_{gate}}}
  END IF;"""
TARGET_BODY = f"""{LOCKING.format(rows=GATED_ROWS, lock="FOR SHARE", gate=READY)}
  IF EXISTS (SELECT 1 FROM new_rows n JOIN {{schema}}.company_master c ON c.outreach_id = n.outreach_id
      WHERE n.execution_status = 'ready' AND (c.domain IS NULL OR c.email_pattern IS NULL)) THEN
    {{raise_{READY}}}
  END IF;
  IF EXISTS (SELECT 1 FROM new_rows n JOIN {{schema}}.company_target_errors e ON e.outreach_id = n.outreach_id
      WHERE n.readiness_tier = 'TIER_0' AND e.{BLOCKING.format(row="e")}) THEN
    {{raise_{TIER}}}
  END IF;
  RETURN NULL;"""
ERROR_BODY = f"""{LOCKING.format(rows=OPENED_ROWS, lock="FOR NO KEY UPDATE", gate=ORPHAN)}
  IF EXISTS (SELECT 1 FROM new_rows n JOIN {{schema}}.company_target t ON t.outreach_id = n.outreach_id
      WHERE t.readiness_tier = 'TIER_0' AND {OPENED_ROWS}) THEN
    {{raise_{ERROR}}}
  END IF;
  RETURN NULL;"""
COMPANY_BODY = f"""
  {{read_committed}}
  IF EXISTS (SELECT 1 FROM {{schema}}.company_target t
      WHERE t.outreach_id = OLD.outreach_id AND t.execution_status = 'ready') THEN
    {{raise_{KEEPS}}}
  END IF;
  RETURN NULL;"""
CHANGED = """(OLD.domain IS DISTINCT FROM NEW.domain OR OLD.email_pattern IS DISTINCT FROM NEW.email_pattern
  OR OLD.outreach_id IS DISTINCT FROM NEW.outreach_id)"""
NEW_ROWS = "REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT"

FUNCTIONS = {
    "gate_target": TARGET_BODY,
    "gate_error": ERROR_BODY,
    "gate_company": COMPANY_BODY,
    "gate_audit": f"\n  {{raise_{AUDIT}}}",
    "gate_report": f"\n  {{raise_{REPORT}}}",
    "gate_truncate": f"\n  {{raise_{TRUNCATE}}}",
}
# (trigger, table, when and how, function)
TRIGGERS = (
    ("gate_target_insert", "company_target", f"AFTER INSERT ON {{table}} {NEW_ROWS}", "gate_target"),
    ("gate_target_update", "company_target", f"AFTER UPDATE ON {{table}} {NEW_ROWS}", "gate_target"),
    ("gate_error_insert", "company_target_errors", f"AFTER INSERT ON {{table}} {NEW_ROWS}", "gate_error"),
    ("gate_error_update", "company_target_errors", f"AFTER UPDATE ON {{table}} {NEW_ROWS}", "gate_error"),
    (
        "gate_company_update",
        "company_master",
        f"AFTER UPDATE ON {{table}} FOR EACH ROW WHEN ({CHANGED})",
        "gate_company",
    ),
    ("gate_company_delete", "company_master", "AFTER DELETE ON {table} FOR EACH ROW", "gate_company"),
    ("gate_audit_change", "ct_audit_event", "BEFORE DELETE OR UPDATE ON {table} FOR EACH ROW", "gate_audit"),
    ("gate_audit_truncate", "ct_audit_event", "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT", "gate_audit"),
    ("gate_report_change", "ct_report", "BEFORE DELETE OR UPDATE ON {table} FOR EACH ROW", "gate_report"),
    ("gate_report_truncate", "ct_report", "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT", "gate_report"),
    *(
        (f"gate_truncate_{table}", table, "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT", "gate_truncate")
        for table in ("company_master", "company_target", "company_target_errors")
    ),
)


def triggers(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Every trigger of the gates for PostgreSQL, each creating (or replacing) the function it calls."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
    return [_trigger(schema, *parts) for parts in TRIGGERS]


def installed(connection: BaseDatabaseWrapper) -> list[Standing]:
    """The gate triggers of the current schema, each recognised by its definition and by all that its function rests on.

    A volatile function sees what others committed while it waited for a lock; a stable one would not.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.tgname, c.relname, quote_ident(n.nspname), t.tgenabled, pg_get_triggerdef(t.oid),
                p.pronamespace = n.oid, l.lanname, p.provolatile, p.prosecdef, p.proconfig::text, p.prosrc
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
            WHERE n.nspname = current_schema() AND t.tgname LIKE 'gate%'"""
        )
        return [
            Standing(
                name,
                table,
                f"DROP TRIGGER {name} ON {schema}.{table}",
                _fingerprint(schema, definition, *function) if enabled == "A" else "disabled",
            )
            for name, table, schema, enabled, definition, *function in cursor.fetchall()
        ]


def _trigger(schema: str, name: str, table: str, when: str, function: str) -> Trigger:
    body = _body(function, schema)
    qualified = f"{schema}.{table}"
    definition = f"CREATE TRIGGER {name} {when.format(table=qualified)} EXECUTE FUNCTION {schema}.{function}()"
    create = (
        f"CREATE OR REPLACE FUNCTION {schema}.{function}() RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY INVOKER "
        f"SET search_path = {SEARCH_PATH} AS $gate${body}$gate$",
        definition,
        f"ALTER TABLE {qualified} ENABLE ALWAYS TRIGGER {name}",
    )
    settings = f'{{"search_path={SEARCH_PATH}"}}'
    return Trigger(name, table, create, _fingerprint(schema, definition, True, "plpgsql", "v", False, settings, body))


def _fingerprint(schema: str, definition: str, *function: object) -> str:
    """The definition without what PostgreSQL prints in its own way (schema, blanks, brackets, ::text); the function.

    A CHARACTER VARYING column is compared as ::text, a TEXT one as it is; no other cast is left out.
    """
    words = re.sub(r"[\s()]|::text\b", "", definition.replace(f"{schema}.", "")).lower()
    return "|".join((words, *map(str, function)))


def _body(function: str, schema: str) -> str:
    raises = {f"raise_{gate}": _raise(gate) for gate in TRIGGER_MESSAGES}
    isolation = (
        "IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN\n"
        f"    {_raise('gate_read_committed')}\n  END IF;"
    )
    steps = FUNCTIONS[function].format(schema=schema, read_committed=isolation, **raises)
    return f"\nDECLARE wanted bigint; locked bigint;\nBEGIN{steps}\nEND\n"


def _raise(gate: str) -> str:
    message = f"{gate}: {TRIGGER_MESSAGES[gate]}"
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation', CONSTRAINT = '{gate}';"
