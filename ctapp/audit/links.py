"""Walking the stored events: each must follow the one before it, give its own hash, and equal the columns beside it."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from ctapp.audit.events import ZERO_HASH, timestamp

PAGE = 20_000
DECODER = json.JSONDecoder()
COLUMNS = ("time", "actor", "action", "object_type", "object_key", "run_id")

COLUMNS_STORED = "seq, time, actor, action, object_type, object_key, run_id, payload, hash"
POSTGRESQL_COLUMNS = COLUMNS_STORED.replace("time", "time::text")  # read as text: half the cost of a datetime
SQLITE_COLUMNS = ", ".join(
    name if name in {"seq", "run_id"} else f"CAST({name} AS BLOB)" for name in COLUMNS_STORED.split(", ")
)


class Stored(NamedTuple):
    """One event as it stands; `payload` in bytes, `time` as the canonical text writes it."""

    seq: Any
    time: str
    actor: str
    action: str
    object_type: str
    object_key: str
    run_id: int | None
    payload: bytes
    hash: str


def stored_events(connection: BaseDatabaseWrapper, last: int) -> Iterator[Stored]:
    """Every event up to seq `last`, in order, read in pages."""
    return map(Stored._make, (_postgresql if connection.vendor == "postgresql" else _sqlite)(connection, last))


class Walk:
    """Goes along the chain; `seq` and `hash` are those of the last event that was found right."""

    def __init__(self) -> None:
        self.seq = 0
        self.hash = ZERO_HASH

    def step(self, event: Stored) -> str | None:
        """What is wrong with the event that should come next, naming its seq; None where it hangs on the one before."""
        if event.seq != self.seq + 1:
            return f"seq {self.seq + 1} is missing: event {event.seq} follows event {self.seq}"
        if hashlib.sha256(event.payload).hexdigest() != event.hash:
            return f"event {event.seq}: its stored text does not give its hash"
        fault = self._contradiction(event)
        if fault is None:
            self.seq, self.hash = event.seq, event.hash
        return fault

    def _contradiction(self, event: Stored) -> str | None:
        try:
            content = _read(event.payload.decode(errors="surrogateescape"))
            written = (
                content["seq"],
                content["time"],
                content["actor"],
                content["action"],
                content["object_type"],
                content["object_key"],
                content["run_id"],
            )
            prev_hash = content["prev_hash"]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            return f"event {event.seq}: its stored text is not an event ({type(error).__name__}: {error})"
        if prev_hash != self.hash:
            return f"event {event.seq}: its prev_hash is not the hash of event {self.seq}"
        if written != event[:7]:
            return _difference(event, written)
        return None


def _read(text: str) -> Any:
    """json.loads without what it does around: half its cost. Raises ValueError."""
    content, end = DECODER.raw_decode(text)
    if end != len(text):
        raise ValueError("something follows the JSON")
    return content


def _difference(event: Stored, written: tuple[Any, ...]) -> str:
    if written[0] != event.seq:
        return f"event {event.seq}: its stored text says seq {written[0]}"
    name, stored, meant = next(
        (name, stored, meant)
        for name, stored, meant in zip(COLUMNS, event[1:7], written[1:], strict=True)
        if stored != meant
    )
    return f"event {event.seq}: column {name} is {stored!r}, its stored text says {meant!r}"


def _postgresql(connection: BaseDatabaseWrapper, last: int) -> Iterator[tuple[Any, ...]]:
    moment, text = None, ""
    for rows in _pages(connection, last, POSTGRESQL_COLUMNS):
        for row in rows:
            if row[1] != moment:  # a batch shares one time
                moment, text = row[1], _canonical(row[1])
            yield row[0], text, *row[2:7], row[7].encode(), row[8]


def _canonical(moment: str) -> str:
    try:
        return timestamp(datetime.fromisoformat(moment))
    except ValueError:  # "infinity", or a year that no event has
        return moment


def _sqlite(connection: BaseDatabaseWrapper, last: int) -> Iterator[tuple[Any, ...]]:
    """As bytes, because a stored byte may be anything; what is not UTF-8 becomes a text that equals none."""
    moment, text = None, ""
    for rows in _pages(connection, last, SQLITE_COLUMNS):
        for seq, time, actor, action, object_type, object_key, run_id, payload, digest in rows:
            if time != moment:
                moment, text = time, f"{_text(time).replace(' ', 'T')}Z"
            names = (_text(actor), _text(action), _text(object_type), _text(object_key))
            yield seq, text, *names, run_id, payload, _text(digest)


def _text(stored: bytes) -> str:
    return stored.decode(errors="surrogateescape")


def _pages(connection: BaseDatabaseWrapper, last: int, columns: str) -> Iterator[list[tuple[Any, ...]]]:
    query = f"SELECT {columns} FROM ct_audit_event WHERE seq > %s AND seq <= %s ORDER BY seq LIMIT {PAGE}"
    seq = -(2**63)
    with connection.cursor() as cursor:
        while True:
            cursor.execute(query, [seq, last])
            rows = cursor.fetchall()
            if not rows:
                return
            yield rows
            seq = rows[-1][0]
