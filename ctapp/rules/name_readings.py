"""The ways to spell a person's name in a local part: the one that is rendered and the others that are recognised."""

from __future__ import annotations

from typing import NamedTuple

from ctapp.rules.name_spellings import spellings
from ctapp.rules.nicknames import other_names
from ctapp.rules.people import PersonName

MOST_READINGS = 64


class Reading(NamedTuple):
    """One way to spell a name in a local part: a to z, joined by - . or _ only inside a part; "" where it is lacking.

    A part of one letter is an initial: it can stand for {f}, not for {first}. `initial` is what {f} becomes.
    """

    first: str
    middle: str
    last: str
    initial: str


def rendered_reading(name: PersonName) -> Reading:
    """The reading an address is built from: the most usual convention for every part."""
    given, middle = _goes_by(name)
    first = _joined(given, name.german)
    return Reading(first, _first_word(middle, name.german), _joined(name.family, name.german), first[:1])


def other_readings(name: PersonName) -> list[Reading]:
    """Further ways in which real companies spell this name, likelier ones first, at most 64, the rendered one left out.

    Nicknames, accents spelled the other way, particles and hyphens kept, dropped or replaced, one of two surnames,
    a middle name used as the first.
    """
    rendered = rendered_reading(name)
    firsts = [rendered, *_other_firsts(name, rendered)]
    lasts = [rendered.last, *_other_lasts(name, rendered)]
    pairs = [(0, j) for j in range(1, len(lasts))] + [(i, j) for i in range(1, len(firsts)) for j in range(len(lasts))]
    pairs.sort(key=sum)
    found = (firsts[i]._replace(last=lasts[j]) for i, j in pairs[: 2 * MOST_READINGS])
    return [reading for reading in dict.fromkeys(found) if reading != rendered][:MOST_READINGS]


def _goes_by(name: PersonName) -> tuple[str, str]:
    """Given and middle name as used: who writes "J. Bruce Fields" goes by Bruce."""
    if len(name.given.strip(".")) == 1 and name.middle:
        for position, word in enumerate(words := name.middle.split()):
            if len(word.strip(".")) > 1:
                return word, " ".join(words[position + 1 :])
    return name.given, name.middle


def _joined(part: str, german: bool) -> str:
    """A part's words in their likeliest spelling: "van den Berg" → vandenberg."""
    return "".join(spelled[0] for spelled in _spelled_words(part, german))


def _first_word(part: str, german: bool) -> str:
    return next((spelled[0] for spelled in _spelled_words(part, german)), "")


def _spelled_words(part: str, german: bool) -> list[tuple[str, ...]]:
    if part.isascii() and part.isalpha():
        return [(part.lower(),)]
    return [spelled for spelled in (spellings(word, german=german) for word in part.split()) if spelled]


def _other_firsts(name: PersonName, rendered: Reading) -> list[Reading]:
    """Other first names, each with what is left as the middle name."""
    given = _spelled_words(_goes_by(name)[0], name.german)
    words = [spelled[0] for spelled in given]
    firsts = [
        *_respelled(given),
        *(spelled for alias in name.aliases for spelled in spellings(alias, german=name.german)),
    ]
    firsts += [other for word in words for other in other_names(word)]
    firsts += _rejoined(words)
    found = [rendered._replace(first=first, initial=first[:1]) for first in firsts]
    initials = [piece[0] for word in words for piece in word.split("-")]
    if len(initials) > 1:
        found += [rendered._replace(initial=joint.join(initials)) for joint in ("", "-")]
    written, middle = _spelled_words(name.given, name.german), _spelled_words(name.middle, name.german)
    if written and middle:
        found += _with_middle_name(rendered, written[0][0], middle[0][0])
    return found


def _with_middle_name(rendered: Reading, given: str, middle: str) -> list[Reading]:
    """ "Mary Ann Smith" is maryann, mary.ann or mary-ann to some, Ann to others."""
    both = [f"{given}{joint}{middle}" for joint in ("", ".", "-", "_")]
    found = [rendered._replace(first=first, middle="", initial=first[:1]) for first in (*both, middle)]
    found.append(rendered._replace(first=given, middle=middle, initial=given[:1]))
    return [*found, rendered._replace(middle="", initial=given[:1] + middle[:1])]


def _other_lasts(name: PersonName, rendered: Reading) -> list[str]:
    family, middle = _spelled_words(name.family, name.german), _spelled_words(name.middle, name.german)
    words = [spelled[0] for spelled in family]
    lasts = [*_respelled(family), *_rejoined(words)]
    lasts += filter(None, [_joined(name.maiden, name.german)])
    if len(words) > 1:
        lasts += [words[-1], words[0], "".join(word[0] for word in words[:-1]) + words[-1]]
    if middle and words and len(middle[-1][0]) > 1:
        second = middle[-1][0]
        lasts += [second, *(f"{second}{joint}{rendered.last}" for joint in ("", "-", ".", "_"))]
    return lasts


def _respelled(words: list[tuple[str, ...]]) -> list[str]:
    """A part with its words in their second, third … spelling: mueller, then muller."""
    most = max((len(spelled) for spelled in words), default=0)
    return ["".join(spelled[min(choice, len(spelled) - 1)] for spelled in words) for choice in range(1, most)]


def _rejoined(words: list[str]) -> list[str]:
    """A part of several words or with hyphens, joined in the other ways, then its first and its last word alone."""
    pieces = [piece for word in words for piece in word.split("-")]
    if len(pieces) < 2:
        return []
    return [*(joint.join(pieces) for joint in ("", "-", ".", "_")), pieces[0], pieces[-1]]
