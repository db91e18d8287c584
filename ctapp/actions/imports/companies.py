"""Importing companies: the one action beneath the command and the admin."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from ctapp.actions.caller import Caller
from ctapp.actions.imports.among import among
from ctapp.actions.imports.columns import Layout
from ctapp.actions.imports.company_merge import FIELDS, CompanyStanding, draft, merge
from ctapp.actions.imports.company_row import (
    COLUMNS,
    KEY_FIELDS,
    CompanyRow,
    KeyedRecord,
    outreach_id_of,
    read_company,
    read_key,
)
from ctapp.actions.imports.engine import Importer, Written, parted, run_import
from ctapp.actions.imports.refusal import Refusal, shown
from ctapp.actions.imports.report import Entry, ImportReport, OnEntry, OnRefusal
from ctapp.actions.imports.seen import SeenKeys
from ctapp.actions.imports.table import Record, Source
from ctapp.models import CompanyMaster, sets
from ctapp.rules.hosts import is_directory_or_social

COLUMN_TYPES = dict.fromkeys(FIELDS, "text") | {
    "domain_confidence": "numeric",
    "email_pattern_confidence": "numeric",
    "employee_count": "integer",
}
MOST_LINES_NAMED = 5


def import_companies(
    source: Source,
    caller: Caller,
    *,
    file_name: str,
    dry_run: bool = False,
    row_limit: int | None = None,
    on_entry: OnEntry | None = None,
    on_refusal: OnRefusal | None = None,
) -> ImportReport:
    """Bring the companies of a file in, in one transaction; a dry run is the same, undone at its end.

    `source` is a path or a binary stream of CSV, TSV or XLSX. The key is company_unique_id, or derived from name, city
    and state. A blank changes nothing; a value that changes is audited; a row that cannot go in is reported and the
    others go in. `on_entry` and `on_refusal` are told each row as it comes out, however many there are.
    Raises Unusable where the file as a whole cannot be imported (or has more than `row_limit` rows), NotPermitted
    without ctapp.import_companies; nothing is written then.
    """
    return run_import(
        CompanyImporter(),
        source,
        caller,
        file_name=file_name,
        dry_run=dry_run,
        row_limit=row_limit,
        on_entry=on_entry,
        on_refusal=on_refusal,
    )


@dataclass
class _Noted:
    """How many rows had a peculiarity, and the first of them."""

    rows: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, row: str) -> None:
        self.rows += 1
        if len(self.first) < MOST_LINES_NAMED:
            self.first.append(row)

    def sentence(self, what: str) -> list[str]:
        if not self.rows:
            return []
        more = ", …" if self.rows > len(self.first) else ""
        return [f"{self.rows:,} {'row' if self.rows == 1 else 'rows'} {what} ({', '.join(self.first)}{more})"]


class CompanyImporter(Importer):
    """What is particular to companies."""

    what = "companies"
    columns = COLUMNS
    locks = (("company_master", "EXCLUSIVE"),)

    def __init__(self) -> None:
        self._seen = SeenKeys(FIELDS)
        self._ranges, self._shared_domains = _Noted(), _Noted()

    def check(self, layout: Layout) -> str | None:
        """A name is the least."""
        if "company_name" in layout.fields:
            return None
        needed = "a header line with a column such as company_name, name or company"
        return f"no column holds the company's name; the file needs {needed}"

    def prepare(self, layout: Layout, file_name: str, caller: Caller) -> None:
        """Make room for the keys."""
        super().prepare(layout, file_name, caller)
        self._key_layout = layout.only(KEY_FIELDS)
        self._seen.create()

    def finish(self) -> None:
        """Leave no table behind."""
        self._seen.drop()

    def note(self, peculiar: list[CompanyRow]) -> None:
        """Rows with a range of employees, or a domain that many companies share."""
        for row in peculiar:
            if row.is_lower_bound:
                self._ranges.add(f"line {row.line}")
            if is_directory_or_social(row.given.get("domain", "")):
                self._shared_domains.add(f"{row.given['domain']} on line {row.line}")

    def warnings(self) -> list[str]:
        """Ranges of employees, and domains that many companies share."""
        return [
            *self._ranges.sentence("gave the employees as a range, of which the lower bound is kept"),
            *self._shared_domains.sentence("gave a domain that serves many companies; check that it is their own"),
        ]

    def write(self, records: Sequence[Record]) -> Written:
        """Decide row after row against what is stored, then write the result at once."""
        keyed, unkeyed = parted(read_key(record, self._key_layout) for record in records)
        standings = self._load({each.key: None for each in keyed})
        seen_before = {key for key, standing in standings.items() if standing.lines}
        rows, unreadable = parted(self._read(each, standings) for each in keyed)
        new_ids = {row.key: row.outreach_id or outreach_id_of(row.key) for row in rows if row.key not in standings}
        owners = self._owners(new_ids.values())
        outcomes = [self._bring_in(row, standings, owners) for row in rows]
        touched = [standing for standing in standings.values() if standing.touched]
        self._store(touched, seen_before)
        drafts = [event for event in (draft(standing, self.file_name) for standing in touched) if event]
        peculiar = [row for row in rows if row.is_lower_bound or is_directory_or_social(row.given.get("domain", ""))]
        return Written([*unkeyed, *unreadable, *outcomes], drafts, peculiar)

    def _read(self, keyed: KeyedRecord, standings: dict[str, CompanyStanding]) -> CompanyRow | Refusal:
        standing = standings.get(keyed.key)
        return read_company(keyed, self.layout, standing.stored if standing else None)

    def _load(self, keys: Iterable[str]) -> dict[str, CompanyStanding]:
        """The stored companies of these keys; a ready one marked."""
        keys = list(keys)
        companies = CompanyMaster.objects.filter(company_unique_id__in=among(keys))
        columns = ("company_unique_id", "outreach_id", "target__execution_status", *FIELDS)
        standings = {}
        for key, outreach_id, status, *stored in companies.values_list(*columns):
            values, ready = dict(zip(FIELDS, stored, strict=True)), status == "ready"
            standings[key] = CompanyStanding(values, values, key=key, outreach_id=outreach_id, ready=ready)
        for key, lines in self._seen.load(keys).items():
            standings[key].lines = lines
        return standings

    def _owners(self, outreach_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
        """Whose these outreach_ids are, that new companies would get."""
        if not outreach_ids:
            return {}
        found = CompanyMaster.objects.filter(outreach_id__in=among(outreach_ids, kind="uuid"))
        return dict(found.values_list("outreach_id", "company_unique_id"))

    def _bring_in(
        self, row: CompanyRow, standings: dict[str, CompanyStanding], owners: dict[uuid.UUID, str]
    ) -> Entry | Refusal:
        standing = standings.get(row.key)
        if standing is None:
            standing = CompanyStanding(key=row.key, outreach_id=row.outreach_id or outreach_id_of(row.key))
            owner = owners.get(standing.outreach_id)
            if owner is not None:
                return self._refuse_outreach_id(row, standing.outreach_id, f"it belongs to company {shown(owner)}")
        elif row.outreach_id not in (None, standing.outreach_id):
            reason = f"company {shown(row.key)} has {standing.outreach_id}; an outreach_id never changes"
            return self._refuse_outreach_id(row, row.outreach_id, reason)
        outcome = merge(standing, row, self.layout)
        if standing.touched:
            standings[row.key], owners[standing.outreach_id] = standing, row.key
        return outcome

    def _refuse_outreach_id(self, row: CompanyRow, outreach_id: uuid.UUID | None, reason: str) -> Refusal:
        return Refusal(row.line, self.layout.name_of("outreach_id"), shown(str(outreach_id)), reason)

    def _store(self, touched: list[CompanyStanding], seen_before: set[str]) -> None:
        now = timezone.now()
        new = [standing for standing in touched if standing.is_new]
        if new:
            rows = ((each.key, each.outreach_id, *map(each.values.get, FIELDS)) for each in new)
            sets.insert("company_master", ("company_unique_id", "outreach_id", *FIELDS), rows)
        sets.update(
            "company_master",
            ("company_unique_id", "text"),
            {**COLUMN_TYPES, "updated_at": "timestamptz"},
            [(each.key, *map(each.values.get, FIELDS), now) for each in touched if each.is_changed],
        )
        self._seen.store(
            [(each.key, each.lines) for each in touched if each.key not in seen_before],
            [(each.key, each.lines) for each in touched if each.key in seen_before],
        )
