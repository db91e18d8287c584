"""The import commands: exit codes, and what goes to which stream."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from ctapp.models import CompanyMaster, CompanyTarget, CompanyTargetError
from tests.actions.files import audit_faults, company, events

pytestmark = pytest.mark.django_db


def run(command: str, path: Path, *options: str) -> tuple[str, str, int]:
    """Standard output, standard error and exit code."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(command, str(path), *options, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}\n", error.returncode
    return out.getvalue(), err.getvalue(), 0


def write(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_everything_went_in(tmp_path: Path) -> None:
    out, err, code = run("import_companies", write(tmp_path, "name\tcity\nAcme\tReno\n"))
    assert (code, err) == (0, "")
    assert "list.csv: 1 rows of companies (utf-8, tab)" in out
    assert "created 1, changed 0, merged 0, unchanged 0, refused 0" in out
    assert events(action="companies_imported")[0].actor == "command:import_companies"


def test_some_rows_were_refused(tmp_path: Path) -> None:
    out, err, code = run("import_companies", write(tmp_path, "name,domain,Colour\nAcme,a.example,\n,b.example,\n"))
    assert code == 1
    assert err.splitlines() == [
        "list.csv line 3, column name: no company name; row skipped",
        "list.csv: warning: not read, because no field has that name: 'Colour'",
        "1 of 2 rows were refused, each named above; the others went in",
    ]
    assert "created 1" in out
    assert CompanyMaster.objects.count() == 1


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "name\nAcme\n")
    out, _, code = run("import_companies", path, "--dry-run")
    assert (code, CompanyMaster.objects.count()) == (0, 0)
    assert "dry run: nothing was written" in out
    assert run("import_companies", path)[0].splitlines() == out.splitlines()[:-1]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff" * 400, b"colour\nred\n", b"name\n"])
def test_an_unusable_file_is_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    out, err, code = run("import_companies", path)
    assert (code, out) == (2, "")
    assert err.startswith("odd.csv: ")
    assert err.endswith("; nothing was written\n")
    assert err.count("\n") == 1


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    _, err, code = run("import_companies", tmp_path / "gone.csv")
    assert (code, err) == (2, "gone.csv: the file cannot be read: No such file or directory; nothing was written\n")


def test_a_database_that_fails_is_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*known: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("ctapp.actions.imports.companies.CompanyImporter.write", fail)
    _, err, code = run("import_companies", write(tmp_path, "name\nAcme\n"))
    assert (code, err) == (2, "list.csv: the database failed (database is locked); nothing was written\n")


def test_a_file_name_that_is_no_text_is_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "li\nst\udcff.csv"
    path.write_text('name\n""x\n')
    assert run("import_companies", path)[1].startswith("li?st?.csv line 2: ")


def test_targets_and_errors(tmp_path: Path) -> None:
    company()
    targets = write(tmp_path, "company_unique_id,execution_status\nacme,pending\nzeta,pending\n")
    assert run("import_targets", targets)[2] == 1
    assert run("import_errors", write(tmp_path, "company_unique_id,stage,code\nacme,complete,boom\n"))[2] == 0
    assert (CompanyTarget.objects.count(), CompanyTargetError.objects.count()) == (1, 1)
    assert audit_faults() == ()
