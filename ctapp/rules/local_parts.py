"""Local parts of addresses: built from a reading of a name by a pattern, one or all the listed ones at once."""

from __future__ import annotations

import re

from ctapp.rules.name_readings import Reading
from ctapp.rules.pattern_grammar import Pattern, Placeholder, parse
from ctapp.rules.pattern_priors import LISTED_PATTERNS
from ctapp.rules.text_folding import fold_text

LONGEST_LOCAL_PART = 64  # octets, RFC 5321, 4.5.3.1.1

_NOT_LETTER = re.compile(r"[^a-z]+")
_LACKING = "\0"
_LISTED = [parse(pattern) for pattern in LISTED_PATTERNS]
_PLACEHOLDERS = list(dict.fromkeys(placeholder for pattern in _LISTED for placeholder in pattern.placeholders))
_TEMPLATES = "\n".join(LISTED_PATTERNS).replace("{", "%({").replace("}", "})s")


def build(pattern: Pattern, reading: Reading) -> str | None:
    """The local part; None where a placeholder has nothing to stand for, or it would be over 64 characters long."""
    local_part = ""
    for placeholder, joint in zip(pattern.placeholders, (*pattern.separators, ""), strict=True):
        piece = fill(placeholder, reading)
        if not piece:
            return None
        local_part += piece + joint
    return local_part if len(local_part) <= LONGEST_LOCAL_PART else None


def fill(placeholder: Placeholder, reading: Reading) -> str:
    """What stands for a placeholder, "" where the name lacks it.

    Of a part of one letter, an initial, no more is known. A part shorter than the prefix is taken whole.
    """
    part: str = getattr(reading, placeholder.field)
    if placeholder.length == 1:
        return reading.initial if placeholder.field == "first" else part[:1]
    if len(part) < 2 or placeholder.length is None:
        return part if len(part) > 1 else ""
    return _NOT_LETTER.sub("", part)[: placeholder.length]


def listed_patterns_for(local_part: str, reading: Reading) -> list[str]:
    """The listed patterns that yield exactly this local part from this reading."""
    pieces = {str(placeholder): fill(placeholder, reading) or _LACKING for placeholder in _PLACEHOLDERS}
    built = (_TEMPLATES % pieces).split("\n")
    if local_part not in built:
        return []
    return [pattern for pattern, built_part in zip(LISTED_PATTERNS, built, strict=True) if built_part == local_part]


def normal_local_part(address: str) -> str:
    """An address or local part as it is compared: lower case, without the domain and a `+tag`."""
    return fold_text(address.partition("@")[0].partition("+")[0].strip())
