"""What a row means for the company as it stands: pure decisions, no database."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from ctapp.actions.imports.columns import Layout
from ctapp.actions.imports.company_row import COLUMNS, IDENTITY, CompanyRow
from ctapp.actions.imports.refusal import Refusal, shown
from ctapp.actions.imports.report import Entry
from ctapp.actions.imports.standing import Standing
from ctapp.audit.events import Draft
from ctapp.gates.definition import GATED_COLUMNS
from ctapp.rules.hosts import HostError, registrable_domain

FIELDS = tuple(column.field for column in COLUMNS if column.field not in {"company_unique_id", "outreach_id"})
GATED = GATED_COLUMNS["company"]
# A value's source and confidence speak of that value: where it changes they change with it, or fall away.
PROVENANCE = {
    "domain": ("domain_source", "domain_confidence"),
    "email_pattern": ("email_pattern_source", "email_pattern_confidence"),
}
TOLD_OF_NEW = (*GATED, *(name for names in PROVENANCE.values() for name in names))
SOURCE_OF_IMPORTED = "import"


@dataclass(slots=True)
class CompanyStanding(Standing):
    """A company; where it is ready, its domain and pattern stay."""

    values: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(FIELDS))
    key: str = field(kw_only=True)
    outreach_id: uuid.UUID = field(kw_only=True)
    ready: bool = False


def merge(standing: CompanyStanding, row: CompanyRow, layout: Layout) -> Entry | Refusal:
    """Bring the row into the company; a Refusal leaves the company as it stands."""
    given = _without_known_identity(standing, row)
    refusal = standing.clash(row.line, given, layout) or _foreign_pattern(standing, row, layout)
    if refusal:
        return refusal
    values = standing.values
    changes = {name: value for name, value in given.items() if values[name] != value}
    if standing.ready:
        refusal = _frozen(standing, row, changes, layout)
        if refusal:
            return refusal
    _add_provenance(standing, given, changes)
    wanted = standing.values | changes if changes else standing.values
    return standing.accept(row.line, row.key, given, wanted)


def draft(standing: CompanyStanding, file_name: str) -> Draft | None:
    """The audit event of what the batch did to the company; None where nothing that is kept track of happened."""
    reason = f"{file_name} line {standing.last_line}"
    if standing.is_changed:
        told = dict.fromkeys((*GATED, *standing.changed_fields))
        before = {name: (standing.stored or {})[name] for name in told}
        after = {name: standing.values[name] for name in told}
        return Draft("company_changed", "company", str(standing.outreach_id), before, after, reason)
    if standing.is_new and any(standing.values[name] is not None for name in GATED):
        values = standing.values
        after = {name: values[name] for name in TOLD_OF_NEW if values[name] is not None or name in GATED}
        return Draft("company_imported", "company", str(standing.outreach_id), None, after, reason)
    return None


def _without_known_identity(standing: CompanyStanding, row: CompanyRow) -> dict[str, Any]:
    """Names that differ in spelling only gave the same derived key: the spelling of the file's first row stays."""
    if not (row.derived and standing.lines):
        return row.given
    return {name: value for name, value in row.given.items() if not (name in IDENTITY and name in standing.lines)}


def _foreign_pattern(standing: CompanyStanding, row: CompanyRow, layout: Layout) -> Refusal | None:
    """The pattern came with a domain behind it that is not the company's."""
    if row.pattern_domain is None:
        return None
    domain = row.given.get("domain") or standing.values["domain"]
    if domain is not None and _same_host(row.pattern_domain, domain):
        return None
    owned = f"the company's is {shown(domain)}" if domain else "the company's is not known"
    reason = f"the domain {shown(row.pattern_domain)} behind the pattern is not the company's ({owned})"
    return Refusal(row.line, layout.name_of("email_pattern"), shown(row.given["email_pattern"]), reason)


def _same_host(host: str, domain: str) -> bool:
    try:
        return host == domain or (registrable_domain(host) == domain and host.count(".") == domain.count("."))
    except HostError:
        return False


def _frozen(standing: CompanyStanding, row: CompanyRow, changes: dict[str, Any], layout: Layout) -> Refusal | None:
    """The gate: domain and pattern of a ready company stay."""
    for name in GATED:
        if name in changes:
            held = shown(str(standing.values[name]))
            reason = f"the company is ready with {held}; withdraw its target first"
            return Refusal(row.line, layout.name_of(name), shown(str(changes[name])), reason)
    return None


def _add_provenance(standing: CompanyStanding, given: dict[str, Any], changes: dict[str, Any]) -> None:
    for name, (source, confidence) in PROVENANCE.items():
        if name in changes:
            changes[source] = given.get(source, SOURCE_OF_IMPORTED)
            changes[confidence] = given.get(confidence)
