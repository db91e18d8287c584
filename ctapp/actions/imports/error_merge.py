"""What a row of company-target errors means for the error as it stands."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ctapp.actions.imports import values
from ctapp.actions.imports.columns import Column, Layout
from ctapp.actions.imports.company_key import KEY_COLUMNS, GivenKey, take_key
from ctapp.actions.imports.refusal import Refusal, shown
from ctapp.actions.imports.report import Entry
from ctapp.actions.imports.standing import Standing
from ctapp.actions.imports.table import Record
from ctapp.audit.events import Draft
from ctapp.gates.definition import BLOCKING_DISPOSITIONS, DISPOSITIONS
from ctapp.models.error import Severity

# Derives the error_id of an error that brings none, the same on every import.
ERROR_NAMESPACE = uuid.UUID("c1f0a9d4-2a0b-5f3e-8f6e-6a7d3b9c4e21")

ERROR_ID = Column("error_id", values.identifier)
COLUMNS = (
    *KEY_COLUMNS,
    ERROR_ID,
    Column("pipeline_stage", values.text(255), ("stage",)),
    Column("failure_code", values.text(255), ("code", "error_code")),
    Column("blocking_reason", values.text(4000), ("reason",)),
    Column("severity", values.word_of(tuple(Severity.values))),
    Column("disposition", values.word_of(DISPOSITIONS)),
    Column("retry_count", values.count, ("retries",)),
    Column("max_retries", values.count),
    Column("next_retry_at", values.moment),
    Column("park_reason", values.text(4000)),
    Column("parked_by", values.text(255)),
    Column("parked_at", values.past_moment),
    Column("raw_input", values.json_value),
    Column("resolved_at", values.past_moment),
    Column("resolution_note", values.text(4000)),
    Column("archived_at", values.past_moment),
    Column("created_at", values.past_moment),
)
KEYS = {column.field for column in (*KEY_COLUMNS, ERROR_ID)}
FIELDS = tuple(column.field for column in COLUMNS if column.field not in KEYS)
REQUIRED = ("pipeline_stage", "failure_code")
GATED = ("disposition", "archived_at")
# So that a person who reads the event knows which error it is about.
TOLD = ("pipeline_stage", "failure_code")
INITIAL = dict.fromkeys(FIELDS) | {"severity": "error", "disposition": "RETRY", "retry_count": 0, "max_retries": 3}


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One row: which company, the error's id if it brought one, and its values by field, blank ones left out."""

    line: int
    company: GivenKey
    error_id: uuid.UUID | None
    given: dict[str, Any]

    def id_for(self, outreach_id: uuid.UUID) -> uuid.UUID:
        """The error's id, derived from company, stage, code and time where the row gave none."""
        if self.error_id is not None:
            return self.error_id
        created = self.given.get("created_at")
        words = (self.given.get("pipeline_stage"), self.given.get("failure_code"), created and created.isoformat())
        return uuid.uuid5(ERROR_NAMESPACE, f"{outreach_id}|" + "|".join(word or "" for word in words))


@dataclass(slots=True)
class ErrorStanding(Standing):
    """An error."""

    values: dict[str, Any] = field(default_factory=lambda: dict(INITIAL))
    error_id: uuid.UUID = field(kw_only=True)
    outreach_id: uuid.UUID = field(kw_only=True)

    @property
    def opens(self) -> bool:
        """Whether the batch made it a blocking error that it was not before."""
        return _blocks(self.values) and not (self.stored is not None and _blocks(self.stored))


def read_error(record: Record, layout: Layout) -> ErrorRow | Refusal:
    """The row's values; a Refusal where one is none of its kind, or no company is named."""
    given = layout.read(record)
    if isinstance(given, Refusal):
        return given
    key = take_key(given, record.line)
    if isinstance(key, Refusal):
        return key
    given = {name: value for name, value in given.items() if value is not None}
    return ErrorRow(record.line, key, given.pop("error_id", None), given)


def merge(standing: ErrorStanding, row: ErrorRow, layout: Layout, may_not_ignore: str | None) -> Entry | Refusal:
    """Bring the row into the error; a Refusal leaves it as it stands. `may_not_ignore` says why this caller may not."""
    refusal = standing.clash(row.line, row.given, layout)
    if refusal:
        return refusal
    wanted = standing.values | row.given
    missing = next((name for name in REQUIRED if wanted[name] is None), None)
    if missing:
        return Refusal(row.line, layout.name_of(missing), None, f"no {missing.replace('_', ' ')}")
    name = _overridden(standing, wanted)
    objection = may_not_ignore or (None if wanted["resolution_note"] else "it needs its reason in resolution_note")
    if name and objection:
        reason = f"this lets a blocking error block no more although nothing was mended: {objection}"
        return Refusal(row.line, layout.name_of(name), shown(str(wanted[name])), reason)
    return standing.accept(row.line, str(standing.error_id), row.given, wanted)


def draft(standing: ErrorStanding, file_name: str) -> Draft | None:
    """The audit event of what the batch did to the error."""
    stored = standing.stored
    if stored == standing.values:
        return None
    changed = [name for name in standing.changed_fields if name != "raw_input"] if stored is not None else []
    told = dict.fromkeys((*GATED, *TOLD, *changed))
    after = {name: standing.values[name] for name in told} | {"outreach_id": standing.outreach_id}
    before = {name: stored[name] for name in told} if stored is not None else None
    action = "error_imported" if stored is None else "error_changed"
    return Draft(action, "error", str(standing.error_id), before, after, f"{file_name} line {standing.last_line}")


def _blocks(values: Mapping[str, Any]) -> bool:
    return values["disposition"] in BLOCKING_DISPOSITIONS and values["archived_at"] is None


def _overridden(standing: ErrorStanding, wanted: Mapping[str, Any]) -> str | None:
    """The column by which the row ignores an error, or archives one that is open: an override in a file as by hand."""
    if wanted["disposition"] == "IGNORED" != standing.values["disposition"]:
        return "disposition"
    was_open = (standing.stored is not None or standing.touched) and _blocks(standing.values)
    archives = wanted["archived_at"] is not None and wanted["disposition"] in BLOCKING_DISPOSITIONS
    return "archived_at" if was_open and archives else None
