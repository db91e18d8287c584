"""A record as it stands while a batch is decided: as stored, and as the rows of the file have made it so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ctapp.actions.imports.columns import Layout
from ctapp.actions.imports.refusal import Refusal, shown
from ctapp.actions.imports.report import Entry, Fate


@dataclass(slots=True)
class Standing:
    """`stored` is None where the record is new; `lines` tells which fields rows of this file gave, and on what line."""

    values: dict[str, Any]
    stored: Mapping[str, Any] | None = None
    lines: dict[str, int] = field(default_factory=dict)
    last_line: int = 0
    touched: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the record is to be inserted."""
        return self.stored is None

    @property
    def is_changed(self) -> bool:
        """Whether the record is to be updated."""
        return self.stored is not None and self.last_line > 0 and self.values != self.stored

    @property
    def changed_fields(self) -> list[str]:
        """The fields that differ from what is stored; every one of a new record."""
        stored = self.stored
        return [name for name in self.values if stored is None or stored[name] != self.values[name]]

    def clash(self, line: int, given: Mapping[str, Any], layout: Layout) -> Refusal | None:
        """The refusal of a row that gives another value than an earlier row of the same file did."""
        for name, earlier_line in self.lines.items():
            value, earlier = given.get(name), self.values[name]
            if value is not None and value != earlier:
                one, other = shown(str(value)), shown(str(earlier))
                reason = f"{one} disagrees with {other} on line {earlier_line} for the same key"
                return Refusal(line, layout.name_of(name), one, reason)
        return None

    def accept(self, line: int, key: str, given: Iterable[str], wanted: dict[str, Any]) -> Entry:
        """Take the row in: `given` are the fields it gave, `wanted` the record's values from now on."""
        if self.is_new and not self.touched:
            entry = Entry(line, key, Fate.CREATED, {}, wanted)
        elif wanted == self.values:
            entry = Entry(line, key, Fate.UNCHANGED, wanted, wanted)
        else:
            entry = Entry(line, key, Fate.MERGED if self.lines else Fate.CHANGED, self.values, wanted)
        self.values, self.touched = wanted, True
        self.last_line = self.last_line if entry.fate is Fate.UNCHANGED else line
        self.lines = dict.fromkeys(given, line) | self.lines
        return entry
