"""Which triggers hold the gates, written by the module of the database in use; installing, lifting, finding gaps."""

from dataclasses import dataclass
from types import ModuleType

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Trigger:
    """A trigger as it must stand: the statements that make it and the text it is recognised by."""

    name: str
    table: str
    create: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True)
class Standing:
    """A trigger as it stands in the database."""

    name: str
    table: str
    drop: str
    fingerprint: str


def gaps(connection: BaseDatabaseWrapper) -> list[str]:
    """One line for each trigger that is missing, disabled, not as written or not wanted; empty where all is well."""
    standing = {(each.name, each.table): each.fingerprint for each in _dialect(connection).installed(connection)}
    wanted = {(each.name, each.table): each.fingerprint for each in _dialect(connection).triggers(connection)}
    faults = {key: "altered or disabled" if key in standing else "missing" for key in wanted}
    named = [(key, faults[key]) for key, text in wanted.items() if standing.get(key) != text]
    named += [(key, "not one of the gates'") for key in sorted(standing.keys() - wanted.keys())]
    return [f"trigger {name} on {table} is {fault}" for (name, table), fault in named]


def lift(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers, so that migrations can alter the tables; only migrate (and the test harness) may."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for trigger in _dialect(connection).installed(connection):
            cursor.execute(trigger.drop)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make every trigger stand as written; harmless where all do."""
    if not gaps(connection):
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        lift(connection)
        for trigger in _dialect(connection).triggers(connection):
            for statement in trigger.create:
                cursor.execute(statement)


def _dialect(connection: BaseDatabaseWrapper) -> ModuleType:
    """The module that writes the triggers for this database. Raises NotImplementedError where there is none."""
    from ctapp.gates import triggers_postgresql, triggers_sqlite

    dialects = {"sqlite": triggers_sqlite, "postgresql": triggers_postgresql}
    if connection.vendor not in dialects:
        raise NotImplementedError(f"the gates are not written for {connection.vendor}; use SQLite or PostgreSQL")
    return dialects[connection.vendor]
