"""How long importing companies takes: a new file, the same file again, its rows one by one; and a file of yours.

    DATABASE_URL=… python -m tests.benchmarks.bench_import [--rows 100000] [--runs 3] [FILE]

Works on a scratch database of its own (test_<name> on PostgreSQL, a temporary file on SQLite), made anew for every run.
"""

import argparse
import csv
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import django

TARGET_SECONDS = {"new": 20, "again": 6}
ONE_BY_ONE_ROWS = 5000


def write_file(path: Path, rows: int) -> None:
    """Invented companies, nine of ten with domain and pattern."""
    from ctapp.actions.imports.company_row import COLUMNS

    patterns = ("{first}.{last}", "{f}{last}", "{first}", "{first}_{last}")
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.field for column in COLUMNS if column.field != "outreach_id"])
        for n in range(rows):
            site = f"invented{n}.example"
            known = [f"https://www.{site}/", site, "website", f"0.{6000 + n % 4000}", patterns[n % 4], "hunter", "0.87"]
            found = known if n % 10 else [""] * 7
            place = ("Reno", "NV") if n % 3 else ("Salem", "OR")
            writer.writerow([f"works-{n:07d}", f"Invented Works {n}, Inc.", *found, "Tools", n % 9000, *place, "bench"])


@contextmanager
def scratch_database(folder: Path) -> Iterator[None]:
    """An empty database with every table and gate."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(folder / "scratch.sqlite3")
    original = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(original, verbosity=0)


def import_file(path: Path) -> float:
    """Seconds of one import; what was refused is told."""
    from ctapp.actions.caller import Caller
    from ctapp.actions.imports.companies import import_companies

    started, cpu = time.perf_counter(), time.process_time()
    report = import_companies(path, Caller.command("bench"), file_name=path.name)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    counts = f"created {report.created:,}, unchanged {report.unchanged:,}, refused {report.refused:,}"
    say(f"  {path.name}: {report.rows:,} rows in {seconds:.2f} s, {cpu:.2f} s of them computing here ({counts})")
    for refusal in report.refusals[:20]:
        say(f"    {refusal.sentence(path.name)}")
    for warning in report.warnings:
        say(f"    warning: {warning}")
    return seconds


def one_by_one(path: Path) -> float:
    """Seconds for the same rows with one query, one save and one audit event each, in one transaction."""
    from django.db import transaction

    from ctapp.audit.chain import append
    from ctapp.audit.events import Actor, Draft
    from ctapp.models import CompanyMaster

    started = time.perf_counter()
    with transaction.atomic(), path.open(newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if number == ONE_BY_ONE_ROWS:
                break
            known = {name: value or None for name, value in row.items()}
            key = known.pop("company_unique_id")
            company, _ = CompanyMaster.objects.update_or_create(company_unique_id=key, defaults=known)
            after = {"domain": company.domain, "email_pattern": company.email_pattern}
            append(
                Actor("command:bench"), [Draft("company_imported", "company", str(company.outreach_id), None, after)]
            )
    return time.perf_counter() - started


def measure(folder: Path, runs: int, work: Callable[[], list[float]]) -> list[float]:
    """The median of each figure over so many runs, each in a database of its own."""
    figures = []
    for _ in range(runs):
        with scratch_database(folder):
            figures.append(work())
    return [median(column) for column in zip(*figures, strict=True)]


def say(line: str) -> None:
    """To the standard output."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Measure and print; exit code 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "invented.csv"
        write_file(path, options.rows)
        say(f"{connection.vendor}, {options.rows:,} rows, median of {options.runs}")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        new, again = measure(folder, options.runs, lambda: [import_file(path), import_file(path)])
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        (single,) = measure(folder, options.runs, lambda: [one_by_one(path)])
        say(f"new file {new:.1f} s (at most {TARGET_SECONDS['new']} s)")
        say(f"the same again {again:.1f} s (at most {TARGET_SECONDS['again']} s)")
        per_row = single / min(ONE_BY_ONE_ROWS, options.rows)
        say(f"one by one {per_row * 1000:.2f} ms a row, so {per_row * options.rows:.0f} s; memory grew by {grown} MiB")
        if options.file:
            measure(folder, 1, lambda: [import_file(options.file), import_file(options.file)])
    if new > TARGET_SECONDS["new"] or again > TARGET_SECONDS["again"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
