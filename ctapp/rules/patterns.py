"""E-mail patterns, the front door: the grammar, building local parts, and inference from known addresses."""

from __future__ import annotations

from collections.abc import Sequence

from ctapp.rules.known_addresses import REFUSAL_WEIGHT, observed, refused, without_known_people
from ctapp.rules.local_parts import build
from ctapp.rules.name_readings import rendered_reading
from ctapp.rules.pattern_evidence import KnownAddress, explain
from ctapp.rules.pattern_grammar import Pattern, PatternError, Placeholder, parse, split_domain
from ctapp.rules.pattern_inference import Observation, PatternEstimate, posterior
from ctapp.rules.people import read_name

__all__ = [
    "Observation",
    "Pattern",
    "PatternError",
    "PatternEstimate",
    "Placeholder",
    "explaining_patterns",
    "infer",
    "infer_with_refusals",
    "parse",
    "posterior",
    "render",
    "split_domain",
]


def render(pattern: str, full_name: str) -> str | None:
    """The local part a pattern gives a person, in ASCII lower case; None where the name lacks a part of it.

    The likeliest convention is chosen: particles joined on (vandenberg), hyphens kept, apostrophes and accents
    dropped, ß as ss, German umlauts as ae, oe, ue. An initial never stands for {first}. Raises PatternError.
    """
    parsed = parse(pattern)
    name = read_name(full_name)
    return None if name is None else build(parsed, rendered_reading(name))


def explaining_patterns(full_name: str, address: str) -> frozenset[str]:
    """The patterns that explain a person's address (with or without domain), the name's other spellings included.

    Empty where none does, where the address is only nearly explained, and where it is a role's (info@).
    """
    known = KnownAddress.read(full_name, address)
    found = None if known is None else explain(known)
    return frozenset() if found is None or found.near_miss else found.patterns


def infer(known: Sequence[tuple[str, str]], *, employee_count: int | None = None) -> list[PatternEstimate]:
    """Patterns by the probability that an address built with them for one more person is right, best first.

    `known`: (full name, local part) pairs of the company, possibly none; their order is no matter. `employee_count`:
    people at the company, None where unknown. All listed patterns are there, and every one the pairs show.
    """
    return posterior(observed(known), employee_count=employee_count)


def infer_with_refusals(
    known: Sequence[tuple[str, str]],
    refusals: Sequence[tuple[str, str]],
    *,
    employee_count: int | None = None,
    weight: float = REFUSAL_WEIGHT,
) -> list[PatternEstimate]:
    """`infer`, with addresses besides that a mail server refused: (full name, local part) as probed.

    Accepted addresses belong into `known`. What was refused to a person with a known address says nothing more.
    `weight`, 0 to 1: the probability that a refusal speaks about the pattern and not about the person or the server.
    """
    telling = refused(without_known_people(refusals, known), weight=weight)
    return posterior([*observed(known), *telling], employee_count=employee_count)
