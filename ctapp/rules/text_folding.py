"""Folding of text as people type it to plain lower-case letters and digits that compare equal."""

import unicodedata

# Letters that Unicode does not decompose, with the spelling that people use where only ASCII is available.
_UNDECOMPOSED = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
        "ŋ": "n",
    }
)
APOSTROPHES = "'’‘`´ʼ′＇"
_APOSTROPHE_TO_ASCII = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))


def fold_text(text: str) -> str:
    """Case-folded text without accents or invisible characters, with every kind of apostrophe as `'`.

    Other scripts are not transliterated.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    # Apostrophes first: some of them (´) decompose into a space and a mark.
    compatible = unicodedata.normalize("NFKC", text.translate(_APOSTROPHE_TO_ASCII)).casefold()
    decomposed = unicodedata.normalize("NFKD", compatible.translate(_UNDECOMPOSED))
    return unicodedata.normalize("NFC", "".join(letter for letter in decomposed if not _is_silent(letter)))


def _is_silent(letter: str) -> bool:
    # Marks above U+036F are part of the spelling in other scripts (the voicing marks of Japanese, the vowels of Hindi).
    category = unicodedata.category(letter)
    return category == "Cf" or (category == "Mn" and ord(letter) <= 0x36F)
