"""Lifting the gates for a while, so that a test can leave behind what they would refuse; all of it is undone after."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from ctapp.gates import triggers
from ctapp.gates.definition import CHECKS


@contextmanager
def without_gates(*, foreign_keys: bool = True) -> Iterator[None]:
    """No trigger and no CHECK stands inside; what is done there, the lifting included, is rolled back at the end."""
    connection.check_constraints()  # PostgreSQL alters no table that has deferred checks open
    with transaction.atomic(), connection.cursor() as cursor:
        triggers.lift(connection)
        if connection.vendor == "postgresql":
            for table, names in CHECKS.items():
                for name in names:
                    cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            if not foreign_keys:
                cursor.execute("SET LOCAL session_replication_role = replica")
            yield
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            try:
                yield
            finally:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")
        transaction.set_rollback(True)
