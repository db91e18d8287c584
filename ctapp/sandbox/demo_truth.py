"""What is true in the made-up world about the companies that are not ready: for its internet, never for an import."""

from collections.abc import Iterator
from typing import NamedTuple

from ctapp.sandbox.demo_draw import Draw, Weighted
from ctapp.sandbox.demo_firms import SEED, Firm, Standing, firms
from ctapp.sandbox.demo_habits import draw_pattern, draw_share_following
from ctapp.sandbox.demo_labels import make_label

_WITH_DOMAIN = 0.93
_TLDS = Weighted({"com": 865, "net": 55, "us": 25, "co": 22, "biz": 18, "org": 15})
_NONPROFIT_TLDS = Weighted({"org": 740, "com": 170, "net": 50, "us": 40})


class DemoTruth(NamedTuple):
    """One not-ready company as it really is; a firm without a domain has neither derivation nor e-mail pattern.

    `domain` is lower-case ASCII, `derivation` the way its label came from the name (see `demo_labels`), `employees` 1
    or more, `share_following` (0.5-1) the share of its people whose address follows `email_pattern`.
    """

    company_unique_id: str
    outreach_id: str
    company_name: str
    industry: str
    city: str
    state: str
    employees: int
    domain: str | None
    derivation: str | None
    email_pattern: str | None
    share_following: float | None


def demo_truth(seed: int = SEED) -> Iterator[DemoTruth]:
    """The truth about each not-ready company in the order of the ids; no two share a domain.

    Every company draws from a stream of its own: more can be drawn later without changing an imported row.
    """
    taken: set[str] = set()
    for firm in firms(seed):
        if firm.standing is not Standing.READY:
            yield _truth(Draw(seed, f"truth/{firm.company_unique_id}"), firm, taken)


def _truth(draw: Draw, firm: Firm, taken: set[str]) -> DemoTruth:
    city, state, _ = firm.place
    known = (firm.company_unique_id, firm.outreach_id, firm.written, firm.industry.label, city, state, firm.employees)
    if not draw.chance(_WITH_DOMAIN):
        return DemoTruth(*known, domain=None, derivation=None, email_pattern=None, share_following=None)
    derivation, domain = _domain(draw, firm)
    while domain in taken:
        derivation, domain = _domain(draw, firm)
    taken.add(domain)
    return DemoTruth(*known, domain, derivation, draw_pattern(draw, firm.employees), draw_share_following(draw))


def _domain(draw: Draw, firm: Firm) -> tuple[str, str]:
    derivation, label = make_label(draw, firm)
    tlds = _NONPROFIT_TLDS if firm.industry.organisation == "nonprofit" else _TLDS
    return derivation, f"{label}.{draw.weighted(tlds)}"
