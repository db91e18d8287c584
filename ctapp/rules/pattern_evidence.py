"""What one known address says about its company's pattern: the patterns that explain it, and how surely they do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ctapp.rules.local_parts import LONGEST_LOCAL_PART, build, listed_patterns_for, normal_local_part
from ctapp.rules.name_readings import Reading, other_readings, rendered_reading
from ctapp.rules.pattern_grammar import LONGEST_PREFIX, Pattern, Placeholder
from ctapp.rules.people import PersonName, read_name
from ctapp.rules.role_addresses import is_role_address

# How often an address comes to look like this by chance, beside the share of people who follow the pattern unasked.
DOUBT_OF_OTHER_SPELLING = 0.02
DOUBT_OF_NEAR_MISS = 0.15
DOUBT_OF_SINGLE_NAME = 0.3

_TRAILING_NUMBER = re.compile(r"[._-]?\d+$")
_IN_TWO = re.compile(r"([a-z]+)([._-]?)(?:([a-z])[._-]?)?$")


@dataclass(frozen=True, slots=True)
class Explanation:
    """The patterns (canonical) that explain an address, none where nothing in the grammar does.

    `exact`: rendering any of them yields the address; otherwise they explain it by another spelling of the name, or
    nearly. `doubt`: share of people, 0 to 1, to whom this happens without following the pattern.
    """

    patterns: frozenset[str]
    exact: bool = False
    doubt: float = 0.0

    @property
    def near_miss(self) -> bool:
        """Whether no reading of the name gives the address: the patterns come near it only."""
        return not self.exact and self.doubt == DOUBT_OF_NEAR_MISS


UNEXPLAINED = Explanation(frozenset())


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """A person's name, taken apart, beside the local part of their address."""

    name: PersonName
    reading: Reading
    local_part: str

    @classmethod
    def read(cls, full_name: str, address: str) -> KnownAddress | None:
        """From a name and an address with or without domain; None where either cannot be read."""
        local_part = normal_local_part(address)
        name = read_name(full_name) if 0 < len(local_part) <= LONGEST_LOCAL_PART else None
        return None if name is None else cls(name, rendered_reading(name), local_part)

    def fits(self, pattern: Pattern) -> bool:
        """Whether a pattern yields this address from any reading of the name."""
        return any(build(pattern, reading) == self.local_part for reading in (self.reading, *other_readings(self.name)))


def explain(known: KnownAddress) -> Explanation | None:
    """The best explanation of an address by its person's name; None where it is a role's and so no evidence.

    A plain rendering goes before another spelling of the name, that before a pattern out of the ordinary, and that
    before a near miss (a number behind it, another first or last name, a middle initial the name does not have).
    """
    exact = listed_patterns_for(known.local_part, known.reading)
    if is_role_address(known.local_part) and not (exact and len(known.local_part) == 2):
        return None
    if exact:
        return Explanation(frozenset(exact), True, DOUBT_OF_SINGLE_NAME if _is_single(known.reading) else 0.0)
    return _explain_otherwise(known.local_part, known.name, known.reading)


def _is_single(reading: Reading) -> bool:
    # Who gives one name only may well have given the user name itself.
    return not (reading.first and reading.last)


def _explain_otherwise(local_part: str, name: PersonName, reading: Reading) -> Explanation:
    others = other_readings(name)
    if patterns := _listed_for_any(local_part, others):
        return Explanation(patterns, False, DOUBT_OF_OTHER_SPELLING)
    if patterns := frozenset(_unlisted_patterns(local_part, reading)):
        return Explanation(patterns, True)
    numberless = _TRAILING_NUMBER.sub("", local_part)
    if numberless != local_part and (patterns := _listed_for_any(numberless, [reading, *others])):
        return Explanation(patterns, False, DOUBT_OF_NEAR_MISS)
    if patterns := frozenset(_near_misses(numberless, reading)):
        return Explanation(patterns, False, DOUBT_OF_NEAR_MISS)
    return UNEXPLAINED


def _listed_for_any(local_part: str, readings: list[Reading]) -> frozenset[str]:
    """The patterns by which one reading or another gives the local part."""
    return frozenset(pattern for reading in readings for pattern in listed_patterns_for(local_part, reading))


def _unlisted_patterns(local_part: str, reading: Reading) -> Iterator[str]:
    """Patterns of two parts of the name, or their first letters, that no list has: {first:4}{last:2} …"""
    if len(local_part) < 3:
        return
    for one, other in (("first", "last"), ("last", "first"), ("first", "middle")):
        for length in range(1, len(local_part)):
            if not getattr(reading, one).startswith(local_part[:length]):
                break
            joint, tail = _split_joint(local_part[length:])
            if not tail or not getattr(reading, other).startswith(tail):
                continue
            pattern = Pattern((_prefix(reading, one, length), _prefix(reading, other, len(tail))), (joint,))
            if build(pattern, reading) == local_part:
                yield str(pattern)


def _prefix(reading: Reading, field: str, length: int) -> Placeholder:
    if 1 < length == len(getattr(reading, field)):
        return Placeholder(field)
    return Placeholder(field, min(length, LONGEST_PREFIX))


def _near_misses(local_part: str, reading: Reading) -> Iterator[str]:
    """Patterns a person would follow whose address shows another first name, surname or middle initial."""
    first, last = reading.first, reading.last
    if len(last) > 2 and local_part.endswith(last):
        yield from _by_head(_IN_TWO.match(local_part[: -len(last)]), reading)
    elif len(last) > 2 and local_part.startswith(last):
        joint, rest = _split_joint(local_part[len(last) :])
        if rest.isalpha() and (joint or len(rest) == 1):
            yield f"{{last}}{joint}{'{f}' if len(rest) == 1 else '{first}'}"
    elif len(first) > 2 and local_part.startswith(first):
        joint, rest = _split_joint(local_part[len(first) :])
        if rest.isalpha() and joint:
            yield f"{{first}}{joint}{'{l}' if len(rest) == 1 else '{last}'}"
    elif len(local_part) > 2 and first.startswith(local_part):
        yield "{first}"


def _split_joint(text: str) -> tuple[str, str]:
    return (text[0], text[1:]) if text[:1] in (".", "_", "-") else ("", text)


def _by_head(head: re.Match[str] | None, reading: Reading) -> Iterator[str]:
    """What stands before the surname: another first name or initial, and perhaps a middle initial."""
    if head is None:
        return
    given, joint, middle = head.groups()
    if not joint and len(given) == 2 and given[0] == reading.initial:
        given, middle = given[0], given[1]
    if joint or len(given) == 1:
        field = "{f}" if len(given) == 1 else "{first}"
        yield f"{field}{joint}{{last}}"
        if middle:
            yield f"{field}{joint}{{m}}{joint}{{last}}"
