"""What an import did, or would do: counts, warnings, refused rows."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ctapp.actions.imports.refusal import Refusal

# Beyond this many, refused rows are counted and passed to the callback, but not kept in the report.
MOST_KEPT = 1000


class Fate(StrEnum):
    """What becomes of a row that goes in; `merged` adds to what an earlier row of the same file gave."""

    CREATED = "created"
    CHANGED = "changed"
    MERGED = "merged"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that goes in: its line, its record's key, and the record's values before (empty: none yet) and after."""

    line: int
    key: str
    fate: Fate
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Each changed field with its value before and after."""
        before = self.before
        return {name: (before.get(name), value) for name, value in self.after.items() if before.get(name) != value}


OnEntry = Callable[[Entry], None]
OnRefusal = Callable[[Refusal], None]


@dataclass(frozen=True)
class ImportReport:
    """The outcome of one import; created + changed + merged + unchanged + refused = rows.

    `refusals` holds the first 1,000 refused rows, `refused` counts all. A dry run's report differs from that of the
    real run after it in `dry_run` alone.
    """

    what: str
    file_name: str
    sha256: str
    encoding: str
    delimiter: str
    dry_run: bool
    rows: int
    created: int
    changed: int
    merged: int
    unchanged: int
    refused: int
    refusals: tuple[Refusal, ...]
    warnings: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 where every row went in, 1 where some were refused."""
        return 1 if self.refused else 0

    @property
    def changed_something(self) -> bool:
        """Whether the database is (or, after a dry run, would be) different."""
        return bool(self.created or self.changed or self.merged)


@dataclass
class Tally:
    """Counts rows as they come out, and passes each on."""

    on_entry: OnEntry | None = None
    on_refusal: OnRefusal | None = None
    fates: Counter[Fate] = field(default_factory=Counter)
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    def add(self, outcome: Entry | Refusal) -> None:
        """Count one row."""
        if isinstance(outcome, Entry):
            self.fates[outcome.fate] += 1
            if self.on_entry:
                self.on_entry(outcome)
            return
        self.refused += 1
        if len(self.refusals) < MOST_KEPT:
            self.refusals.append(outcome)
        if self.on_refusal:
            self.on_refusal(outcome)

    @property
    def counts(self) -> dict[str, int]:
        """The counts by name, `rows` being their sum."""
        counts = {fate.value: self.fates[fate] for fate in Fate} | {"refused": self.refused}
        return {"rows": sum(counts.values())} | counts
