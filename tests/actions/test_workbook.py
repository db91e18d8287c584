"""XLSX workbooks: the same import, with rows for lines."""

import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from ctapp.actions.imports.refusal import Unusable
from ctapp.models import CompanyMaster
from tests.actions.files import companies, sentences

pytestmark = pytest.mark.django_db


def workbook(*rows: list[Any]) -> bytes:
    """An XLSX file with these rows."""
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def test_numbers_dates_and_blanks_read_as_a_person_writes_them() -> None:
    report = companies(
        workbook(
            ["name", "employees", "domain_confidence", "source", None],
            ["Acme", 1200, 0.87, datetime(2026, 1, 5)],
            [None, None, None, None],
            ["Beta", 5.0, 1, True],
        )
    )
    assert (report.created, report.refused, report.encoding, report.warnings) == (2, 0, "xlsx", ())
    rows = CompanyMaster.objects.order_by("company_name").values_list("employee_count", "source_system")
    assert list(rows) == [(1200, "2026-01-05T00:00:00"), (5, "true")]


def test_rows_are_counted_as_the_sheet_counts_them() -> None:
    report = companies(workbook(["name", "domain"], [], ["Acme", "x y"], ["Beta", None]))
    assert sentences(report)[0].startswith("companies.csv line 3, column domain: 'x y'")
    assert report.created == 1


def test_more_cells_than_the_header_refuse_the_row() -> None:
    report = companies(workbook(["name"], ["Acme", "x"], ["Beta"]))
    assert report.refusals[0].reason == "the row has 2 cells where the header has 1"


def zipped(name: str, content: bytes = b"<x/>") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (zipped("letter.txt"), "a ZIP archive, not a table"),
        (zipped("xl/workbook.xml"), "cannot be read as a workbook"),
        (workbook(["name"], ["Acme"])[:-200], "cannot be read as a workbook"),
        (workbook(), "the workbook's first sheet is empty"),
        (workbook(["colour"], ["red"]), "no column holds the company's name"),
    ],
)
def test_what_is_no_workbook_is_unusable(content: bytes, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        companies(content)


def test_a_workbook_that_unpacks_to_too_much_is_unusable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctapp.actions.imports.workbook.LARGEST_UNPACKED", 1 << 20)
    with pytest.raises(Unusable, match="unpacks to more than 1 MiB"):
        companies(zipped("xl/workbook.xml", b" " * (2 << 20)))
