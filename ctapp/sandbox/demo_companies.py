"""The demo companies, with the shape of the source system on 2026-02-02, as rows of the files that are imported.

42,192 invented companies: 37,878 with a domain under `.example` (RFC 2606) and an e-mail pattern, enough to become CT
DONE and TIER_0 through the gates, and 4,314 with neither, scattered through the ids. Of those, 2,705 have a pending
company target (13 of them with a completion time), 842 a failed one and 767 none. `demo_truth` tells what is true about
the 4,314 in the made-up world. The same seed gives the same rows on every Python from 3.11 on.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ctapp.sandbox.demo_draw import Draw, Weighted
from ctapp.sandbox.demo_firms import (
    COMPANIES,
    FAILED,
    NOT_READY,
    PENDING,
    PENDING_NEVER_RUN,
    PENDING_WITH_TIME,
    READY,
    SEED,
    WITH_TARGET,
    WITHOUT_TARGET,
    Firm,
    Standing,
    firms,
    standings,
)
from ctapp.sandbox.demo_habits import draw_pattern
from ctapp.sandbox.demo_labels import make_label
from ctapp.sandbox.demo_truth import DemoTruth, demo_truth

__all__ = [
    "COMPANIES",
    "FAILED",
    "NOT_READY",
    "PENDING",
    "PENDING_NEVER_RUN",
    "PENDING_WITH_TIME",
    "READY",
    "SEED",
    "SOURCE_SYSTEM",
    "WITHOUT_TARGET",
    "WITH_TARGET",
    "DemoTruth",
    "demo_companies",
    "demo_targets",
    "demo_truth",
]

SOURCE_SYSTEM = "demo"

_FIRST_PASS = datetime(2025, 10, 1, tzinfo=UTC)
_SECONDS_OF_PASSES = int((datetime(2026, 2, 1, tzinfo=UTC) - _FIRST_PASS).total_seconds())

# (source, lowest and highest confidence it comes with, in ten-thousandths) → how often
_DOMAIN_SOURCES = Weighted({
    ("website", 8000, 9900): 400, ("search", 6500, 9200): 220, ("hunter", 7000, 9500): 180,
    ("registration", 7500, 9800): 120, ("manual", 9000, 9900): 80,
})  # fmt: skip
_PATTERN_SOURCES = Weighted({
    ("hunter", 6000, 9300): 480, ("known_addresses", 7000, 9300): 280, ("website", 5500, 8800): 180,
    ("manual", 8000, 9300): 60,
})  # fmt: skip
_WEBSITES = Weighted({
    "https://www.{}": 320, "https://{}": 180, "http://www.{}": 120, "http://www.{}/": 80, "https://www.{}/": 90,
    "https://{}/about": 20, "http://{}/index.html": 15, "https://www.{}/contact-us": 15, "HTTP://WWW.{}": 5,
})  # fmt: skip
_UNREACHABLE = dict.fromkeys(
    (
        "website_url",
        "domain",
        "domain_source",
        "domain_confidence",
        "email_pattern",
        "email_pattern_source",
        "email_pattern_confidence",
    ),
    "",
)


def demo_companies(seed: int = SEED) -> Iterator[dict[str, str]]:
    """The rows of the company file in the order of the ids; unknown is an empty string, as in any CSV file."""
    draw, taken = Draw(seed, "companies"), set[str]()
    for firm in firms(seed):
        ready = firm.standing is Standing.READY
        yield {
            "company_unique_id": firm.company_unique_id,
            "outreach_id": firm.outreach_id,
            "company_name": firm.written,
            **(_reachable(draw, firm, taken) if ready else _UNREACHABLE),
            "industry": "" if draw.chance(0.03) else firm.industry.label,
            "employee_count": "" if draw.chance(0.06) else str(firm.employees),
            "address_city": firm.place.city,
            "address_state": firm.place.state,
            "source_system": SOURCE_SYSTEM,
        }


def _reachable(draw: Draw, firm: Firm, taken: set[str]) -> dict[str, str]:
    label = make_label(draw, firm)[1]
    while label in taken:
        label = make_label(draw, firm)[1]
    taken.add(label)
    domain = f"{label}.example"
    domain_source, domain_confidence = _sourced(draw, _DOMAIN_SOURCES)
    pattern_source, pattern_confidence = _sourced(draw, _PATTERN_SOURCES)
    return {
        "website_url": draw.weighted(_WEBSITES).format(domain) if draw.chance(0.62) else "",
        "domain": domain,
        "domain_source": domain_source,
        "domain_confidence": domain_confidence,
        "email_pattern": draw_pattern(draw, firm.employees),
        "email_pattern_source": pattern_source,
        "email_pattern_confidence": pattern_confidence,
    }


def _sourced(draw: Draw, sources: Weighted[tuple[str, int, int]]) -> tuple[str, str]:
    """A source and the confidence it gave, with four decimals; one in eight gave none."""
    source, low, high = draw.weighted(sources)
    return source, "" if draw.chance(0.125) else f"{draw.between(low, high) / 10_000:.4f}"


def demo_targets(seed: int = SEED) -> Iterator[dict[str, str]]:
    """The rows of the company-target file: the not-ready companies that have a record, in the order of the ids."""
    draw = Draw(seed, "targets")
    for _, outreach_id, standing in standings(seed):
        if standing in {Standing.READY, Standing.WITHOUT_TARGET}:
            continue
        yield {
            "outreach_id": outreach_id,
            "execution_status": "failed" if standing is Standing.FAILED else "pending",
            "email_method": "",
            "confidence_score": "",
            "imo_completed_at": "" if standing is Standing.PENDING_NEVER_RUN else _time_of_pass(draw),
        }


def _time_of_pass(draw: Draw) -> str:
    """A time from 2025-10-01 up to, but not including, 2026-02-01 (UTC)."""
    return f"{_FIRST_PASS + timedelta(seconds=draw.below(_SECONDS_OF_PASSES)):%Y-%m-%dT%H:%M:%SZ}"
