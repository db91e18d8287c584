"""Delimited text (CSV, TSV and their kin): finding the delimiter; reading rows so that a bad quote costs one row."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from ctapp.actions.imports.refusal import Refusal, Unusable, shown
from ctapp.actions.imports.survey import MALFORMED, MALFORMED_MARK, Survey
from ctapp.actions.imports.table import Recognise, Record, Table

DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "vertical bar"}
# A quoted cell may hold line breaks, up to here; beyond, its quote counts as never closed.
MOST_LINES_OF_A_ROW = 200
LONGEST_LINE = 1 << 20
MOST_HEADER_LINES = 20
MOST_COLUMNS = 1000
# Control characters other than tab and line breaks, and what marks malformed bytes: no value holds them.
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Excel's own line that says which delimiter follows.
_DELIMITER_LINE = re.compile(r'"?sep=([,;|\t])"?\s*', re.IGNORECASE)


class Line(NamedTuple):
    """A physical line with its line break; `overlong` where it was cut."""

    number: int
    text: str
    overlong: bool = False


class Lines:
    """The physical lines of a text, with the possibility to put some back."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self._returned: deque[Line] = deque()
        self._number = 0

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        if self._returned:
            return self._returned.popleft()
        text = self._stream.readline(LONGEST_LINE)
        if not text:
            raise StopIteration
        self._number += 1
        if len(text) < LONGEST_LINE or text.endswith(("\n", "\r")):
            return Line(self._number, text)
        self._skip_rest()
        return Line(self._number, text, overlong=True)

    def put_back(self, lines: list[Line]) -> None:
        """Have these lines come again, before all others."""
        self._returned.extendleft(reversed(lines))

    def _skip_rest(self) -> None:
        while (rest := self._stream.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
            pass


def read_delimited(stream: BinaryIO, found: Survey, recognise: Recognise) -> Table:
    """The table in a text. Raises Unusable where its first line is no header that `recognise` knows anything of."""
    buffered = io.BufferedReader(_LeftOpen(stream), 1 << 18)
    text = io.TextIOWrapper(buffered, encoding=found.encoding, errors=MALFORMED, newline="")
    lines = Lines(text)
    delimiter, header = _header(lines, recognise)
    if len(header) > MOST_COLUMNS:
        raise Unusable(f"the header has {len(header):,} columns, at most {MOST_COLUMNS:,} are read")
    name = "none (one column)" if len(header) == 1 else DELIMITERS.get(delimiter, delimiter)
    encoding = {"utf-8-sig": "utf-8 with byte order mark", "cp1252": "windows-1252"}.get(found.encoding, found.encoding)
    return Table(found.sha256, encoding, name, header, _Rows(lines, delimiter, header))


class _LeftOpen(io.RawIOBase):
    """A view of a stream that does not close it when the layers above go away."""

    def __init__(self, stream: BinaryIO) -> None:
        self._read = stream.read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self._read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


def _header(lines: Lines, recognise: Recognise) -> tuple[str, list[str]]:
    """The delimiter under which the header makes most sense, and the header's cells."""
    first = next((line for line in lines if line.text.strip()), None)
    if first is None:
        raise Unusable("the file holds blank lines only; it needs a header line and rows below it")
    candidates = list(DELIMITERS)
    said = _DELIMITER_LINE.fullmatch(first.text)
    if said:
        candidates = [said[1]]
        first = next(lines, None) or Line(2, "")
    text = _complete_header(first, lines)
    readings = [(delimiter, _cells(text, delimiter)) for delimiter in candidates]
    # One column alone: no delimiter can be seen, and a comma there belongs to the names.
    readings.sort(key=lambda reading: (-recognise(reading[1]), -len(reading[1]), reading[0] != "\t"))
    return readings[0]


def _complete_header(first: Line, lines: Lines) -> str:
    text = first.text
    for _ in range(MOST_HEADER_LINES):
        if text.count('"') % 2 == 0 and not first.overlong:
            return text
        text += next(lines, Line(0, "")).text
    raise Unusable("the first line is no header: a quote in it is never closed, or it is far too long")


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        cells = []
    return [cell.strip() for cell in cells]


class _Rows:
    """The rows below the header, each a Record or the Refusal that stands in its place."""

    def __init__(self, lines: Lines, delimiter: str, header: list[str]) -> None:
        self._lines, self._delimiter, self._header = lines, delimiter, header
        self._width = len(header)
        self._quote_lost_on = 0

    def __iter__(self) -> Iterator[Record | Refusal]:
        delimiter, width = self._delimiter, self._width
        for line in self._lines:
            number, text, overlong = line
            if overlong:
                yield Refusal(number, None, None, f"the line is longer than {LONGEST_LINE:,} characters")
            elif '"' in text:
                yield from self._quoted(line)
            else:
                cells = text.rstrip("\r\n").split(delimiter)
                if not text.strip(delimiter + "\r\n \t"):
                    continue
                if len(cells) > width or _UNSAFE.search(text):
                    yield check_cells(number, cells, self._header)
                else:
                    yield Record(number, cells)

    def _quoted(self, line: Line) -> Iterator[Record | Refusal]:
        """A row with quotes, which may go on over several lines."""
        taken: list[Line] = []
        try:
            cells = next(csv.reader(self._feed(line, taken), delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            self._lines.put_back(taken)
            yield self._malformed(line, taken, str(error))
            return
        if taken and self._swallowed_rows([line, *taken]):
            last = taken[-1].number
            reason = f"a quote opened here runs on to line {last}, over what look like rows; lines to {last} left out"
            yield Refusal(line.number, None, None, reason)
        elif not taken and self._closes_a_lost_quote(line):
            reason = f"a stray quote, perhaps of the one opened on line {self._quote_lost_on}"
            yield Refusal(line.number, None, None, reason)
            self._quote_lost_on = 0
        elif any(map(str.strip, cells)):
            odd = taken or len(cells) > self._width or _UNSAFE.search(line.text)
            yield check_cells(line.number, cells, self._header) if odd else Record(line.number, cells)

    def _feed(self, line: Line, taken: list[Line]) -> Iterator[str]:
        yield line.text
        for further in self._lines:
            taken.append(further)
            if further.overlong or len(taken) > MOST_LINES_OF_A_ROW:
                return
            yield further.text

    def _malformed(self, line: Line, taken: list[Line], error: str) -> Refusal:
        if line.text.count('"') % 2:
            self._quote_lost_on = line.number
        if not taken and "expected after" in error:
            return Refusal(line.number, None, None, "a quote stands in the middle of a quoted cell; double it")
        if "field limit" in error:
            longest = csv.field_size_limit()
            return Refusal(line.number, None, None, f"a quoted cell is longer than {longest:,} characters")
        return Refusal(line.number, None, None, "a quote is opened here and never closed; close it, or leave it out")

    def _swallowed_rows(self, lines: list[Line]) -> bool:
        """Whether each line has the delimiters of a whole row: then a lost quote joined them, not a person."""
        return self._width >= 3 and all(line.text.count(self._delimiter) >= self._width - 1 for line in lines)

    def _closes_a_lost_quote(self, line: Line) -> bool:
        near = 0 < line.number - self._quote_lost_on <= MOST_LINES_OF_A_ROW
        return bool(self._quote_lost_on) and near and line.text.count('"') % 2 == 1


def check_cells(line: int, cells: list[str], header: list[str]) -> Record | Refusal:
    """The row, unless it has more cells than the header, or one that no column can hold."""
    width = len(header)
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        return Refusal(line, None, None, f"the row has {len(cells):,} cells where the header has {width:,}")
    del cells[width:]
    for name, cell in zip(header, cells, strict=False):
        unsafe = _UNSAFE.search(cell)
        if unsafe:
            return Refusal(line, name, shown(cell), _unsafe_reason(unsafe[0]))
    return Record(line, cells)


def _unsafe_reason(character: str) -> str:
    if character == MALFORMED_MARK:
        return "bytes that are not valid in the file's encoding"
    if character == "\0":
        return "a NUL byte"
    return f"the control character U+{ord(character):04X}"
