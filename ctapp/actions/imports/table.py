"""A file as a table, whatever it came as: the header's cells, and the rows below with their line numbers."""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ctapp.actions.imports.refusal import Refusal, Unusable

Source = BinaryIO | Path | str
# How many of the header's cells mean something to the import; tells one delimiter from another.
Recognise = Callable[[list[str]], int]
LARGEST_BYTES = 4 << 30
# Leading bytes that tell what a file is instead, and what to do about it.
OTHER_KINDS = (
    (b"\x1f\x8b", "it is compressed (gzip); unpack it first"),
    (b"%PDF", "it is a PDF; export the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "it is an old Excel workbook (.xls); save it as .xlsx or CSV"),
    (b"SQLite format 3", "it is a database; export the table as CSV"),
    (b"\x89PNG", "it is a picture"),
)
WORKBOOK = b"PK\x03\x04"


class Record(NamedTuple):
    """One row as it stands in the file; cells may be fewer than the header's, never more."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """A file that could be opened: what it is, its header, and its rows (to be read once, while it is open)."""

    sha256: str
    encoding: str
    delimiter: str
    header: list[str]
    rows: Iterable[Record | Refusal]


@contextlib.contextmanager
def open_table(source: Source, recognise: Recognise) -> Iterator[Table]:
    """Open delimited text or an XLSX workbook. Raises Unusable where it is neither, or cannot be read."""
    from ctapp.actions.imports.delimited import read_delimited
    from ctapp.actions.imports.survey import survey
    from ctapp.actions.imports.workbook import read_workbook

    with _stream(source) as stream:
        found = survey(stream, heed=_refuse_huge)
        if not found.size:
            raise Unusable("the file is empty; it needs a header line and rows below it")
        for mark, advice in OTHER_KINDS:
            if found.head.startswith(mark):
                raise Unusable(f"the file is not a table: {advice}")
        read = read_workbook if found.head.startswith(WORKBOOK) else read_delimited
        stream.seek(0)
        yield read(stream, found, recognise)


@contextlib.contextmanager
def _stream(source: Source) -> Iterator[BinaryIO]:
    """The file opened; a stream that cannot go back to its start (a pipe) is kept in a temporary file meanwhile."""
    if isinstance(source, (str, Path)):
        try:
            with Path(source).open("rb") as stream:
                yield stream
        except OSError as error:
            raise Unusable(f"the file cannot be read: {error.strerror or error}") from error
    elif source.seekable():
        yield source
    else:
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(source, copy)
            yield copy


def _refuse_huge(size: int) -> None:
    if size > LARGEST_BYTES:
        raise Unusable(f"the file is larger than {LARGEST_BYTES >> 30} GiB; split it")
