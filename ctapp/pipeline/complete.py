"""Complete: turn domain and pattern into a CT record that is DONE, or say why the data cannot be used."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ctapp.pipeline.record import Record
from ctapp.rules import patterns
from ctapp.rules.hosts import HostError, registrable_domain

STAGE = "complete"

# The share of people that a company's dominant pattern explains on average, measured over 744 companies; it stands in
# where the row brings no confidence of its own.
DEFAULT_CONFIDENCE = Decimal("0.7200")


@dataclass(frozen=True)
class Completion:
    """What the CT record gets: method, the source behind it, and the score (0–1)."""

    email_method: str
    method_type: str | None
    confidence_score: Decimal


@dataclass(frozen=True)
class Failure:
    """Why data that is there cannot be used: `code` for machines, `sentence` with value and reason, the `next_step`."""

    code: str
    sentence: str
    next_step: str


def decide(record: Record) -> Completion | Failure:
    """Complete a record that has domain and pattern.

    The only evidence so far is the company row itself, so the method is `inference`, from the row's pattern source.
    """
    failure = _unusable(record.domain or "", record.email_pattern or "")
    if failure:
        return failure
    confidence = record.email_pattern_confidence
    score = DEFAULT_CONFIDENCE if confidence is None else confidence
    return Completion("inference", record.email_pattern_source, score)


@lru_cache(maxsize=4096)
def _pattern_error(pattern: str) -> str | None:
    try:
        patterns.parse(pattern)
    except patterns.PatternError as error:
        return str(error)
    return None


def _unusable(domain: str, pattern: str) -> Failure | None:
    error = _pattern_error(pattern)
    if error:
        return Failure("pattern_invalid", error, "withdraw or correct the pattern by hand, or import a valid one")
    try:
        registrable = registrable_domain(domain)
    except HostError as refused:
        return Failure("domain_invalid", str(refused), "correct the domain by hand, or import a valid one")
    if registrable != domain:
        sentence = f"'{domain}' is not a registrable domain in lower case; {registrable} would be"
        return Failure("domain_invalid", sentence, f"set the domain to {registrable} by hand, if that is theirs")
    return None
