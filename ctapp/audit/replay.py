"""Replaying: whether the last event of every object gives the gated columns as they stand, and every row has its event.

Set-wise SQL, one statement an object type and question, so that each sees one snapshot: the events and the rows of one
moment.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from ctapp.audit.replay_sql import SHARES, TIMES, dialect
from ctapp.gates.definition import GATED_COLUMNS

NAMED = 20  # contradictions named for each object type and question; the rest is counted

TABLES = {
    "company": ("company_master", "outreach_id"),
    "target": ("company_target", "outreach_id"),
    "error": ("company_target_errors", "error_id"),
}
# The rows that cannot be there without an event: a company without both is as an import leaves it, and has none.
NEEDS_EVENT = {"company": "(r.domain IS NOT NULL OR r.email_pattern IS NOT NULL)", "target": "1 = 1", "error": "1 = 1"}


@dataclass(frozen=True)
class Replay:
    """How many objects have events, and what contradicts them: a line each, and one that counts those left out."""

    objects: int
    faults: tuple[str, ...]


def replay(connection: BaseDatabaseWrapper, object_type: str) -> Replay:
    """Replay the events of "company", "target" or "error". Raises DatabaseError where a stored text is not JSON."""
    question = _Question(connection, object_type)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), count(CASE WHEN {question.differs} THEN 1 END) {question.last_events}")
        objects, differing = cursor.fetchone()
        cursor.execute(f"SELECT count(*) {question.unrecorded}")
        (unrecorded,) = cursor.fetchone()
        faults = [*_differences(cursor, question, differing), *_unrecorded(cursor, question, unrecorded)]
    return Replay(objects, tuple(faults))


class _Question:
    """The SQL for one object type."""

    def __init__(self, connection: BaseDatabaseWrapper, object_type: str) -> None:
        sql = dialect(connection)
        self.object_type, self.columns = object_type, GATED_COLUMNS[object_type]
        self.table, key = TABLES[object_type]
        self.key, self.after = sql.key(key), sql.after
        self.gone = f"r.{key} IS NULL"
        self.shown = ", ".join(map(sql.shown, self.columns))
        self.differs = f"({self.gone} OR {' OR '.join(map(sql.unequal, self.columns))})"
        self.last_events = f"""FROM (SELECT object_key, max(seq) AS seq FROM ct_audit_event
                WHERE object_type = '{object_type}' GROUP BY object_key) l
            JOIN ct_audit_event e ON e.seq = l.seq {sql.row(self.table, key)}"""
        self.unrecorded = f"""FROM {self.table} r WHERE {NEEDS_EVENT[object_type]}
            AND NOT EXISTS (SELECT 1 FROM ct_audit_event e
                WHERE e.object_type = '{object_type}' AND e.object_key = {self.key})"""


def _differences(cursor: Any, question: _Question, count: int) -> Iterator[str]:
    if not count:
        return
    cursor.execute(
        f"""SELECT l.object_key, l.seq, {question.after}, CASE WHEN {question.gone} THEN 1 ELSE 0 END, {question.shown}
        {question.last_events} WHERE {question.differs} ORDER BY l.seq LIMIT {NAMED}"""
    )
    for object_key, seq, after, gone, *standing in cursor.fetchall():
        name = f"{question.object_type} {object_key}"
        if gone:
            yield f"{name}: recorded by event {seq}, but {question.table} has no such row"
        else:
            yield f"{name}: {_contrast(question.columns, standing, after)} as event {seq} says"
    if count > NAMED:
        yield f"{count - NAMED} more of type {question.object_type} differ from their last event"


def _contrast(columns: tuple[str, ...], standing: list[Any], after: str | None) -> str:
    meant = json.loads(after or "{}")
    pairs = [(name, _text(now), meant.get(name)) for name, now in zip(columns, standing, strict=True)]
    unequal = [
        f"{name} is {now!r} and not {then!r}" for name, now, then in pairs if _plain(name, now) != _plain(name, then)
    ]
    return ", ".join(unequal) or "a gated column is stored in another form, not"


def _text(stored: Any) -> Any:
    return stored.decode(errors="backslashreplace") if isinstance(stored, bytes) else stored


def _plain(name: str, value: Any) -> Any:
    """Two forms of the same value made equal, so that only what differs is shown."""
    if value is not None and name in TIMES:
        return str(value).replace(".000000Z", "Z")
    if value is not None and name in SHARES:
        return str(value).rstrip("0")
    return value


def _unrecorded(cursor: Any, question: _Question, count: int) -> Iterator[str]:
    if not count:
        return
    cursor.execute(f"SELECT {question.key} {question.unrecorded} ORDER BY 1 LIMIT {NAMED}")
    for (key,) in cursor.fetchall():
        yield f"{question.object_type} {key}: a row of {question.table} that no event recorded"
    if count > NAMED:
        yield f"{count - NAMED} more rows of {question.table} have no event"
