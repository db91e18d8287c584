"""Writing many rows at once: one statement a batch on PostgreSQL (COPY, UPDATE FROM unnest), executemany on SQLite."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert the rows; `table` and `columns` are names of ours, never input."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with (
                connection.wrap_database_errors,
                cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(map(sqlite_row, rows)))


def update(table: str, key: tuple[str, str], columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `columns` (name → PostgreSQL type) in the rows found by `key` (name, type); each row is (key, *values)."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in (key[1], *columns.values()))
            assignments = ", ".join(f"{name} = new.{name}" for name in columns)
            cursor.execute(
                f"UPDATE {table} SET {assignments} FROM unnest({arrays}) AS new({', '.join((key[0], *columns))}) "
                f"WHERE {table}.{key[0]} = new.{key[0]}",
                [list(column) for column in zip(*rows, strict=True)],
            )
        else:
            assignments = ", ".join(f"{name} = %s" for name in columns)
            cursor.executemany(
                f"UPDATE {table} SET {assignments} WHERE {key[0]} = %s",
                [(*row[1:], row[0]) for row in map(sqlite_row, rows)],
            )


def sqlite_row(row: Sequence[Any]) -> tuple[Any, ...]:
    """The values as SQLite stores them: ids as 32 hex digits, times as text without zone, shares as text."""
    return tuple(_sqlite_value(value) for value in row)


def _sqlite_value(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, Decimal):
        return str(value)
    return value
