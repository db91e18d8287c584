"""The CHECK constraints of the gates: how each is written for the database in use, and which do not stand so."""

from collections.abc import Iterator

from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CheckConstraint, Model

from ctapp.gates.definition import CHECKS


def gaps(connection: BaseDatabaseWrapper) -> list[str]:
    """One line for each CHECK that is missing, not validated or not as written; empty where all stand."""
    find = _postgresql_gaps if connection.vendor == "postgresql" else _sqlite_gaps
    return [line for table in CHECKS for line in find(connection, table, _written(connection, table))]


def constraints(table: str) -> Iterator[tuple[type[Model], CheckConstraint]]:
    """The gates' CHECKs of a table, each with its model."""
    for model in apps.get_app_config("ctapp").get_models():
        if model._meta.db_table == table:
            for constraint in model._meta.constraints:
                if isinstance(constraint, CheckConstraint) and constraint.name in CHECKS[table]:
                    yield model, constraint


def check_sql(connection: BaseDatabaseWrapper, model: type[Model], constraint: CheckConstraint) -> str:
    """The condition of a CHECK as this database writes it, without brackets around it."""
    return str(constraint._get_check_sql(model, connection.SchemaEditorClass(connection)))  # type: ignore[attr-defined]


def _written(connection: BaseDatabaseWrapper, table: str) -> dict[str, str]:
    written = {each.name: check_sql(connection, model, each) for model, each in constraints(table)}
    return {name: written.get(name, "") for name in CHECKS[table]}


def _sqlite_gaps(connection: BaseDatabaseWrapper, table: str, written: dict[str, str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
        row = cursor.fetchone()
    text = row[0] if row else ""
    return [
        f"CHECK {name} on {table} is {'altered' if name in text else 'missing'}"
        for name, condition in written.items()
        if f'CONSTRAINT "{name}" CHECK ({condition})' not in text
    ]


def _postgresql_gaps(connection: BaseDatabaseWrapper, table: str, written: dict[str, str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT conname, convalidated, pg_get_constraintdef(k.oid) FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.conrelid
            WHERE contype = 'c' AND c.relname = %s AND c.relnamespace = current_schema()::regnamespace""",
            [table],
        )
        standing = {name: (validated, text) for name, validated, text in cursor.fetchall()}
    try:
        fresh = _fresh(connection, table, written)
    except DatabaseError as error:
        reason = str(error).partition("\n")[0]
        return [f"CHECKs on {table} could not be compared with fresh ones; the role needs temporary tables ({reason})"]
    faults = {name: _fault(standing.get(name), fresh[name]) for name in written}
    return [f"CHECK {name} on {table} is {fault}" for name, fault in faults.items() if fault]


def _fault(standing: tuple[bool, str] | None, fresh: str) -> str:
    if standing is None:
        return "missing"
    validated, text = standing
    if not validated:
        return "not validated"
    return "" if text == fresh else "altered"


def _fresh(connection: BaseDatabaseWrapper, table: str, written: dict[str, str]) -> dict[str, str]:
    """Each CHECK as PostgreSQL prints it when it is made now: on a temporary table like the real one, rolled back."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
        cursor.execute(f"CREATE TEMPORARY TABLE gate_fresh_check (LIKE {schema}.{table})")
        for name, condition in written.items():
            cursor.execute(f"ALTER TABLE pg_temp.gate_fresh_check ADD CONSTRAINT {name} CHECK ({condition})")
        cursor.execute(
            """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = 'pg_temp.gate_fresh_check'::regclass"""
        )
        printed = dict(cursor.fetchall())
        transaction.set_rollback(True, using=connection.alias)
    return printed
