"""How a name is spelled where only a to z are at hand: accents, umlauts, Cyrillic."""

import re
import unicodedata

from ctapp.rules.text_folding import fold_text

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NORDIC = str.maketrans({"å": "aa", "ø": "oe", "ä": "ae", "ö": "oe", "ü": "ue"})
# Letters and endings that show that ä, ö and ü are not German ones, so that they lose their dots: Mäkinen → makinen,
# Lindström → lindstrom, Öztürk → ozturk, Szőke → szoke.
_NOT_GERMAN = re.compile(
    r"[åøæıİşğçőűíóúáñõčšžěřůłąęćńśźżț]|ää|öö|yö|äy|türk|gür|"
    r"(ström|kvist|qvist|sson|gård|löf|nen|mäki|järvi|lä|oğlu)\b|"
    r"\b(söder|sjö|björ|bäck|hägg|öst|öz|gök|gül|üm)"
)
_HYPHENS = dict.fromkeys("‐‑‒–—―−﹣－", "-")
_CYRILLIC = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "д": "d",
    "е": "e",
    "ё": "e",
    "ж": "zh",
    "з": "z",
    "и": "i",
    "й": "y",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ф": "f",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ы": "y",
    "ь": "",
    "э": "e",
    "ю": "yu",
    "я": "ya",
    "і": "i",
    "ї": "yi",
    "є": "ye",
    "ґ": "g",
    "ў": "u",
}
_TRANSLITERATION = str.maketrans(
    _HYPHENS | _CYRILLIC | {letter.upper(): latin.capitalize() for letter, latin in _CYRILLIC.items()}
)
_NOT_SPELLED = re.compile(r"[^a-z-]+|(?<![a-z])-|-(?![a-z])")


def to_latin(text: str) -> str:
    """Composed text with Cyrillic letters in their usual Latin spelling and every hyphen as `-`; the rest unchanged."""
    return text if text.isascii() else unicodedata.normalize("NFC", text).translate(_TRANSLITERATION)


def has_german_umlauts(full_name: str) -> bool:
    """Whether ä, ö and ü in this name are to be read as German ones, the usual case where nothing speaks against."""
    return _NOT_GERMAN.search(full_name.lower()) is None


def spellings(word: str, *, german: bool = True) -> tuple[str, ...]:
    """The spellings of one Latin word in a to z and `-`, the likeliest first; () where no letter is left.

    ß is ss; ä is ae or a, ö and ü alike, by `german`; å is a or aa, ø is o or oe; apostrophes are dropped.
    """
    lowered = word.lower()
    if lowered.isascii():
        return _distinct(lowered)
    plain, expanded = fold_text(lowered), fold_text(lowered.translate(_GERMAN))
    pair = (expanded, plain) if german else (plain, expanded)
    return _distinct(*pair, fold_text(lowered.translate(_NORDIC)))


def _distinct(*folded: str) -> tuple[str, ...]:
    return tuple(filter(None, dict.fromkeys(_NOT_SPELLED.sub("", text) for text in folded)))
