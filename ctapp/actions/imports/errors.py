"""Importing company-target errors: the state of an existing system; one that opens demotes its TIER_0 record first."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from ctapp.actions.caller import Caller, NotPermitted
from ctapp.actions.demotion import demote
from ctapp.actions.imports.among import among
from ctapp.actions.imports.columns import Layout
from ctapp.actions.imports.company_key import lacks_key, load_companies
from ctapp.actions.imports.engine import Importer, Written, parted, run_import
from ctapp.actions.imports.error_merge import (
    COLUMNS,
    FIELDS,
    REQUIRED,
    ErrorRow,
    ErrorStanding,
    draft,
    merge,
    read_error,
)
from ctapp.actions.imports.refusal import Refusal, shown
from ctapp.actions.imports.report import Entry, ImportReport, OnEntry, OnRefusal
from ctapp.actions.imports.seen import SeenKeys
from ctapp.actions.imports.table import Record, Source
from ctapp.audit.events import Draft
from ctapp.models import CompanyTargetError, sets

COLUMN_TYPES = dict.fromkeys(FIELDS, "text") | {
    "retry_count": "integer",
    "max_retries": "integer",
    "raw_input": "jsonb",
    **{name: "timestamptz" for name in FIELDS if name.endswith("_at")},
}


def import_errors(
    source: Source,
    caller: Caller,
    *,
    file_name: str,
    dry_run: bool = False,
    row_limit: int | None = None,
    on_entry: OnEntry | None = None,
    on_refusal: OnRefusal | None = None,
) -> ImportReport:
    """Bring the `company_target_errors` rows of a file in; everything as for `import_companies`, the gates included.

    A blocking error that opens on a TIER_0 record demotes it first. An ignored error needs the permission
    ctapp.ignore_error and its reason in resolution_note.
    """
    return run_import(
        ErrorImporter(),
        source,
        caller,
        file_name=file_name,
        dry_run=dry_run,
        row_limit=row_limit,
        on_entry=on_entry,
        on_refusal=on_refusal,
    )


class ErrorImporter(Importer):
    """What is particular to errors."""

    what = "errors"
    columns = COLUMNS
    locks = (
        ("company_master", "EXCLUSIVE"),
        ("company_target", "SHARE ROW EXCLUSIVE"),
        ("company_target_errors", "SHARE ROW EXCLUSIVE"),
    )

    def __init__(self) -> None:
        self._seen = SeenKeys(FIELDS)

    def check(self, layout: Layout) -> str | None:
        """The company, and what went wrong where."""
        missing = [name for name in REQUIRED if name not in layout.fields]
        if missing:
            return f"the file needs a header line with the columns {' and '.join(missing)}"
        return lacks_key(layout)

    def prepare(self, layout: Layout, file_name: str, caller: Caller) -> None:
        """Make room for the keys, and ask once what the caller may do."""
        super().prepare(layout, file_name, caller)
        self._seen.create()
        self._may_not_ignore: str | None = None
        try:
            caller.require("ctapp.ignore_error", "ignore an error")
        except NotPermitted as refused:
            self._may_not_ignore = str(refused)

    def finish(self) -> None:
        """Leave no table behind."""
        self._seen.drop()

    def write(self, records: Sequence[Record]) -> Written:
        """Decide row after row against what is stored, demote what has to be, then write the result at once."""
        rows, outcomes = parted(read_error(record, self.layout) for record in records)
        companies = load_companies(rows)
        found = [(row, companies.of(row, self.layout)) for row in rows]
        standings = self._load(
            [row.id_for(company.outreach_id) for row, company in found if not isinstance(company, Refusal)]
        )
        seen_before = {key for key, standing in standings.items() if standing.lines}
        for row, company in found:
            if isinstance(company, Refusal):
                outcomes.append(company)
            else:
                outcomes.append(self._bring_in(row, company.outreach_id, standings))
        touched = [standing for standing in standings.values() if standing.touched]
        drafts = self._store(touched)
        self._seen.store(
            [(str(each.error_id), each.lines) for each in touched if each.error_id not in seen_before],
            [(str(each.error_id), each.lines) for each in touched if each.error_id in seen_before],
        )
        return Written(outcomes, drafts)

    def _load(self, error_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ErrorStanding]:
        standings = {}
        stored = CompanyTargetError.objects.filter(error_id__in=among(set(error_ids), kind="uuid"))
        for error_id, outreach_id, *row in stored.values_list("error_id", "outreach_id", *FIELDS):
            values = dict(zip(FIELDS, row, strict=True))
            standings[error_id] = ErrorStanding(values, dict(values), error_id=error_id, outreach_id=outreach_id)
        for text, lines in self._seen.load([str(key) for key in standings]).items():
            standings[uuid.UUID(text)].lines = lines
        return standings

    def _bring_in(
        self, row: ErrorRow, outreach_id: uuid.UUID, standings: dict[uuid.UUID, ErrorStanding]
    ) -> Entry | Refusal:
        error_id = row.id_for(outreach_id)
        standing = standings.get(error_id) or ErrorStanding(error_id=error_id, outreach_id=outreach_id)
        if standing.outreach_id != outreach_id:
            reason = f"this error belongs to another company ({standing.outreach_id})"
            return Refusal(row.line, self.layout.name_of("error_id"), shown(str(error_id)), reason)
        outcome = merge(standing, row, self.layout, self._may_not_ignore)
        if standing.touched:
            standings[error_id] = standing
        return outcome

    def _store(self, touched: list[ErrorStanding]) -> list[Draft]:
        """In the order in which the gates accept it: records demoted before an error opens on them."""
        now = timezone.now()
        reasons = {each.outreach_id: self._opened(each) for each in touched if each.opens}
        drafts = demote(reasons)
        new = [each for each in touched if each.is_new]
        for each in new:
            each.values["created_at"] = each.values["created_at"] or now
        if new:
            rows = ((each.error_id, each.outreach_id, *_stored(each)) for each in new)
            sets.insert("company_target_errors", ("error_id", "outreach_id", *FIELDS), rows)
        sets.update(
            "company_target_errors",
            ("error_id", "uuid"),
            {**COLUMN_TYPES, "updated_at": "timestamptz"},
            [(each.error_id, *_stored(each), now) for each in touched if each.is_changed],
        )
        events = (draft(each, self.file_name) for each in touched)
        return drafts + [event for event in events if event]

    def _opened(self, standing: ErrorStanding) -> str:
        return f"{standing.values['failure_code']} opened by {self.file_name} line {standing.last_line}"


def _stored(standing: ErrorStanding) -> list[Any]:
    values = standing.values
    raw_input = None if values["raw_input"] is None else json.dumps(values["raw_input"])
    return [raw_input if name == "raw_input" else values[name] for name in FIELDS]
