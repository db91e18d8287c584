"""The words of the demo world: cities, industries and parts of company names, read from the lists beside this file."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    """A city, its state's two-letter code, and what the firms there call the region."""

    city: str
    state: str
    region: str


class Industry(NamedTuple):
    """A line of business; its firms are organised as "trade", "professional" or "nonprofit" and name their trade so."""

    label: str
    organisation: str
    weight: int
    trades: tuple[str, ...]


def _blocks(filename: str) -> Iterator[tuple[list[str], tuple[str, ...]]]:
    """Each block of a list: the fields of its heading, and the comma-separated items of the indented lines below."""
    text = Path(__file__).with_name(filename).read_text(encoding="utf-8")
    heading, items = "", ""
    for line in text.splitlines()[1:]:
        if line.startswith(" "):
            items = f"{items} {line.strip()}"
            continue
        if heading:
            yield _block(heading, items)
        heading, items = line, ""
    yield _block(heading, items)


def _block(heading: str, items: str) -> tuple[list[str], tuple[str, ...]]:
    return [field.strip() for field in heading.split("|")], tuple(item.strip() for item in items.split(","))


INDUSTRIES = tuple(
    Industry(label, organisation, int(weight), trades)
    for (label, organisation, weight), trades in _blocks("demo_industries.txt")
)
PLACES = tuple(Place(city, state, region) for (state, region), cities in _blocks("demo_cities.txt") for city in cities)

_LISTS = {name: items for (name,), items in _blocks("demo_words.txt")}

ACCENTED_SURNAMES = _LISTS["accented surnames"]
GIVEN_NAMES = _LISTS["given names"]
SURNAMES = (
    *_LISTS["common surnames"],
    *(start + end for end in _LISTS["surname ends"] for start in _LISTS["surname starts"]),
)

FANCY_FIRST = _LISTS["fancy first"]
FANCY_SECOND = _LISTS["fancy second"]
FANCY_ALONE = _LISTS["fancy alone"]
COINED_STARTS = _LISTS["coined starts"]
COINED_MIDDLES = _LISTS["coined middles"]
COINED_ENDS = _LISTS["coined ends"]
BLENDS = _LISTS["blends"]
BLEND_ENDS = _LISTS["blend ends"]
COLLECTIVES = _LISTS["collectives"]
LETTERS = "ABCDEFGHIJKLMNOPRSTVW"

# Three letters that read as a word, or as a name that everybody knows.
NO_INITIALS = frozenset(_LISTS["no initials"])

# Names, without spaces, of firms everybody knows that the lists above could make by chance.
WELL_KNOWN = frozenset(_LISTS["well known"])
