"""Company names as people write them, brought to one spelling, and the stable identifier derived from it."""

import re
from functools import lru_cache
from hashlib import sha256

from ctapp.rules.text_folding import fold_text
from ctapp.rules.us_states import state_code

# Spellings of legal forms, each with the short form that stands for all of them. Forms are unified, never dropped: Acme
# Inc and Acme LLC may be two companies.
LEGAL_FORMS = {
    "inc": "inc",
    "incorporated": "inc",
    "incorp": "inc",
    "corp": "corp",
    "corporation": "corp",
    "co": "co",
    "company": "co",
    "cos": "cos",
    "companies": "cos",
    "llc": "llc",
    "ltd": "ltd",
    "limited": "ltd",
    "lp": "lp",
    "llp": "llp",
    "lllp": "lllp",
    "pllc": "pllc",
    "plc": "plc",
    "pc": "pc",
    "pa": "pa",
    "gmbh": "gmbh",
    "ag": "ag",
    "kg": "kg",
    "sa": "sa",
    "sas": "sas",
    "srl": "srl",
    "spa": "spa",
    "bv": "bv",
    "nv": "nv",
    "ab": "ab",
    "oy": "oy",
    "as": "as",
    "pty": "pty",
    "pte": "pte",
}
_PHRASES = (
    (re.compile(r"\blimited liability company\b"), "llc"),
    (re.compile(r"\blimited liability partnership\b"), "llp"),
    (re.compile(r"\blimited partnership\b"), "lp"),
    (re.compile(r"\bnational association\b"), "na"),
)
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.[ ]?){2,}(?:[^\W\d_]\b)?|\b[^\W\d_](?:\.[^\W\d_])+\b")
_CONNECTORS = re.compile(r"[&+＆]")
_SEPARATORS = re.compile(r"[\W_]+")


def _join_initials(match: re.Match[str]) -> str:
    return match.group().replace(".", "").replace(" ", "") + " "


def _words(folded: str) -> list[str]:
    joined = _INITIALS.sub(_join_initials, folded) if "." in folded else folded
    spaced = _SEPARATORS.sub(" ", _CONNECTORS.sub(" and ", joined.replace("'", ""))).strip()
    if "limited" in spaced or "association" in spaced:
        for phrase, short in _PHRASES:
            spaced = phrase.sub(short, spaced)
    return spaced.split()


@lru_cache(maxsize=8192)
def normalize_company_name(name: str) -> str:
    """One spelling for the ways in which a company's name is written: `smith and wesson co inc`.

    Case, accents, apostrophes and punctuation are folded, `&` and `+` read as "and", initials joined (`L.L.C.` ->
    `llc`), a leading "the" dropped, legal forms shortened (Incorporated -> inc, Company -> co) but kept. Other scripts
    are not transliterated. A name made of symbols alone is returned folded; empty only for a blank name.
    """
    folded = fold_text(name)
    words = [LEGAL_FORMS.get(word, word) for word in _words(folded)]
    if len(words) > 1 and words[0] == "the":
        del words[0]
    return " ".join(words) or " ".join(folded.split())


def stable_company_id(name: str, city: str = "", state: str = "") -> str:
    """Identifier that the same company gets on every import: `co_` and 20 hexadecimal digits (80 bits).

    SHA-256 over `normalized name|city|state`, place folded like the name and a state reduced to its postal code, so
    that ("ACME, INC.", "Reno", "NV") and ("Acme Inc", "RENO", "Nevada") agree. Raises ValueError for a blank name.
    """
    spelling = normalize_company_name(name)
    if not spelling:
        raise ValueError("company name is blank: an identifier needs a name")
    place = f"{' '.join(_words(fold_text(city)))}|{state_code(state) or ' '.join(_words(fold_text(state)))}"
    return "co_" + sha256(f"{spelling}|{place}".encode("utf-8", "surrogatepass")).hexdigest()[:20]
