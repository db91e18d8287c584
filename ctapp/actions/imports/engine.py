"""One import from the open file to the report: a single transaction, batch by batch, the same for a dry run."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, ClassVar, TypeVar

from django.db import DataError, IntegrityError, connection, transaction

from ctapp.actions.caller import Caller
from ctapp.actions.imports.columns import Column, Layout, lay_out, recognised
from ctapp.actions.imports.refusal import Refusal, TooManyRows, Unusable, printable, shown
from ctapp.actions.imports.report import Entry, Fate, ImportReport, OnEntry, OnRefusal, Tally
from ctapp.actions.imports.table import Record, Source, Table, open_table
from ctapp.audit.chain import append
from ctapp.audit.events import Draft

ROWS_OF_A_BATCH = 2000
PERMISSION = "ctapp.import_companies"


Row = TypeVar("Row")


@dataclass
class Written:
    """What a batch came to: one outcome a row, the audit events of its changes, and what else is worth a warning."""

    outcomes: list[Entry | Refusal]
    drafts: list[Draft]
    peculiar: list[Any] = field(default_factory=list)


def parted(readings: Iterable[Row | Refusal]) -> tuple[list[Row], list[Entry | Refusal]]:
    """The rows that could be read, and the refusals of the others."""
    rows: list[Row] = []
    refusals: list[Entry | Refusal] = []
    for reading in readings:
        if isinstance(reading, Refusal):
            refusals.append(reading)
        else:
            rows.append(reading)
    return rows, refusals


class Importer(ABC):
    """What differs between companies, targets and errors."""

    what: ClassVar[str]
    columns: ClassVar[Sequence[Column]]
    # In the order in which they are locked, each with its mode on PostgreSQL.
    locks: ClassVar[Sequence[tuple[str, str]]]

    @abstractmethod
    def check(self, layout: Layout) -> str | None:
        """What the header lacks, as a sentence; None where the file can be imported."""

    def prepare(self, layout: Layout, file_name: str, caller: Caller) -> None:
        """Inside the transaction, before the first batch."""
        self.layout, self.file_name, self.caller = layout, file_name, caller

    @abstractmethod
    def write(self, records: Sequence[Record]) -> Written:
        """Bring the rows in; called anew with fewer where the database refuses some, after its changes are undone."""

    def note(self, peculiar: list[Any]) -> None:  # noqa: B027 -- most have nothing to note
        """What a batch that went in found worth a warning."""

    def warnings(self) -> list[str]:
        """What to say after the last batch."""
        return []

    def finish(self) -> None:  # noqa: B027 -- most have nothing to do here
        """Inside the transaction, after the last batch."""


def run_import(
    importer: Importer,
    source: Source,
    caller: Caller,
    *,
    file_name: str,
    dry_run: bool = False,
    row_limit: int | None = None,
    on_entry: OnEntry | None = None,
    on_refusal: OnRefusal | None = None,
) -> ImportReport:
    """Import the file. Raises Unusable (nothing written) where it cannot be read as a whole, NotPermitted otherwise."""
    caller.require(PERMISSION, f"import {importer.what}")
    file_name, tally = printable(file_name), Tally(on_entry, on_refusal)
    with open_table(source, lambda header: recognised(header, importer.columns)) as table:
        layout = _layout(importer, table)
        with transaction.atomic():
            _lock(importer.locks)
            importer.prepare(layout, file_name, caller)
            for records in _batches(_limited(table.rows, row_limit)):
                _import_batch(importer, records, caller, tally)
            importer.finish()
            if not tally.counts["rows"]:
                raise Unusable("the file has a header and no rows below it")
            report = _report(importer, table, layout, file_name, dry_run, tally)
            if report.changed_something:
                append(caller.actor, [_summary(report)])
            if dry_run:
                transaction.set_rollback(True)
    return report


def _layout(importer: Importer, table: Table) -> Layout:
    layout = lay_out(table.header, importer.columns)
    lack = importer.check(layout)
    if lack:
        found = ", ".join(shown(name) for name in table.header[:8]) + (", …" if len(table.header) > 8 else "")
        raise Unusable(f"{lack}; the first line reads {found or 'nothing that is text'}")
    return layout


def _lock(locks: Sequence[tuple[str, str]]) -> None:
    """Have the tables to ourselves until the end; reading goes on meanwhile.

    Batches come in the file's order and not in that of the keys, in which runs and actions lock companies, and the
    chain's head is held from the first batch on: with row locks alone, an import and a run could wait for one another
    for ever.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table, mode in locks:
                cursor.execute(f"LOCK TABLE {table} IN {mode} MODE")


def _limited(rows: Iterable[Record | Refusal], limit: int | None) -> Iterator[Record | Refusal]:
    for number, row in enumerate(rows, 1):
        if limit is not None and number > limit:
            raise TooManyRows(f"the file has more than {limit:,} rows")
        yield row


def _batches(rows: Iterator[Record | Refusal]) -> Iterator[list[Record | Refusal]]:
    while batch := list(islice(rows, ROWS_OF_A_BATCH)):
        yield batch


def _import_batch(importer: Importer, batch: list[Record | Refusal], caller: Caller, tally: Tally) -> None:
    records, outcomes = parted(batch)
    outcomes += _write(importer, records, caller)
    for outcome in sorted(outcomes, key=lambda each: each.line):
        tally.add(outcome)


def _write(importer: Importer, records: Sequence[Record], caller: Caller) -> list[Entry | Refusal]:
    """Write the rows; where the database refuses after all, halve until the row that it refuses stands alone."""
    if not records:
        return []
    try:
        with transaction.atomic():
            written = importer.write(records)
            if written.drafts:
                append(caller.actor, written.drafts)
    except (IntegrityError, DataError) as error:
        if len(records) == 1:
            reason = f"the database refuses it ({str(error).splitlines()[0]})"
            return [Refusal(records[0].line, None, None, reason)]
        middle = len(records) // 2
        return _write(importer, records[:middle], caller) + _write(importer, records[middle:], caller)
    importer.note(written.peculiar)
    return written.outcomes


def _report(
    importer: Importer, table: Table, layout: Layout, file_name: str, dry_run: bool, tally: Tally
) -> ImportReport:
    return ImportReport(
        what=importer.what,
        file_name=file_name,
        sha256=table.sha256,
        encoding=table.encoding,
        delimiter=table.delimiter,
        dry_run=dry_run,
        refusals=tuple(tally.refusals),
        warnings=(*layout.warnings, *importer.warnings()),
        **tally.counts,
    )


def _summary(report: ImportReport) -> Draft:
    counts = {fate.value: getattr(report, fate.value) for fate in Fate}
    after = {"file_name": report.file_name, "rows": report.rows, **counts, "refused": report.refused}
    return Draft(f"{report.what}_imported", "import", report.sha256, None, after)
