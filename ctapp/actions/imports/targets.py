"""Importing company targets: the state of an existing system, through the same gates as everything else."""

import uuid
from collections.abc import Sequence

from django.utils import timezone

from ctapp.actions.caller import Caller
from ctapp.actions.imports.among import among
from ctapp.actions.imports.columns import Layout
from ctapp.actions.imports.company_key import Companies, lacks_key, load_companies
from ctapp.actions.imports.engine import Importer, Written, parted, run_import
from ctapp.actions.imports.refusal import Refusal
from ctapp.actions.imports.report import Entry, ImportReport, OnEntry, OnRefusal
from ctapp.actions.imports.seen import SeenKeys
from ctapp.actions.imports.table import Record, Source
from ctapp.actions.imports.target_merge import COLUMNS, FIELDS, TargetRow, TargetStanding, draft, merge, read_target
from ctapp.gates.definition import BLOCKING_ERROR
from ctapp.models import CompanyTarget, CompanyTargetError, sets

COLUMN_TYPES = dict.fromkeys(FIELDS, "text") | {
    "confidence_score": "numeric",
    "imo_completed_at": "timestamptz",
    "is_catchall": "boolean",
    "promoted_at": "timestamptz",
}


def import_targets(
    source: Source,
    caller: Caller,
    *,
    file_name: str,
    dry_run: bool = False,
    row_limit: int | None = None,
    on_entry: OnEntry | None = None,
    on_refusal: OnRefusal | None = None,
) -> ImportReport:
    """Bring the `company_target` rows of a file in; everything as for `import_companies`, the gates included.

    A row that claims ready or TIER_0 without what that takes is refused with the gate's sentence, and so is one that
    would undo what is ready here.
    """
    return run_import(
        TargetImporter(),
        source,
        caller,
        file_name=file_name,
        dry_run=dry_run,
        row_limit=row_limit,
        on_entry=on_entry,
        on_refusal=on_refusal,
    )


class TargetImporter(Importer):
    """What is particular to company targets."""

    what = "targets"
    columns = COLUMNS
    locks = (("company_master", "EXCLUSIVE"), ("company_target", "SHARE ROW EXCLUSIVE"))

    def __init__(self) -> None:
        self._seen = SeenKeys(FIELDS)

    def check(self, layout: Layout) -> str | None:
        """The company, and at least one thing about its target."""
        if not layout.fields & set(FIELDS):
            return f"no column tells anything about a company target; the file needs some of {', '.join(FIELDS)}"
        return lacks_key(layout)

    def prepare(self, layout: Layout, file_name: str, caller: Caller) -> None:
        """Make room for the keys."""
        super().prepare(layout, file_name, caller)
        self._seen.create()

    def finish(self) -> None:
        """Leave no table behind."""
        self._seen.drop()

    def write(self, records: Sequence[Record]) -> Written:
        """Decide row after row against what is stored, then write the result at once."""
        rows, outcomes = parted(read_target(record, self.layout) for record in records)
        companies = load_companies(rows)
        standings = self._load(companies)
        seen_before = {key for key, standing in standings.items() if standing.lines}
        outcomes += [self._bring_in(row, companies, standings) for row in rows]
        touched = [standing for standing in standings.values() if standing.touched]
        self._store(touched)
        given = [(standing.outreach_id, (str(standing.outreach_id), standing.lines)) for standing in touched]
        self._seen.store(
            [entry for key, entry in given if key not in seen_before],
            [entry for key, entry in given if key in seen_before],
        )
        events = (draft(standing, self.file_name) for standing in touched)
        return Written(outcomes, [event for event in events if event])

    def _bring_in(
        self, row: TargetRow, companies: Companies, standings: dict[uuid.UUID, TargetStanding]
    ) -> Entry | Refusal:
        company = companies.of(row, self.layout)
        return company if isinstance(company, Refusal) else merge(standings[company.outreach_id], row, self.layout)

    def _load(self, companies: Companies) -> dict[uuid.UUID, TargetStanding]:
        """The stored targets of the companies, and which of them have a blocking error open."""
        keys = list(companies.by_outreach_id)
        errors = CompanyTargetError.objects.filter(BLOCKING_ERROR, outreach__outreach_id__in=among(keys, kind="uuid"))
        hindered = set(errors.values_list("outreach_id", flat=True))
        standings = {
            key: TargetStanding(company=company, blocking_error=key in hindered)
            for key, company in companies.by_outreach_id.items()
        }
        stored = CompanyTarget.objects.filter(outreach__outreach_id__in=among(keys, kind="uuid")).values_list(
            "outreach_id", *FIELDS
        )
        for key, *row in stored:
            standings[key].stored = dict(zip(FIELDS, row, strict=True))
            standings[key].values = dict(zip(FIELDS, row, strict=True))
        for text, lines in self._seen.load([str(key) for key in keys]).items():
            standings[uuid.UUID(text)].lines = lines
        return standings

    def _store(self, touched: list[TargetStanding]) -> None:
        now = timezone.now()
        new = [standing for standing in touched if standing.is_new]
        if new:
            rows = ((uuid.uuid4(), each.outreach_id, *(each.values[name] for name in FIELDS)) for each in new)
            sets.insert("company_target", ("target_id", "outreach_id", *FIELDS), rows)
        sets.update(
            "company_target",
            ("outreach_id", "uuid"),
            {**COLUMN_TYPES, "updated_at": "timestamptz"},
            [(each.outreach_id, *(each.values[name] for name in FIELDS), now) for each in touched if each.is_changed],
        )
