"""Which of a file's columns means which field: the names people use, and what is said about the rest."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ctapp.actions.imports.refusal import Refusal, shown
from ctapp.actions.imports.table import Record

MOST_NAMED = 20
_NOT_LETTER_OR_DIGIT = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Column:
    """A field that can be imported: `read` turns a cell into its value, or raises ValueError with the reason."""

    field: str
    read: Callable[[str], Any]
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placed:
    """A column of the file that is read."""

    position: int
    header: str
    column: Column


@dataclass(frozen=True)
class Layout:
    """The columns of a file that are read, in the file's order, and the warnings about the others."""

    placed: tuple[Placed, ...]
    warnings: tuple[str, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that the file has a column for."""
        return frozenset(placed.column.field for placed in self.placed)

    def only(self, fields: Collection[str]) -> "Layout":
        """The layout with these fields alone."""
        return Layout(tuple(placed for placed in self.placed if placed.column.field in fields), ())

    def name_of(self, field: str) -> str:
        """The file's own name for the field, or ours where it has no such column."""
        return next((placed.header for placed in self.placed if placed.column.field == field), field)

    def read(self, record: Record, stored: Mapping[str, Any] | None = None) -> dict[str, Any] | Refusal:
        """The row's values by field; the first value that is none of its kind refuses the row.

        Blank cells are left out, and what database exports write for "no value": NULL, \\N. A cell that reads as the
        `stored` value does is that value: reading it anew is what an import of the same file would spend its time on.
        """
        given: dict[str, Any] = {}
        cells, stored_value = record.cells, (stored or {}).get
        cells += [""] * (self._width - len(cells))
        for position, header, read, field in self._plan:
            cell = cells[position]
            if stored_value(field) == cell:
                given[field] = cell
                continue
            cell = cell.strip()
            if not cell or cell == "NULL" or cell == "\\N":
                continue
            try:
                given[field] = read(cell)
            except ValueError as error:
                value = shown(cell)
                return Refusal(record.line, header, value, str(error).removeprefix(f"{value}: "))
        return given

    @cached_property
    def _width(self) -> int:
        return max((each.position + 1 for each in self.placed), default=0)

    @cached_property
    def _plan(self) -> list[tuple[int, str, Callable[[str], Any], str]]:
        return [(each.position, each.header, each.column.read, each.column.field) for each in self.placed]


def spelling(name: str) -> str:
    """A column's name without case, blanks and punctuation: "Company Name", company_name and CompanyName are one."""
    return _NOT_LETTER_OR_DIGIT.sub("", name).casefold()


def recognised(header: Iterable[str], columns: Sequence[Column]) -> int:
    """How many fields the header has a name for."""
    known = _by_spelling(columns)
    return len({known[spelling(name)].field for name in header if spelling(name) in known})


def lay_out(header: Sequence[str], columns: Sequence[Column]) -> Layout:
    """Match the header's names to fields: the field's own name before a synonym, otherwise the first that comes."""
    known, placed, warnings, unknown = _by_spelling(columns), dict[str, Placed](), [], []
    for position in sorted(range(len(header)), key=lambda at: header[at] not in {column.field for column in columns}):
        name, column = header[position], known.get(spelling(header[position]))
        if column is None:
            unknown.append((position, name))
        elif column.field in placed:
            taken = placed[column.field].header
            both = f"columns {shown(taken)} and {shown(name)} both mean {column.field}"
            warnings.append(f"{both}; only the first is read")
        else:
            placed[column.field] = Placed(position, name, column)
    warnings += _unknown_columns([name for _, name in sorted(unknown)])
    return Layout(tuple(sorted(placed.values(), key=lambda each: each.position)), tuple(warnings))


def _by_spelling(columns: Sequence[Column]) -> dict[str, Column]:
    return {spelling(name): column for column in columns for name in (column.field, *column.synonyms)}


def _unknown_columns(names: list[str]) -> list[str]:
    if not names:
        return []
    listed = ", ".join(shown(name) if name else "one without a name" for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return [f"not read, because no field has that name: {listed}{more}"]
