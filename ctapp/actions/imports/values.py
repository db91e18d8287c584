"""Readers of single cells: from the trimmed, non-blank text to the value, or a ValueError that says why not."""

import json
import math
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from ctapp.rules.hosts import HostError, registrable_domain
from ctapp.rules.patterns import PatternError, parse, split_domain

MOST_EMPLOYEES = 10_000_000
LARGEST_COUNT = 1_000_000
LONGEST_JSON = 20_000
FOUR_DECIMALS = Decimal("0.0001")
_NUMBER = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,30})?|\.[0-9]{1,30}", re.ASCII)
_GROUPED = r"[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]{1,12}"
_COUNT = re.compile(rf"({_GROUPED})(?:\.0+)?", re.ASCII)
_RANGE = re.compile(rf"({_GROUPED})\s*(?:(?:-|–|—|to)\s*(?:{_GROUPED})|\+)(?:\s*employees)?", re.ASCII | re.IGNORECASE)
_UUID = re.compile(r"\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?", re.ASCII | re.IGNORECASE)
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class GivenPattern(NamedTuple):
    """A pattern in its canonical form, and the domain that stood behind it, if any, which must be the company's."""

    pattern: str
    domain: str | None


class GivenCount(NamedTuple):
    """A number of employees; `is_lower_bound` where the file gave a range such as 51-200."""

    number: int
    is_lower_bound: bool


def text(longest: int) -> Callable[[str], str]:
    """A reader of free text up to so many characters, with runs of blanks and line breaks as one blank."""

    def read(cell: str) -> str:
        value = " ".join(cell.split())
        if len(value) > longest:
            raise ValueError(f"{len(value):,} characters, at most {longest:,} are kept")
        return value

    return read


def url(cell: str) -> str:
    """An address as it was given."""
    if len(cell) > 2000:
        raise ValueError(f"{len(cell):,} characters, at most 2,000 are kept")
    return cell


def domain(cell: str) -> str:
    """The registrable domain of a domain, URL or e-mail address."""
    try:
        return registrable_domain(cell)
    except HostError as error:
        raise ValueError(str(error)) from error


@lru_cache(maxsize=4096)
def pattern(cell: str) -> GivenPattern:
    """An e-mail pattern, with or without @domain behind it."""
    try:
        text_alone, behind = split_domain(cell)
        return GivenPattern(str(parse(text_alone)), behind)
    except PatternError as error:
        raise ValueError(str(error)) from error


@lru_cache(maxsize=4096)
def share(cell: str) -> Decimal:
    """A confidence from 0 to 1, or 0 % to 100 %, rounded to four decimals; a comma may stand for the point."""
    number = cell.removesuffix("%").rstrip()
    number = number.replace(",", ".") if number.count(",") == 1 and "." not in number else number
    if not _NUMBER.fullmatch(number):
        raise ValueError("not a number from 0 to 1, nor a percentage")
    value = Decimal(number) / 100 if cell.endswith("%") else Decimal(number)
    if value > 1:
        raise ValueError("above 1; write 0.87 or 87 %")
    return value.quantize(FOUR_DECIMALS)


@lru_cache(maxsize=4096)
def employees(cell: str) -> GivenCount:
    """A whole number, thousands grouped or not; of a range (51-200, 10,000+) the lower bound, which is marked."""
    exact, bounds = _COUNT.fullmatch(cell), _RANGE.fullmatch(cell)
    match = exact or bounds
    if match is None:
        raise ValueError("not a whole number such as 1200 or 1,200, nor a range such as 51-200")
    number = int(match[1].replace(",", "").replace(" ", ""))
    if number > MOST_EMPLOYEES:
        raise ValueError(f"more than {MOST_EMPLOYEES:,} employees")
    return GivenCount(number, exact is None)


def count(cell: str) -> int:
    """A whole number from 0 to one million."""
    if not (cell.isascii() and cell.isdigit()) or len(cell) > 7 or int(cell) > LARGEST_COUNT:
        raise ValueError(f"not a whole number from 0 to {LARGEST_COUNT:,}")
    return int(cell)


def identifier(cell: str) -> uuid.UUID:
    """A UUID."""
    if not _UUID.fullmatch(cell):
        raise ValueError("not a UUID such as 6f1c2f0e-0b5e-4d8a-9a53-0c8f5a9d1b77")
    return uuid.UUID(cell)


@lru_cache(maxsize=4096)
def moment(cell: str) -> datetime:
    """A time in ISO 8601 (2026-02-02T10:00:00Z, 2026-02-02 10:00), UTC where it names no zone; not in the future."""
    try:
        value = datetime.fromisoformat(cell.removesuffix(" UTC"))
        value = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("not a time such as 2026-02-02T10:00:00Z") from error
    return value


def past_moment(cell: str) -> datetime:
    """As `moment`, for what has happened already; a day ahead is let pass as a clock or zone that differs."""
    value = moment(cell)
    if value > datetime.now(UTC) + timedelta(days=1):
        raise ValueError("lies in the future")
    return value


def yes_or_no(cell: str) -> bool:
    """A truth value as databases and people write it."""
    word = cell.casefold()
    if word in {"true", "t", "yes", "y", "1"}:
        return True
    if word in {"false", "f", "no", "n", "0"}:
        return False
    raise ValueError("neither true nor false")


def word_of(words: tuple[str, ...]) -> Callable[[str], str]:
    """A reader of one of these words, in any letter case."""
    by_spelling = {word.casefold(): word for word in words}

    def read(cell: str) -> str:
        if cell.casefold() not in by_spelling:
            raise ValueError(f"not one of {', '.join(words)}")
        return by_spelling[cell.casefold()]

    return read


def json_value(cell: str) -> Any:
    """A JSON value that both databases can keep."""
    if len(cell) > LONGEST_JSON:
        raise ValueError(f"{len(cell):,} characters of JSON, at most {LONGEST_JSON:,} are kept")
    try:
        value = json.loads(cell, parse_constant=_no_number, parse_float=_finite)
        written = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError) as error:
        raise ValueError("not valid JSON") from error
    if _UNSTORABLE.search(written) or "\\u0000" in written:
        raise ValueError("JSON with a NUL or half a character, which cannot be stored")
    return value


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number in JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError("too large a number")
    return value
