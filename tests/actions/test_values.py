"""Single cells: what they may hold, and the value that is kept."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctapp.actions.imports import values


@pytest.mark.parametrize(
    ("cell", "value"),
    [("0.87", "0.87"), ("1", "1"), ("0", "0"), ("87 %", "0.87"), ("87%", "0.87"), ("0,87", "0.87"), (".5", "0.5"),
     ("0.8700000000000001", "0.87"), ("100 %", "1")],
)  # fmt: skip
def test_shares(cell: str, value: str) -> None:
    assert values.share(cell) == Decimal(value)


@pytest.mark.parametrize("cell", ["1.01", "87", "-0.1", "nan", "inf", "1e-2", "101 %", "%", "٠.٥", "0,8,7", "high"])
def test_no_shares(cell: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        values.share(cell)


@given(st.integers(0, 10_000))
def test_every_share_of_four_decimals_is_kept(ten_thousandths: int) -> None:
    value = Decimal(ten_thousandths) / 10_000
    assert values.share(f"{value:.4f}") == value


@pytest.mark.parametrize(
    ("cell", "number", "is_lower_bound"),
    [("1200", 1200, False), ("1,200", 1200, False), ("1200.0", 1200, False), ("51-200", 51, True),
     ("10,000+", 10_000, True), ("1,001 – 5,000", 1001, True), ("11 to 50 employees", 11, True)],
)  # fmt: skip
def test_employees(cell: str, number: int, is_lower_bound: bool) -> None:
    assert values.employees(cell) == (number, is_lower_bound)


@pytest.mark.parametrize("cell", ["many", "-5", "1,20", "1.5", "99999999999", ">500", "१२"])
def test_no_employees(cell: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        values.employees(cell)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-02-02T10:00:00Z", datetime(2026, 2, 2, 10, tzinfo=UTC)),
        ("2026-02-02 10:00:00.25+00", datetime(2026, 2, 2, 10, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-02-02T12:00:00+02:00", datetime(2026, 2, 2, 10, tzinfo=UTC)),
        ("2026-02-02 10:00", datetime(2026, 2, 2, 10, tzinfo=UTC)),
        ("2026-02-02 10:00 UTC", datetime(2026, 2, 2, 10, tzinfo=UTC)),
        ("2026-02-02", datetime(2026, 2, 2, tzinfo=UTC)),
    ],
)
def test_moments(cell: str, moment: datetime) -> None:
    assert values.moment(cell) == moment


@pytest.mark.parametrize("cell", ["02/03/2026", "yesterday", "2026-13-01", "0001-01-01T00:00:00+14:00"])
def test_no_moments(cell: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        values.moment(cell)


def test_what_has_happened_lies_not_in_the_future() -> None:
    with pytest.raises(ValueError, match="future"):
        values.past_moment((datetime.now(UTC) + timedelta(days=400)).isoformat())


@pytest.mark.parametrize(("cell", "value"), [('{"a": [1, "x"]}', {"a": [1, "x"]}), ("null", None), ("3", 3)])
def test_json(cell: str, value: Any) -> None:
    assert values.json_value(cell) == value


@pytest.mark.parametrize("cell", ["{", "NaN", "1e999", '"\\u0000"', '"\\ud800"', "[" * 19_000, "x" * 30_000])
def test_json_that_cannot_be_kept(cell: str) -> None:
    with pytest.raises(ValueError, match="JSON"):
        values.json_value(cell)


@pytest.mark.parametrize("cell", ["6f1c2f0e-0b5e-4d8a-9a53-0c8f5a9d1b77", "{6F1C2F0E0B5E4D8A9A530C8F5A9D1B77}"])
def test_identifiers(cell: str) -> None:
    assert str(values.identifier(cell)) == "6f1c2f0e-0b5e-4d8a-9a53-0c8f5a9d1b77"


def test_no_identifier() -> None:
    with pytest.raises(ValueError, match="not a UUID"):
        values.identifier("urn:uuid:12345")


@given(st.text(min_size=1, max_size=40))
def test_any_text_is_a_value_or_a_reason(cell: str) -> None:
    readers = (values.share, values.employees, values.moment, values.domain, values.pattern, values.identifier,
               values.count, values.yes_or_no, values.json_value, values.text(10), values.url)  # fmt: skip
    for read in readers:
        try:
            read(cell)
        except ValueError as error:
            assert str(error)
