"""The firms of the demo world as they are: how many stand where, and each one's name, place and size."""

import uuid
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from ctapp.sandbox.demo_draw import Draw, Weighted
from ctapp.sandbox.demo_names import Name, invent_name, name_core, write_name
from ctapp.sandbox.demo_words import INDUSTRIES, PLACES, WELL_KNOWN, Industry, Place

SEED = 20260202

READY = 37_878
PENDING_NEVER_RUN = 2_692
PENDING_WITH_TIME = 13
PENDING = PENDING_NEVER_RUN + PENDING_WITH_TIME
FAILED = 842
WITHOUT_TARGET = 767
WITH_TARGET = PENDING + FAILED
NOT_READY = WITH_TARGET + WITHOUT_TARGET
COMPANIES = READY + NOT_READY

_OUTREACH_IDS = uuid.uuid5(uuid.NAMESPACE_DNS, "outreach.demo.example")
_INDUSTRY_MIX = Weighted({industry: industry.weight for industry in INDUSTRIES})
_SMALL = {(1, 4): 150, (5, 9): 240, (10, 19): 210, (20, 49): 200, (50, 99): 95, (100, 249): 65, (250, 999): 30}
_ALL_SIZES = Weighted({**_SMALL, (1_000, 4_999): 14, (5_000, 12_000): 2})
_EMPLOYEES = {"trade": _ALL_SIZES, "professional": Weighted(_SMALL), "nonprofit": Weighted(_SMALL)}


class Standing(StrEnum):
    """Where a company stands in the source system on 2026-02-02."""

    READY = "ready"
    PENDING_NEVER_RUN = "pending, never run"
    PENDING_WITH_TIME = "pending, with a completion time"
    FAILED = "failed"
    WITHOUT_TARGET = "no company target"


_STANDINGS = {
    Standing.READY: READY,
    Standing.PENDING_NEVER_RUN: PENDING_NEVER_RUN,
    Standing.PENDING_WITH_TIME: PENDING_WITH_TIME,
    Standing.FAILED: FAILED,
    Standing.WITHOUT_TARGET: WITHOUT_TARGET,
}


class Firm(NamedTuple):
    """One firm as it really is, whatever the imported row says or leaves out about it."""

    company_unique_id: str
    outreach_id: str
    standing: Standing
    name: Name
    written: str
    industry: Industry
    place: Place
    employees: int


def standings(seed: int) -> Iterator[tuple[str, str, Standing]]:
    """Company id, outreach id and standing of every company by ascending id; the not-ready ones lie scattered."""
    scattered = Draw(seed, "standing").shuffled(s for s, count in _STANDINGS.items() for _ in range(count))
    for number, standing in enumerate(scattered, start=1):
        company_unique_id = f"CT-{number:06d}"
        yield company_unique_id, str(uuid.uuid5(_OUTREACH_IDS, f"{seed}/{company_unique_id}")), standing


def firms(seed: int) -> Iterator[Firm]:
    """Every firm in the order of the ids; no two are written alike, or in one city differ in legal form alone."""
    draw = Draw(seed, "firms")
    taken: set[str | tuple[str, Place]] = set()
    for company_unique_id, outreach_id, standing in standings(seed):
        industry, place = draw.weighted(_INDUSTRY_MIX), draw.pick(PLACES)
        name, written = _free_name(draw, industry, place, taken)
        employees = draw.low_between(*draw.weighted(_EMPLOYEES[industry.organisation]))
        yield Firm(company_unique_id, outreach_id, standing, name, written, industry, place, employees)


def _free_name(draw: Draw, industry: Industry, place: Place, taken: set[str | tuple[str, Place]]) -> tuple[Name, str]:
    """A name, and how it is written, that no earlier firm has and no firm that everybody knows."""
    while True:
        name = invent_name(draw, industry, place)
        written = write_name(draw, name, industry)
        core = name_core(written)
        claims: set[str | tuple[str, Place]] = {written.casefold(), (core, place)}
        if taken.isdisjoint(claims) and WELL_KNOWN.isdisjoint((core, name_core(name.head))):
            taken |= claims
            return name, written
