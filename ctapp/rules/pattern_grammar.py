"""The grammar of e-mail patterns: what `{first}.{last}` may look like, and its one canonical spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

FIELDS = ("first", "middle", "last")
INITIALS = {"f": "first", "m": "middle", "l": "last"}
SEPARATORS = "._-"
LONGEST_PREFIX = 12
MOST_PLACEHOLDERS = 8
ACCEPTED = "accepted: {first} {middle} {last}, initials {f} {m} {l}, prefixes {first:2}, joined by . _ - or nothing"

# ASCII is said outright: without it "ſ" and "K" count as the letters s and k when case is ignored.
_PLACEHOLDER = re.compile(r"\{(first|middle|last)(?::([0-9]+))?\}|\{([fml])\}", re.ASCII | re.IGNORECASE)


class PatternError(ValueError):
    """A text that is not an e-mail pattern; the message is one line: which text, why, what is accepted."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One part of a name: `field` is first, middle or last; `length` its first letters (1–12), None for all of it."""

    field: str
    length: int | None = None

    def __str__(self) -> str:
        if self.length is None:
            return f"{{{self.field}}}"
        if self.length == 1:
            return f"{{{self.field[0]}}}"
        return f"{{{self.field}:{self.length}}}"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern; `separators[i]` stands between `placeholders[i]` and the next, "" where they touch."""

    placeholders: tuple[Placeholder, ...]
    separators: tuple[str, ...]

    def __str__(self) -> str:
        joints = (*self.separators, "")
        return "".join(f"{placeholder}{joint}" for placeholder, joint in zip(self.placeholders, joints, strict=True))


@lru_cache(maxsize=1024)
def parse(text: str) -> Pattern:
    """Read a pattern in any letter case; `{first:1}` and `{f}` become the same Pattern. Raises PatternError."""
    remaining = text.strip()
    if not remaining:
        _refuse(text, "it is empty")
    placeholders: list[Placeholder] = []
    separators: list[str] = []
    while True:
        match = _PLACEHOLDER.match(remaining)
        if match is None:
            _refuse(text, _why_no_placeholder(remaining))
        placeholders.append(_placeholder(text, match))
        remaining = remaining[match.end() :]
        if not remaining:
            return Pattern(tuple(placeholders), tuple(separators))
        if len(placeholders) == MOST_PLACEHOLDERS:
            _refuse(text, f"it goes on after {MOST_PLACEHOLDERS} placeholders")
        joint = remaining[0] if remaining[0] in SEPARATORS else ""
        separators.append(joint)
        remaining = remaining[len(joint) :]


def split_domain(text: str) -> tuple[str, str | None]:
    """Cut an optional `@domain` off: (pattern text, domain in lower case or None). Does not check the pattern.

    Raises PatternError where there is an "@" with nothing, or with more than one domain, behind it.
    """
    pattern_text, at, domain = text.partition("@")
    if not at:
        return text.strip(), None
    domain = domain.strip().lower().rstrip(".")
    if not domain:
        _refuse(text, "nothing stands behind the '@'")
    if "@" in domain:
        _refuse(text, "it has more than one '@'")
    return pattern_text.strip(), domain


def _placeholder(text: str, match: re.Match[str]) -> Placeholder:
    field, digits, initial = match.groups()
    if initial is not None:
        return Placeholder(INITIALS[initial.lower()], 1)
    if digits is None:
        return Placeholder(field.lower())
    # The number of digits is looked at first: int() refuses very long ones.
    if len(digits) > 2 or not 1 <= int(digits) <= LONGEST_PREFIX:
        _refuse(text, f"the prefix {_quoted(match.group())} is not 1 to {LONGEST_PREFIX} letters long")
    return Placeholder(field.lower(), int(digits))


def _why_no_placeholder(remaining: str) -> str:
    if not remaining:
        return "it ends in a separator"
    if remaining[0] in SEPARATORS:
        return f"the separator '{remaining[0]}' does not stand between two placeholders"
    if remaining[0] == "{":
        return f"{_quoted(remaining[: remaining.find('}') + 1] or remaining)} is not a placeholder"
    if remaining[0] == "@":
        return "a domain is accepted on import only, where it is the company's own"
    return f"{_quoted(remaining)} is outside any placeholder"


def _quoted(text: str) -> str:
    shown = ascii(text)
    return shown if len(shown) <= 60 else f"{shown[:56]}…'"


def _refuse(text: str, reason: str) -> NoReturn:
    raise PatternError(f"e-mail pattern {_quoted(text)}: {reason}; {ACCEPTED}")
