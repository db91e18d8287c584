"""How firms make a domain label of their name: run together, shortened, initials, hyphens, something added."""

from collections.abc import Callable

from ctapp.sandbox.demo_draw import Draw, Weighted
from ctapp.sandbox.demo_firms import Firm
from ctapp.sandbox.demo_names import LEGAL_WORDS, ascii_words, coined, fancy

_BEFORE = ("the", "go", "my", "get", "team", "call", "shop", "visit")
_BEHIND = ("inc", "llc", "co", "usa", "online", "group", "hq", "corp", "pro", "web", "us", "now")
_SHORT_TRADES = {
    "academy": "acad", "accounting": "cpa", "architects": "arch", "associates": "assoc", "automotive": "auto",
    "chiropractic": "chiro", "construction": "const", "consulting": "consult", "distributing": "dist",
    "distributors": "dist", "electric": "elec", "electrical": "elec", "engineering": "eng", "equipment": "equip",
    "fabrication": "fab", "financial": "fin", "heating": "hvac", "hydraulics": "hyd", "industrial": "ind",
    "insurance": "ins", "landscaping": "land", "manufacturing": "mfg", "mechanical": "mech", "orthodontics": "ortho",
    "orthopedics": "ortho", "pediatrics": "peds", "properties": "props", "restaurant": "eats", "services": "svc",
    "systems": "sys", "technologies": "tech", "veterinary": "vet",
}  # fmt: skip

Maker = Callable[[Draw, Firm], str]


def _words(draw: Draw, firm: Firm) -> tuple[list[str], list[str]]:
    """Head and tail in words as the firm would type them: a leading "the" mostly left out, "and" now and then."""
    keep_and = draw.chance(0.6)
    head, tail = ([w for w in ascii_words(part) if keep_and or w != "and"] for part in firm.name)
    if "dba" in head:
        head = head[head.index("dba") + 1 :]
    if head[0] == "the" and draw.chance(0.75):
        head = head[1:]
    return head, tail


def _squashed(draw: Draw, firm: Firm) -> str:
    head, tail = _words(draw, firm)
    label = "".join(head + tail)
    willing = 1.0 if len(label) <= 18 else 0.75 if len(label) <= 23 else 0.35 if len(label) <= 30 else 0.05
    return label if draw.chance(willing) else ""


def _head_only(draw: Draw, firm: Firm) -> str:
    head, tail = _words(draw, firm)
    label = "".join(w for w in (head if tail else head[:-2]) if w not in LEGAL_WORDS)
    return label if _may_be_free(draw, label, firm) else ""


def _may_be_free(draw: Draw, label: str, firm: Firm) -> bool:
    """Whether a small firm can have this label: the city's own name and most short words were gone long ago."""
    return label != "".join(ascii_words(firm.place.city)) and (len(label) >= 7 or draw.chance(0.3))


def _short_trade(draw: Draw, firm: Firm) -> str:
    head, tail = _words(draw, firm)
    if not tail:
        return ""
    label = (head[0] if draw.chance(0.4) else "".join(head)) + _SHORT_TRADES.get(tail[0], tail[0])
    return label if label != "".join(head + tail) else ""


def _initials(draw: Draw, firm: Firm) -> str:
    head, tail = _words(draw, firm)
    letters = "".join(word[0] for word in head + tail)
    if len(letters) >= 3 and draw.chance(0.5):
        return letters if _may_be_free(draw, letters, firm) else ""
    return "".join(word[0] for word in head) + tail[-1] if tail and len(head) > 1 else ""


def _hyphenated(draw: Draw, firm: Firm) -> str:
    head, tail = _words(draw, firm)
    parts = head + tail if len(head) + len(tail) <= 4 else head
    label = "-".join(parts) if draw.chance(0.6) else f"{''.join(head)}-{''.join(tail)}".strip("-")
    return label if "-" in label else ""


def _placed(draw: Draw, firm: Firm) -> str:
    head, _ = _words(draw, firm)
    stem = _short_trade(draw, firm) if draw.chance(0.5) else "".join(head)
    city, state = "".join(ascii_words(firm.place.city)), firm.place.state.lower()
    if not stem or city in stem:
        return stem and stem + state
    return draw.pick((stem + state, stem + state, stem + city, city + stem, stem + "of" + city))


def _added(draw: Draw, firm: Firm) -> str:
    stem = _squashed(draw, firm) if draw.chance(0.5) else _head_only(draw, firm)
    if not stem:
        return ""
    return draw.pick(_BEFORE) + stem if draw.chance(0.35) else stem + draw.pick(_BEHIND)


def _trade_and_place(draw: Draw, firm: Firm) -> str:
    trade, city = "".join(ascii_words(draw.pick(firm.industry.trades))), "".join(ascii_words(firm.place.city))
    return draw.pick((trade + city, city + trade, "best" + trade + city, city + trade + "pros"))


def _unrelated(draw: Draw, firm: Firm) -> str:
    stem = coined(draw) if draw.chance(0.5) else fancy(draw)
    return "".join(ascii_words(stem)) + draw.pick(("", "", "online", "group", "usa", "co"))


_MAKERS: dict[str, tuple[Maker, int]] = {
    "squashed": (_squashed, 520),
    "head only": (_head_only, 110),
    "short trade": (_short_trade, 60),
    "initials": (_initials, 60),
    "hyphenated": (_hyphenated, 40),
    "placed": (_placed, 60),
    "added": (_added, 50),
    "trade and place": (_trade_and_place, 15),
    "unrelated": (_unrelated, 40),
}
_MIX = Weighted({derivation: weight for derivation, (_, weight) in _MAKERS.items()})


def make_label(draw: Draw, firm: Firm) -> tuple[str, str]:
    """The way chosen and the label it gives: lower-case ASCII letters, digits and inner hyphens, 3 to 40 characters."""
    while True:
        derivation = draw.weighted(_MIX)
        label = _MAKERS[derivation][0](draw, firm)
        if 3 <= len(label) <= 40:
            return derivation, label
