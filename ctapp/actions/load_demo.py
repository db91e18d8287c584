"""Load the demo data: only into an empty or a demo database, through the same imports and gates as everything else."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from ctapp.actions.caller import Caller, Refused
from ctapp.actions.imports.companies import import_companies
from ctapp.actions.imports.targets import import_targets
from ctapp.actions.start_run import start_run
from ctapp.models import CompanyMaster, CompanyTarget, DemoMark
from ctapp.runs import in_process
from ctapp.sandbox.demo_companies import SOURCE_SYSTEM, demo_companies, demo_targets


def load_demo(caller: Caller, tell: Callable[[str], None]) -> None:
    """Bring the demo world in; a second time changes nothing. Raises Refused where other data is there."""
    if CompanyMaster.objects.exists() and not DemoMark.objects.exists():
        raise Refused("this database holds data that is not the demo's; name an empty one in DATABASE_URL")
    DemoMark.objects.get_or_create(id=1)
    with TemporaryDirectory() as folder:
        companies = _write(Path(folder) / "demo_companies.csv", demo_companies())
        report = import_companies(companies, caller, file_name=companies.name)
        tell(f"companies: {report.created:,} new, {report.unchanged:,} as they were, {report.refused:,} refused")
        _complete_established(caller, tell)
        targets = _write(Path(folder) / "demo_targets.csv", demo_targets())
        report = import_targets(targets, caller, file_name=targets.name)
        tell(f"targets: {report.created:,} new, {report.unchanged:,} as they were, {report.refused:,} refused")


def _complete_established(caller: Caller, tell: Callable[[str], None]) -> None:
    """The companies that have domain and pattern go through the gates like any other."""
    waiting = CompanyMaster.objects.filter(
        source_system=SOURCE_SYSTEM, domain__isnull=False, email_pattern__isnull=False, target__isnull=True
    )
    if waiting.exists():
        selection = {"filter": {"gap": "none", "status": "none", "source_system": SOURCE_SYSTEM}}
        run = start_run("rerun", selection, caller, queued=False)
        in_process.execute(run)
    promoted = CompanyTarget.objects.filter(readiness_tier="TIER_0").count()
    tell(f"through the gates: {promoted:,} companies are CT DONE and TIER_0")


def _write(path: Path, rows: Iterator[dict[str, str]]) -> Path:
    first = next(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)
    return path


