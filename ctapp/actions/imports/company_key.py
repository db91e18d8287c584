"""How a row of targets or errors names its company: by outreach_id, by company_unique_id, or by both."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from ctapp.actions.imports import values
from ctapp.actions.imports.among import among
from ctapp.actions.imports.columns import Column, Layout
from ctapp.actions.imports.company_row import COMPANY_KEY
from ctapp.actions.imports.refusal import Refusal, shown
from ctapp.models import CompanyMaster

KEY_COLUMNS = (COMPANY_KEY, Column("outreach_id", values.identifier))


class NamesCompany(Protocol):
    """A row that says which company it belongs to."""

    @property
    def line(self) -> int: ...
    @property
    def company(self) -> "GivenKey": ...


@dataclass(frozen=True, slots=True)
class GivenKey:
    """What the row gave; one of the two may be missing."""

    outreach_id: uuid.UUID | None
    company_unique_id: str | None


@dataclass(frozen=True, slots=True)
class Company:
    """What the gates ask of a company."""

    outreach_id: uuid.UUID
    company_unique_id: str
    has_domain: bool
    has_pattern: bool


@dataclass
class Companies:
    """The companies of a batch, by either key."""

    by_outreach_id: dict[uuid.UUID, Company] = field(default_factory=dict)
    by_key: dict[str, Company] = field(default_factory=dict)

    def of(self, row: NamesCompany, layout: Layout) -> Company | Refusal:
        """The company that the row names, or why there is none."""
        outreach_id, key = row.company.outreach_id, row.company.company_unique_id
        company = self.by_outreach_id.get(outreach_id) if outreach_id else self.by_key.get(key or "")
        name, value = ("outreach_id", str(outreach_id)) if outreach_id else ("company_unique_id", key or "")
        if company is None:
            return _refusal(row, layout, name, value, "no such company; import the companies first")
        if key is not None and company.company_unique_id != key:
            reason = f"outreach_id {outreach_id} belongs to company {shown(company.company_unique_id)}"
            return _refusal(row, layout, "company_unique_id", key, reason)
        return company


def take_key(given: dict[str, Any], line: int) -> GivenKey | Refusal:
    """The company's key out of the row's values."""
    key = GivenKey(given.pop("outreach_id", None), given.pop("company_unique_id", None))
    if key.outreach_id is None and key.company_unique_id is None:
        return Refusal(line, None, None, "neither outreach_id nor company_unique_id says which company it is")
    return key


def lacks_key(layout: Layout) -> str | None:
    """What is missing where the file has no column that names the company."""
    if layout.fields & {"outreach_id", "company_unique_id"}:
        return None
    return "no column names the company; the file needs a header line with outreach_id or company_unique_id"


def load_companies(rows: Iterable[NamesCompany]) -> Companies:
    """The companies that these rows name, as they are stored."""
    keys = [row.company for row in rows]
    by_outreach_id = {key.outreach_id for key in keys if key.outreach_id}
    by_key = {key.company_unique_id for key in keys if key.company_unique_id and not key.outreach_id}
    companies = Companies()
    conditions = {"outreach_id__in": among(by_outreach_id, kind="uuid")}, {"company_unique_id__in": among(by_key)}
    for condition in conditions:
        columns = ("outreach_id", "company_unique_id", "domain", "email_pattern")
        for outreach_id, key, domain, pattern in CompanyMaster.objects.filter(**condition).values_list(*columns):
            company = Company(outreach_id, key, domain is not None, pattern is not None)
            companies.by_outreach_id[outreach_id] = companies.by_key[key] = company
    return companies


def _refusal(row: NamesCompany, layout: Layout, name: str, value: str, reason: str) -> Refusal:
    return Refusal(row.line, layout.name_of(name), shown(value), reason)
