"""The memory of an import does not grow with the file."""

import gc
import tracemalloc
from pathlib import Path

import pytest

from ctapp.actions.imports.companies import import_companies
from tests.actions.files import CALLER

pytestmark = pytest.mark.django_db


def peak(path: Path, rows: int, prefix: str) -> int:
    """Bytes at the most while a file of so many rows is imported, two for each company."""
    with path.open("w") as file:
        file.write("company_unique_id,name,domain,pattern,city\n")
        for number in range(rows):
            key = number // 2 * 2
            # Few domains: what the rules remember of them is bounded, but would fill up here.
            domain = f"works{key % 500}.example"
            file.write(f"{prefix}{key},Works {prefix}{key},{domain},{{first}}.{{last}},Reno\n")
            if number % 40 == 0:
                file.write(f"{prefix}{number},,bad domain,,\n")
    # What earlier tests left in memory would put off collecting this one's garbage.
    gc.collect()
    gc.freeze()
    tracemalloc.start()
    try:
        report = import_companies(path, CALLER, file_name=path.name)
        assert report.created == rows // 2
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.unfreeze()


def test_four_times_the_rows_take_no_more_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctapp.actions.imports.engine.ROWS_OF_A_BATCH", 500)
    peak(tmp_path / "warm.csv", 1_000, "w")
    small, large = peak(tmp_path / "small.csv", 5_000, "s"), peak(tmp_path / "large.csv", 20_000, "l")
    assert large < 1.3 * small + (1 << 20), f"{small:,} bytes for 5,000 rows, {large:,} for 20,000"
