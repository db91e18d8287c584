"""Which keys earlier rows of the file had, and which fields they gave: a temporary table, so that memory stays flat."""

import json
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from ctapp.models import sets

TABLE = "ct_import_seen"
MOST_REMEMBERED = 1000
# A key, and the fields given for it, each with its line.
Given = tuple[str, Mapping[str, int]]


class SeenKeys:
    """Key → the fields given so far, each with its line. Lives as long as the transaction it was made in."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._bits = {name: 1 << position for position, name in enumerate(fields)}
        self._known: dict[tuple[str, ...], int] = {}

    def create(self) -> None:
        """Make the table, empty."""
        self.drop()
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMPORARY TABLE {TABLE} (key text PRIMARY KEY, line integer, fields integer, later text)"
            )

    def drop(self) -> None:
        """Take the table away again: a connection outlives the import."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")

    def load(self, keys: Sequence[str]) -> dict[str, dict[str, int]]:
        """What is kept about these keys; those not seen are left out."""
        condition, parameter = "key IN (SELECT value FROM json_each(%s))", json.dumps(list(keys))
        if connection.vendor == "postgresql":
            condition = "key IN (SELECT json_array_elements_text(%s::json))"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT key, line, fields, later FROM {TABLE} WHERE {condition}", [parameter])
            return {key: self._lines(line, bits, later) for key, line, bits, later in cursor.fetchall()}

    def store(self, new: Iterable[Given], known: Iterable[Given]) -> None:
        """Keep what rows of a batch gave: of keys not seen before, and of keys that were."""
        rows = (self._row(key, lines) for key, lines in new if lines)
        sets.insert(TABLE, ("key", "line", "fields", "later"), rows)
        types = {"line": "integer", "fields": "integer", "later": "text"}
        sets.update(TABLE, ("key", "text"), types, [self._row(key, lines) for key, lines in known])

    def _row(self, key: str, lines: Mapping[str, int]) -> tuple[str, int, int, str | None]:
        """The first row's line and the fields as bits; what later rows added, with their lines, as JSON."""
        first, last = min(lines.values()), max(lines.values())
        later = {name: line for name, line in lines.items() if line != first} if last != first else None
        return key, first, self._bits_of(tuple(lines)), json.dumps(later) if later else None

    def _bits_of(self, names: tuple[str, ...]) -> int:
        """The fields as bits; most rows of a file give the same ones."""
        if names not in self._known:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[names] = sum(self._bits[name] for name in names)
        return self._known[names]

    def _lines(self, line: int, bits: int, later: str | None) -> dict[str, int]:
        lines = {name: line for name, bit in self._bits.items() if bits & bit}
        return lines | json.loads(later) if later else lines
