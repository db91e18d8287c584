"""The columns of a company file, and one of its rows with every value read."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from ctapp.actions.imports import values
from ctapp.actions.imports.columns import Column, Layout
from ctapp.actions.imports.refusal import Refusal, shown
from ctapp.actions.imports.table import Record
from ctapp.rules.company_names import normalize_company_name, stable_company_id

# Derives the outreach_id of a company that brings none, the same on every import.
OUTREACH_NAMESPACE = uuid.UUID("8f3a5b0e-6f0d-5c39-9d57-2b1c6a4e7d10")

COMPANY_KEY = Column("company_unique_id", values.text(255), ("unique_id", "company_id", "company_uid", "company_key"))
COLUMNS = (
    COMPANY_KEY,
    Column("outreach_id", values.identifier),
    Column(
        "company_name",
        values.text(1000),
        ("name", "company", "organization", "organisation", "business", "business_name", "account", "account_name",
         "legal_name", "firm"),
    ),
    Column(
        "website_url", values.url, ("website", "url", "web", "web_site", "homepage", "company_website", "company_url")
    ),
    Column("domain", values.domain, ("company_domain", "website_domain", "email_domain", "domain_name")),
    Column("domain_source", values.text(255)),
    Column("domain_confidence", values.share),
    Column("email_pattern", values.pattern, ("pattern", "email_format", "mail_pattern")),
    Column("email_pattern_source", values.text(255), ("pattern_source",)),
    Column("email_pattern_confidence", values.share, ("pattern_confidence",)),
    Column("industry", values.text(500), ("sector", "company_industry")),
    Column(
        "employee_count",
        values.employees,
        ("employees", "headcount", "number_of_employees", "num_employees", "company_size", "staff"),
    ),
    Column("address_city", values.text(255), ("city", "town", "company_city")),
    Column("address_state", values.text(255), ("state", "region", "province", "company_state", "state_province")),
    Column("source_system", values.text(255), ("source", "data_source", "origin")),
)  # fmt: skip
# From these the identifier is derived where the file gives none.
IDENTITY = ("company_name", "address_city", "address_state")
KEY_FIELDS = ("company_unique_id", *IDENTITY)


class KeyedRecord(NamedTuple):
    """A row whose company is known; `derived` where the key comes from name, city and state."""

    line: int
    record: Record
    key: str
    derived: bool


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """One row: its values by field, blank ones left out.

    `derived` as above; `pattern_domain` stood behind the pattern; `is_lower_bound` where the employees were a range.
    """

    line: int
    key: str
    derived: bool
    outreach_id: uuid.UUID | None
    given: dict[str, Any]
    pattern_domain: str | None = None
    is_lower_bound: bool = False


def read_key(record: Record, layout: Layout) -> KeyedRecord | Refusal:
    """Which company the row means; `layout` holds the columns of KEY_FIELDS. A Refusal where that cannot be told."""
    given = layout.read(record)
    if isinstance(given, Refusal):
        return given
    name = given.get("company_name")
    if name is None:
        return Refusal(record.line, layout.name_of("company_name"), None, "no company name")
    if not name.isascii() and not normalize_company_name(name).strip():
        return Refusal(record.line, layout.name_of("company_name"), shown(name), "nothing in this name can be seen")
    key = given.get("company_unique_id")
    if key is not None:
        return KeyedRecord(record.line, record, key, derived=False)
    key = stable_company_id(name, given.get("address_city", ""), given.get("address_state", ""))
    return KeyedRecord(record.line, record, key, derived=True)


def read_company(keyed: KeyedRecord, layout: Layout, stored: Mapping[str, Any] | None) -> CompanyRow | Refusal:
    """The row's values, given what is stored of the company; a Refusal where one is none of its kind."""
    given = layout.read(keyed.record, stored)
    if isinstance(given, Refusal):
        return given
    given.pop("company_unique_id", None)
    pattern, employees = given.get("email_pattern"), given.get("employee_count")
    behind, is_lower_bound = None, False
    if isinstance(pattern, values.GivenPattern):
        given["email_pattern"], behind = pattern
    if isinstance(employees, values.GivenCount):
        given["employee_count"], is_lower_bound = employees
    outreach_id = given.pop("outreach_id", None)
    return CompanyRow(keyed.line, keyed.key, keyed.derived, outreach_id, given, behind, is_lower_bound)


@lru_cache(maxsize=8192)
def outreach_id_of(key: str) -> uuid.UUID:
    """The outreach_id that a company gets where its file gives none."""
    return uuid.uuid5(OUTREACH_NAMESPACE, key)
