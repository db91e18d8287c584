"""The states and territories of the United States, and the ways in which people abbreviate them."""

from ctapp.rules.text_folding import fold_text

# Postal code: full name, then the older abbreviations newspapers and letterheads use (without points).
_STATES: dict[str, tuple[str, ...]] = {
    "al": ("alabama", "ala"),
    "ak": ("alaska",),
    "az": ("arizona", "ariz"),
    "ar": ("arkansas", "ark"),
    "ca": ("california", "calif", "cal"),
    "co": ("colorado", "colo"),
    "ct": ("connecticut", "conn"),
    "de": ("delaware", "del"),
    "dc": ("district of columbia", "washington dc"),
    "fl": ("florida", "fla"),
    "ga": ("georgia",),
    "hi": ("hawaii",),
    "id": ("idaho",),
    "il": ("illinois", "ill"),
    "in": ("indiana", "ind"),
    "ia": ("iowa",),
    "ks": ("kansas", "kan", "kans"),
    "ky": ("kentucky",),
    "la": ("louisiana",),
    "me": ("maine",),
    "md": ("maryland",),
    "ma": ("massachusetts", "mass"),
    "mi": ("michigan", "mich"),
    "mn": ("minnesota", "minn"),
    "ms": ("mississippi", "miss"),
    "mo": ("missouri",),
    "mt": ("montana", "mont"),
    "ne": ("nebraska", "neb", "nebr"),
    "nv": ("nevada", "nev"),
    "nh": ("new hampshire",),
    "nj": ("new jersey",),
    "nm": ("new mexico",),
    "ny": ("new york",),
    "nc": ("north carolina",),
    "nd": ("north dakota",),
    "oh": ("ohio",),
    "ok": ("oklahoma", "okla"),
    "or": ("oregon", "ore"),
    "pa": ("pennsylvania", "penn", "penna"),
    "ri": ("rhode island",),
    "sc": ("south carolina",),
    "sd": ("south dakota",),
    "tn": ("tennessee", "tenn"),
    "tx": ("texas", "tex"),
    "ut": ("utah",),
    "vt": ("vermont",),
    "va": ("virginia",),
    "wa": ("washington", "wash"),
    "wv": ("west virginia",),
    "wi": ("wisconsin", "wis", "wisc"),
    "wy": ("wyoming", "wyo"),
    "pr": ("puerto rico",),
    "vi": ("virgin islands",),
    "gu": ("guam",),
    "as": ("american samoa",),
    "mp": ("northern mariana islands",),
}
_CODE_OF_SPELLING = {spelling: code for code, spellings in _STATES.items() for spelling in (code, *spellings)}

_ONE_WORD_NAMES = frozenset(spellings[0] for spellings in _STATES.values() if " " not in spellings[0])


def state_code(text: str) -> str | None:
    """Two-letter postal code, lower case, of a state as people write it ("NV", "Nev.", "Nevada", "N.Y."), or None."""
    spelling = " ".join(fold_text(text).replace(".", "").split())
    return _CODE_OF_SPELLING.get(spelling)


def state_name(code: str) -> str:
    """Full lower-case name of the state with this lower-case postal code; KeyError for any other text."""
    return _STATES[code][0]


def is_state_word(word: str) -> bool:
    """True where this lower-case word alone is the full name of a state ("nevada"; not "york" or "nv")."""
    return word in _ONE_WORD_NAMES
