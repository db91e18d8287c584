"""What a row of company targets means for the record as it stands, and whether the gates let it pass."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ctapp.actions.imports import values
from ctapp.actions.imports.columns import Column, Layout
from ctapp.actions.imports.company_key import KEY_COLUMNS, Company, GivenKey, take_key
from ctapp.actions.imports.refusal import Refusal, shown
from ctapp.actions.imports.report import Entry
from ctapp.actions.imports.standing import Standing
from ctapp.actions.imports.table import Record
from ctapp.audit.events import Draft
from ctapp.gates.definition import (
    CT_DONE_WORDS,
    EMAIL_METHODS,
    EXECUTION_STATUSES,
    GATED_COLUMNS,
    READINESS_TIERS,
    TRIGGER_MESSAGES,
)

COLUMNS = (
    *KEY_COLUMNS,
    Column("execution_status", values.word_of(EXECUTION_STATUSES), ("status", "ct_status")),
    Column("email_method", values.word_of(EMAIL_METHODS), ("method",)),
    Column("method_type", values.text(255)),
    Column("confidence_score", values.share, ("confidence", "score")),
    Column("imo_completed_at", values.past_moment, ("imo_completed", "completed_at")),
    Column("is_catchall", values.yes_or_no, ("is_catch_all", "catch_all")),
    Column("readiness_tier", values.word_of(READINESS_TIERS), ("tier",)),
    Column("promoted_at", values.past_moment),
)
KEYS = {column.field for column in KEY_COLUMNS}
FIELDS = tuple(column.field for column in COLUMNS if column.field not in KEYS)
GATED = GATED_COLUMNS["target"]
NEEDED_FOR_READY = ("email_method", "confidence_score", "imo_completed_at")
INITIAL = dict.fromkeys(FIELDS) | {"execution_status": "pending", "readiness_tier": "NOT_READY"}


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One row: which company, and its values by field, blank ones left out."""

    line: int
    company: GivenKey
    given: dict[str, Any]


@dataclass(slots=True)
class TargetStanding(Standing):
    """A company's target."""

    values: dict[str, Any] = field(default_factory=lambda: dict(INITIAL))
    company: Company = field(kw_only=True)
    blocking_error: bool = field(kw_only=True)

    @property
    def outreach_id(self) -> uuid.UUID:
        """The record's key."""
        return self.company.outreach_id


def read_target(record: Record, layout: Layout) -> TargetRow | Refusal:
    """The row's values; a Refusal where one is none of its kind, or no company is named."""
    given = layout.read(record)
    if isinstance(given, Refusal):
        return given
    key = take_key(given, record.line)
    return key if isinstance(key, Refusal) else TargetRow(record.line, key, given)


def merge(standing: TargetStanding, row: TargetRow, layout: Layout) -> Entry | Refusal:
    """Bring the row into the record; a Refusal leaves it as it stands."""
    refusal = standing.clash(row.line, row.given, layout)
    if refusal:
        return refusal
    wanted = standing.values | row.given
    objection = _taken_back(standing.values, wanted) or _gate(wanted, standing)
    if objection:
        name, reason = objection
        return Refusal(row.line, layout.name_of(name), shown(str(wanted[name])), reason)
    return standing.accept(row.line, standing.company.company_unique_id, row.given, wanted)


def draft(standing: TargetStanding, file_name: str) -> Draft | None:
    """The audit event of what the batch did to the record."""
    stored = standing.stored
    if stored == standing.values:
        return None
    told = dict.fromkeys((*GATED, *standing.changed_fields))
    after = {name: standing.values[name] for name in told}
    before = {name: stored[name] for name in told} if stored is not None else None
    action = "target_imported" if stored is None else "target_changed"
    return Draft(action, "target", str(standing.outreach_id), before, after, f"{file_name} line {standing.last_line}")


def _taken_back(values: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is ready here is never undone by a file: that is a person's decision."""
    for name, reached in (("execution_status", "ready"), ("readiness_tier", "TIER_0")):
        if values[name] == reached != wanted[name]:
            return name, f"the target is {reached} here and the file says {wanted[name]}; withdraw its target first"
    return None


def _gate(wanted: Mapping[str, Any], standing: TargetStanding) -> tuple[str, str] | None:
    """The column and the sentence of the first gate that the record would not pass."""
    ready, tier_0 = wanted["execution_status"] == "ready", wanted["readiness_tier"] == "TIER_0"
    if ready:
        lacking = [name for name in NEEDED_FOR_READY if wanted[name] is None]
        if lacking:
            return "execution_status", f"ready is refused without {' and '.join(lacking)} (CT DONE: {CT_DONE_WORDS})"
        if not (standing.company.has_domain and standing.company.has_pattern):
            return "execution_status", TRIGGER_MESSAGES["gate_ready_needs_domain_and_pattern"]
    if tier_0 and not ready:
        return "readiness_tier", f"TIER_0 is refused for a target that is {wanted['execution_status']}, not ready"
    if tier_0 and standing.blocking_error:
        return "readiness_tier", TRIGGER_MESSAGES["gate_tier_0_needs_no_blocking_error"]
    if wanted["promoted_at"] is not None and not tier_0:
        return "promoted_at", "given for a target that is not TIER_0; leave it blank"
    return None
