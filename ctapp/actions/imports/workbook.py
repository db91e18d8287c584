"""XLSX workbooks: the first sheet as a table, with the numbers and dates of its cells as text."""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from ctapp.actions.imports.delimited import MOST_COLUMNS, check_cells
from ctapp.actions.imports.refusal import Refusal, Unusable
from ctapp.actions.imports.survey import Survey
from ctapp.actions.imports.table import Recognise, Record, Table

LARGEST_UNPACKED = 512 << 20
# What openpyxl raises on files that only look like workbooks.
BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_workbook(stream: BinaryIO, found: Survey, recognise: Recognise) -> Table:
    """The active sheet's table. Raises Unusable where the file is no workbook, or its first row no header."""
    rows = _rows(stream)
    header = next((row for row in rows if any(row.cells)), None)
    if header is None:
        raise Unusable("the workbook's first sheet is empty; it needs a header row and rows below it")
    names = header.cells
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise Unusable(f"the header has {len(names):,} columns, at most {MOST_COLUMNS:,} are read")
    return Table(found.sha256, "xlsx", "cells", names, _checked(rows, names))


def _checked(rows: Iterator[Record], header: list[str]) -> Iterator[Record | Refusal]:
    for line, cells in rows:
        if any(cells):
            yield check_cells(line, cells, header)


def _rows(stream: BinaryIO) -> Iterator[Record]:
    import openpyxl  # type: ignore[import-untyped]

    try:
        _refuse_bomb(stream)
        workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # what the file claims may be a million columns
        for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
            yield Record(line, [_text(value) for value in values])
    except BROKEN as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise Unusable(f"the file cannot be read as a workbook ({reason}); save it as CSV") from error


def _refuse_bomb(stream: BinaryIO) -> None:
    with zipfile.ZipFile(stream) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
        if "xl/workbook.xml" not in archive.namelist():
            raise Unusable("the file is a ZIP archive, not a table; unpack it first")
    if unpacked > LARGEST_UNPACKED:
        raise Unusable(f"the workbook unpacks to more than {LARGEST_UNPACKED >> 20} MiB; save it as CSV")


def _text(value: Any) -> str:
    """A cell as a person would have written it in CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value).strip()
