"""From the addresses known or refused at a company to observations, one for every person however often listed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ctapp.rules.local_parts import listed_patterns_for
from ctapp.rules.name_readings import Reading
from ctapp.rules.pattern_evidence import Explanation, KnownAddress, explain
from ctapp.rules.pattern_grammar import parse
from ctapp.rules.pattern_inference import Observation
from ctapp.rules.pattern_priors import LISTED_PATTERNS

# An address that a server refuses may be that of someone who has left, or the server may not tell the truth.
REFUSAL_WEIGHT = 0.85
MOST_UNLISTED_PATTERNS = 12

_LISTED = frozenset(LISTED_PATTERNS)


def observed(known: Sequence[tuple[str, str]]) -> list[Observation]:
    """What (full name, local part) pairs say. Roles' addresses and what cannot be read say nothing.

    A pair given twice counts once; several addresses of one person, or several people at one address, share the weight
    of one.
    """
    explained = _explained_once(known)
    people = Counter(address.reading for address, _ in explained)
    local_parts = Counter(address.local_part for address, _ in explained)
    unlisted = _unlisted_patterns(found for _, found in explained)
    return [
        _observation(address, found, unlisted, 1.0 / max(people[address.reading], local_parts[address.local_part]))
        for address, found in explained
    ]


def refused(pairs: Sequence[tuple[str, str]], *, weight: float = REFUSAL_WEIGHT) -> list[Observation]:
    """What it says that these (full name, local part) addresses do not exist: one observation a person.

    `weight`, 0 to 1: the probability that such a refusal speaks about the pattern (see `Observation`).
    """
    patterns: defaultdict[Reading, set[str]] = defaultdict(set)
    for address in _read(pairs):
        patterns[address.reading].update(listed_patterns_for(address.local_part, address.reading))
    return [Observation(frozenset(found), weight=weight, refused=True) for found in patterns.values() if found]


def without_known_people(
    refusals: Sequence[tuple[str, str]], known: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """The refused (full name, local part) pairs of people none of whose addresses is known."""
    people = {address.reading for address in _read(known)}
    return [pair for pair in refusals if (address := KnownAddress.read(*pair)) and address.reading not in people]


def _read(pairs: Iterable[tuple[str, str]]) -> Iterator[KnownAddress]:
    return (address for pair in pairs if (address := KnownAddress.read(*pair)) is not None)


def _explained_once(known: Sequence[tuple[str, str]]) -> list[tuple[KnownAddress, Explanation]]:
    """Each person and local part once, "John Smith" and "Smith, John" being one person, with its explanation."""
    once = {(address.reading, address.local_part): address for address in _read(sorted(known))}
    return [(address, found) for address in once.values() if (found := explain(address)) is not None]


def _unlisted_patterns(explanations: Iterable[Explanation]) -> list[str]:
    """The patterns out of the ordinary that were seen most."""
    seen = Counter(pattern for found in explanations for pattern in sorted(found.patterns - _LISTED))
    return [pattern for pattern, _ in seen.most_common(MOST_UNLISTED_PATTERNS)]


def _observation(address: KnownAddress, found: Explanation, unlisted: list[str], weight: float) -> Observation:
    """The observation in one explanation, patterns seen with others at the company tried on this address too."""
    if not unlisted:
        return Observation(found.patterns, weight, found.doubt, found.exact)
    also = {pattern for pattern in unlisted if pattern not in found.patterns and address.fits(parse(pattern))}
    kept = (found.patterns & _LISTED) | found.patterns.intersection(unlisted) | also
    return Observation(kept, weight, 0.0 if also else found.doubt, found.exact or bool(also))
