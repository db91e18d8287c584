"""A first pass over the file: its digest, and which encoding its bytes are in. Memory is one block."""

import codecs
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

BLOCK = 1 << 18
# Longest first: the mark of UTF-16 is the beginning of the one of UTF-32.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MALFORMED = "ct_malformed_bytes"
# A lone surrogate: no encoding yields it, so it tells malformed bytes from every real character.
MALFORMED_MARK = "\udcff"
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def _mark_malformed(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return MALFORMED_MARK, error.end


codecs.register_error(MALFORMED, _mark_malformed)


@dataclass(frozen=True)
class Survey:
    """What the first pass tells: SHA-256 (hexadecimal), size in bytes, the first bytes, a codec name of Python's."""

    sha256: str
    size: int
    head: bytes
    encoding: str


@dataclass
class _Utf8Trial:
    """Counts what reads as UTF-8 beyond ASCII, and what does not."""

    decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")(errors=MALFORMED)
    )
    good: int = 0
    malformed: int = 0

    def feed(self, block: bytes, *, final: bool = False) -> None:
        if self.malformed > 10_000 > self.good:
            return
        text = self.decoder.decode(block, final)
        if not text.isascii():
            malformed = text.count(MALFORMED_MARK)
            self.malformed += malformed
            self.good += len(_NOT_ASCII.findall(text)) - malformed


def survey(stream: BinaryIO, *, heed: Callable[[int], None] = lambda size: None) -> Survey:
    """Read the whole stream from its start; `heed` is told the size read so far and may raise."""
    digest, trial, size, head = hashlib.sha256(), _Utf8Trial(), 0, b""
    stream.seek(0)
    while block := stream.read(BLOCK):
        head = head or block[:4096]
        size += len(block)
        heed(size)
        digest.update(block)
        trial.feed(block)
    trial.feed(b"", final=True)
    return Survey(digest.hexdigest(), size, head, _encoding(head, trial))


def _encoding(head: bytes, trial: _Utf8Trial) -> str:
    """UTF-8 where most of what is not ASCII reads as such: then single malformed rows are refused, not all garbled."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    utf_16 = _utf_16_without_mark(head)
    if utf_16:
        return utf_16
    return "utf-8" if trial.malformed <= trial.good else "cp1252"


def _utf_16_without_mark(head: bytes) -> str | None:
    """Latin text in UTF-16 has a zero in nearly every second byte, and hardly any elsewhere."""
    pairs = len(head) // 2
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if pairs >= 2 and odd > 0.6 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    if pairs >= 2 and even > 0.6 * pairs and odd < 0.1 * pairs:
        return "utf-16-be"
    return None
