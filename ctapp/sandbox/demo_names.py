"""Company names of the demo world: invented, written in the many ways in which real lists write them."""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from ctapp.sandbox import demo_words as words
from ctapp.sandbox.demo_draw import Draw, Weighted
from ctapp.sandbox.demo_words import Industry, Place


class Name(NamedTuple):
    """A firm's name before its legal form: the part that tells it from others, and the part that says what it does."""

    head: str
    tail: str

    def __str__(self) -> str:
        return f"{self.head} {self.tail}".strip()


Form = Callable[[Draw, Industry, Place], Name]

LEGAL_WORDS = frozenset((
    "inc", "incorporated", "llc", "co", "company", "corp", "corporation", "ltd", "limited", "lp", "llp", "pc", "pllc",
    "pa", "apc",
))  # fmt: skip
_FOLDED = str.maketrans({"’": "'", "ø": "o", "ł": "l", "æ": "ae", "ı": "i"})


def ascii_words(text: str) -> list[str]:
    """The words of a name in lower-case ASCII: accents folded, apostrophes and full stops gone, "&" read as "and"."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_FOLDED)).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", text.replace("'", "").replace(".", "").replace("&", " and "))


def name_core(written: str) -> str:
    """What is left of a written name without case, punctuation, spaces, "and", "the" and legal form."""
    core = ascii_words(written)
    while len(core) > 1 and core[-1] in LEGAL_WORDS:
        core.pop()
    return "".join(word for word in core if word not in {"and", "the"})


def surname(draw: Draw) -> str:
    """A surname, common ones more often, about one in seventy with a letter outside ASCII."""
    return draw.pick(words.ACCENTED_SURNAMES) if draw.chance(0.014) else draw.early(words.SURNAMES)


def fancy(draw: Draw) -> str:
    """A name that says nothing about people, place or trade: "Blue Heron", "Meridian"."""
    if draw.chance(0.4):
        return draw.pick(words.FANCY_ALONE)
    return f"{draw.pick(words.FANCY_FIRST)} {draw.pick(words.FANCY_SECOND)}"


def coined(draw: Draw) -> str:
    """A made-up word: "Norviex", "TruWeld"."""
    if draw.chance(0.35):
        end = draw.pick(words.BLEND_ENDS)
        return draw.pick(words.BLENDS) + (end.title() if draw.chance(0.4) else end)
    middle = draw.pick(words.COINED_MIDDLES) if draw.chance(0.7) else ""
    return draw.pick(words.COINED_STARTS) + middle + draw.pick(words.COINED_ENDS)


def _initials(draw: Draw) -> str:
    letters = "".join(draw.pick(words.LETTERS) for _ in range(3))
    if draw.chance(0.5):
        return draw.pick(("", "", "&", ".")).join(letters[:2])
    return letters if letters not in words.NO_INITIALS else _initials(draw)


def _trade(draw: Draw, industry: Industry) -> str:
    trade = draw.early(industry.trades)
    if industry.organisation == "trade" and draw.chance(0.14):
        return f"{trade} {draw.pick(words.COLLECTIVES)}"
    return trade


def _family_trade(draw: Draw, industry: Industry, place: Place) -> Name:
    return Name(surname(draw), _trade(draw, industry))


def _family_and_kin(draw: Draw, industry: Industry, place: Place) -> Name:
    kin = draw.pick(("& Sons", "and Sons", "Bros.", "Brothers", "& Son", "Family", "& Daughters", "& Co."))
    return Name(f"{surname(draw)} {kin}", _trade(draw, industry))


def _partners(draw: Draw, industry: Industry, place: Place) -> Name:
    first, second, third = surname(draw), surname(draw), surname(draw)
    heads = ("{} & {}", "{} and {}", "{}, {} & {}", "{} {} {}")
    tails = ("", "", "", "Associates", draw.early(industry.trades))
    return Name(draw.pick(heads).format(first, second, third), draw.pick(tails))


def _person_practice(draw: Draw, industry: Industry, place: Place) -> Name:
    person = f"{draw.pick(words.GIVEN_NAMES)} {surname(draw)}"
    return Name(person, "" if draw.chance(0.1) else draw.early(industry.trades))


def _law_offices(draw: Draw, industry: Industry, place: Place) -> Name:
    if industry.label == "Legal Services":
        return Name(f"Law Offices of {draw.pick(words.GIVEN_NAMES)} {draw.pick(words.LETTERS)}. {surname(draw)}", "")
    return Name(f"{surname(draw)} & Associates", draw.early(industry.trades))


def _possessive(draw: Draw, industry: Industry, place: Place) -> Name:
    owner = draw.pick(words.GIVEN_NAMES) if draw.chance(0.5) else surname(draw)
    return Name(f"{owner}{'’' if draw.chance(0.15) else chr(39)}s", _trade(draw, industry))


def _place_trade(draw: Draw, industry: Industry, place: Place) -> Name:
    heads = (place.city, place.city, place.region, f"Greater {place.city}", f"{place.city} Area", f"North {place.city}")
    return Name(draw.pick(heads), _trade(draw, industry))


def _trade_of_place(draw: Draw, industry: Industry, place: Place) -> Name:
    return Name(f"{fancy(draw)} {draw.early(industry.trades)} of {place.city}", "")


def _fancy_trade(draw: Draw, industry: Industry, place: Place) -> Name:
    return Name(fancy(draw), _trade(draw, industry))


def _coined(draw: Draw, industry: Industry, place: Place) -> Name:
    return Name(coined(draw), "" if draw.chance(0.3) else _trade(draw, industry))


def _initials_trade(draw: Draw, industry: Industry, place: Place) -> Name:
    return Name(_initials(draw), _trade(draw, industry))


def _the(draw: Draw, industry: Industry, place: Place) -> Name:
    if draw.chance(0.4):
        tails = ("Group", "Company", "Agency", "Firm", "Shop", draw.pick(industry.trades))
        return Name(f"The {surname(draw)}", draw.pick(tails))
    return Name(f"The {fancy(draw)}", draw.early(industry.trades) if draw.chance(0.7) else "")


def _numbered(draw: Draw, industry: Industry, place: Place) -> Name:
    heads = ("1st Choice", "A-1", "24/7", "3 Rivers", "2 Guys", "5 Point", "A+", "AAA", "Route 9", "7 Sisters")
    return Name(draw.pick(heads), _trade(draw, industry))


def _chain(draw: Draw, industry: Industry, place: Place) -> Name:
    trades = f"{draw.pick(industry.trades)} {draw.pick(industry.trades)} {draw.pick(words.COLLECTIVES)}"
    tail = " ".join(dict.fromkeys(trades.split()))  # two trades may share a word, which nobody writes twice
    return Name(f"{draw.pick((place.region, place.city, fancy(draw)))} {fancy(draw)}", tail)


def _nonprofit(draw: Draw, industry: Industry, place: Place) -> Name:
    heads = ("Friends of {} Park", "{} Memorial", "{} County", "The {}", "St. {}")
    who = surname(draw) if draw.chance(0.7) else draw.pick(words.GIVEN_NAMES)
    return Name(draw.pick(heads).format(who), draw.early(industry.trades))


def _trading_as(draw: Draw, industry: Industry, place: Place) -> Name:
    return Name(f"{surname(draw)} {draw.pick(words.COLLECTIVES)} dba {fancy(draw)}", draw.early(industry.trades))


_FORMS: dict[str, Weighted[Form]] = {
    "trade": Weighted({
        _family_trade: 190, _fancy_trade: 190, _place_trade: 80, _initials_trade: 80, _coined: 80, _family_and_kin: 70,
        _possessive: 50, _the: 35, _person_practice: 25, _partners: 20, _chain: 20, _numbered: 18, _trade_of_place: 14,
        _trading_as: 5,
    }),
    "professional": Weighted({
        _family_trade: 160, _partners: 150, _fancy_trade: 110, _person_practice: 90, _law_offices: 90, _place_trade: 90,
        _initials_trade: 20, _the: 20, _trade_of_place: 15, _chain: 10, _coined: 10,
    }),
    # No trade after a city's bare name: most of those organisations exist.
    "nonprofit": Weighted({_nonprofit: 150, _fancy_trade: 60, _trade_of_place: 40, _the: 12, _chain: 8}),
}  # fmt: skip

_LEGAL_FORMS: dict[str, Weighted[str]] = {
    "trade": Weighted({
        "": 350, " LLC": 140, ", LLC": 60, " Inc": 80, " Inc.": 90, ", Inc.": 90, " L.L.C.": 10, " Llc": 15, " llc": 5,
        " Co": 14, " Co.": 26, " Company": 28, " Corp": 25, " Corp.": 28, " Corporation": 14, " Incorporated": 8,
        " Ltd": 6, ", Ltd.": 7, " Co., Inc.": 7, " LP": 3, " inc": 3, " Limited": 2,
    }),
    "professional": Weighted({
        "": 380, ", LLP": 60, " LLP": 60, ", PLLC": 50, " PLLC": 50, " PC": 70, ", P.C.": 90, " PA": 25, ", P.A.": 30,
        " LLC": 70, ", LLC": 35, " Inc": 30, ", Inc.": 35, " APC": 6, ", Ltd.": 9,
    }),
    "nonprofit": Weighted({"": 760, " Inc": 90, " Inc.": 70, ", Inc.": 60, " Corporation": 20}),
}  # fmt: skip


def invent_name(draw: Draw, industry: Industry, place: Place) -> Name:
    """A name such as firms of this industry and place have."""
    return draw.weighted(_FORMS[industry.organisation])(draw, industry, place)


def write_name(draw: Draw, name: Name, industry: Industry) -> str:
    """The name as one of many lists writes it: with or without a legal form, now and then in capitals."""
    legal = draw.weighted(_LEGAL_FORMS[industry.organisation])
    if name_core(f"{name} x")[:-1] != name_core(f"{name}{legal}"):
        legal = ""  # the name ends in a legal form already
    written = f"{name}{legal}"
    if draw.chance(0.12):
        written = written.upper()
        return written if draw.chance(0.5) else re.sub(r"[,.'’]", "", written)
    return written.lower() if draw.chance(0.004) else written
