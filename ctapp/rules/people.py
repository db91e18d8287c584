"""Names of real people, taken apart into given, middle and family name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from nameparser import Lexicon, Parser

from ctapp.rules.name_spellings import has_german_umlauts, spellings, to_latin

LONGEST_NAME = 160

# nameparser counts some 800 words as titles, many of them given names and surnames too (King, Dean, Judge, Prince).
_HONORIFICS = frozenset(
    ("mr", "mrs", "ms", "miss", "mx", "mister", "dr", "prof", "professor", "sir", "herr", "frau", "mme", "mlle", "rev")
)
# Other degrees and certificates than these are taken for such only in capitals: Cao, Caps and Ed are names too.
_DEGREES = frozenset(
    ("phd", "md", "mba", "cpa", "dds", "dmd", "msc", "bsc", "dvm", "mph", "cfa", "cfp", "pharmd", "edd")
)
_DEFAULT = Lexicon.default()
_LEXICON = _DEFAULT.remove(
    titles=_DEFAULT.titles - _HONORIFICS, given_name_titles=_DEFAULT.given_name_titles - _HONORIFICS
).add(suffix_acronyms_ambiguous=_DEFAULT.suffix_acronyms - _DEGREES)
_PARSER = Parser(lexicon=_LEXICON)
# A word of these may be something else than a name: names without one need no parser.
_WORDS_WITH_A_ROLE = frozenset().union(
    _LEXICON.titles,
    _LEXICON.particles,
    _LEXICON.suffix_words,
    _LEXICON.suffix_acronyms,
    _LEXICON.suffix_acronyms_ambiguous,
    _LEXICON.conjunctions,
    _LEXICON.bound_given_names,
    _LEXICON.maiden_markers,
)
_NEVER_SURNAMES = _LEXICON.suffix_words | _DEGREES
# Surnames and particles of two letters, in capitals before the given name no initials: "LI Wei", but not "AJ Brown".
_SHORT_SURNAMES = re.compile(
    r"AN|BO|DA|DE|DI|DO|DU|EL|FU|GE|GU|HA|HE|HO|HU|KE|KO|LE|LA|LI|LU|LY|MA|MC|MO|NG|NI|OH|OU|QI|ST|SU|WU|XU|YE|YI|YU"
)
_PLAIN_WORD = re.compile(r"(?![ae]l-)[a-z]+(?:['-][a-z]+)*", re.IGNORECASE | re.ASCII)
_SPACED_HYPHEN = re.compile(r"^(\S+)\s+-\s+(?=\S+\s)")
_ASIDE = re.compile(r"\s+[-•·:]+\s.*|[|/@;].*", re.DOTALL)
_ARABIC_ARTICLE = re.compile(r"\b([ae]l)-(?=\w)", re.IGNORECASE)
_BRACKETS = str.maketrans("[]{}<>“”«»", "()()()" + '"' * 4)
_NOT_NAME = re.compile(r"[^\w\s.,'’‘`´ʼ\"()-]|[\d_]")
_GLUED_INITIAL = re.compile(r"\.(?=[^\W\d_]{2})")
_CAMEL_CASE = re.compile(r"((?!Mac)[A-Z][a-z]{2,})([A-Z][a-z]{2,})")
_COMMA = re.compile(r"[\s,]*,[\s,]*")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name taken apart, each part as written, words separated by spaces; `aliases` are other first names given."""

    given: str
    middle: str
    family: str
    aliases: tuple[str, ...] = ()
    maiden: str = ""
    german: bool = True


def read_name(full_name: str) -> PersonName | None:
    """Take a full name apart; None where nothing in it can be spelled in Latin letters or it is no name at all.

    "Smith, John", "SMITH John" and "John Smith" are the same; titles and suffixes (Dr., Jr., PhD), what stands behind
    a dash or a slash and what is in brackets are left out, the latter kept as a possible nickname.
    """
    words = full_name.split() if len(full_name) <= LONGEST_NAME else []
    plain = _read_plain(words)
    if plain is not None:
        return plain
    tidy = _tidy(" ".join(words))
    return _read_with_parser(tidy) if tidy else None


def _read_plain(words: list[str]) -> PersonName | None:
    """The quick way for "First Last" and "First M. Last" in plain letters; parsing takes a hundred times as long."""
    if not 2 <= len(words) <= 3:
        return None
    given, *middle, family = words
    if middle and not _PLAIN_WORD.fullmatch(middle[0].rstrip(".") or "-"):
        return None
    if not _PLAIN_WORD.fullmatch(given) or not _PLAIN_WORD.fullmatch(family) or min(len(given), len(family)) < 2:
        return None
    if given.isupper() != family.isupper() or not _WORDS_WITH_A_ROLE.isdisjoint([word.lower() for word in words]):
        return None
    return PersonName(given, middle[0] if middle else "", family)


def _tidy(full_name: str) -> str:
    """The name without what is no name: asides, digits, emoji, scripts without Latin spelling, stray commas."""
    text = to_latin(unicodedata.normalize("NFKC", full_name)).translate(_BRACKETS)
    text = _ASIDE.sub("", _SPACED_HYPHEN.sub(r"\1-", text))
    text = _COMMA.sub(", ", _ARABIC_ARTICLE.sub(r"\1", _NOT_NAME.sub(" ", text))).strip(" ,")
    text = _GLUED_INITIAL.sub(". ", text if " " in text else _words_of_user_name(text))
    words = [word for word in text.split() if spellings(word)]
    while len(words) > 2 and words[0].rstrip(".").lower() in _HONORIFICS:
        del words[0]
    return " ".join(_in_usual_order(words))


def _words_of_user_name(text: str) -> str:
    """A user name given as the name, taken apart: john.smith and JohnSmith, but not J.R., MacDonald or LeBron."""
    parts = text.split(".")
    if len(parts) == 2 and min(map(len, parts)) > 1:
        return " ".join(parts)
    return " ".join(camel.groups()) if (camel := _CAMEL_CASE.fullmatch(text)) else text


def _in_usual_order(words: list[str]) -> list[str]:
    """Words moved that clearly stand elsewhere than usual.

    A surname in capitals before the given name goes last: "SMITH John" → "John SMITH". An initial behind two names
    goes between them, as in the south of India: "Arun Kumar S" → "Arun S Kumar".
    """
    if [len(word.strip(".")) == 1 for word in words] == [False, False, True] and not words[0].endswith(","):
        return [words[0], words[2], words[1]]
    count = 0
    while count < len(words) and _is_capital_surname(words[count]):
        count += 1
    rest = words[count:]
    if not count or not rest or any(word.isupper() and len(word.strip(".")) > 1 for word in rest):
        return words
    return rest + words[:count]


def _is_capital_surname(word: str) -> bool:
    return (
        word.isupper()
        and not word.endswith((".", ","))
        and (len(word) > 2 or _SHORT_SURNAMES.fullmatch(word) is not None)
    )


def _read_with_parser(text: str) -> PersonName | None:
    parsed = _PARSER.parse(text)
    given, middle, family = parsed.given, parsed.middle, parsed.family
    if given and not family and " " not in parsed.suffix and parsed.suffix.lower() not in _NEVER_SURNAMES:
        family = parsed.suffix
    if not spellings(given + middle + family):
        return None
    aliases = tuple(alias for alias in (parsed.nickname.strip("\"'() "),) if alias and " " not in alias)
    return PersonName(given, middle, family, aliases, parsed.maiden, has_german_umlauts(text))
