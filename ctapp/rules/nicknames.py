"""Other names a person may go by: Bob for Robert, Robert for Bob, from the kept list `nicknames.csv`."""

import csv
from pathlib import Path

KEPT_LIST = Path(__file__).with_name("nicknames.csv")


def other_names(first_name: str) -> tuple[str, ...]:
    """The short forms of a first name and the names it is short for; both sides lower-case ASCII, () if none."""
    return _OTHER_NAMES.get(first_name, ())


def _read_kept_list() -> dict[str, tuple[str, ...]]:
    """Read the list in both directions; a line is a name, then its short forms and spellings, the usual one first."""
    others: dict[str, list[str]] = {}
    with KEPT_LIST.open(encoding="ascii", newline="") as lines:
        for line in csv.DictReader(lines):
            for short_form in line["short_forms"].split():
                others.setdefault(line["name"], []).append(short_form)
                others.setdefault(short_form, []).append(line["name"])
    return {name: tuple(dict.fromkeys(names)) for name, names in others.items()}


_OTHER_NAMES = _read_kept_list()
