"""What the import commands share: arguments, output, exit codes."""

from pathlib import Path
from typing import Any, ClassVar, Protocol

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from ctapp.actions.caller import Caller
from ctapp.actions.imports.refusal import Refusal, Unusable, printable
from ctapp.actions.imports.report import Fate, ImportReport, OnRefusal


class ImportAction(Protocol):
    """The action beneath the command."""

    def __call__(
        self, source: Path, caller: Caller, *, file_name: str, dry_run: bool, on_refusal: OnRefusal
    ) -> ImportReport: ...


class ImportCommand(BaseCommand):
    """Import one file. Exit codes: 0 every row went in, 1 some were refused, 2 nothing was written."""

    action: ClassVar[ImportAction]

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE and --dry-run."""
        parser.add_argument("file", metavar="FILE", help="CSV, TSV or XLSX; delimiter and encoding are found out")
        parser.add_argument("--dry-run", action="store_true", help="say exactly what would happen, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refused rows go to the standard error, one line each, as they come."""
        path = Path(options["file"])
        name = printable(path.name)
        caller = Caller.command(type(self).__module__.rpartition(".")[2])

        def tell(refusal: Refusal) -> None:
            self.stderr.write(refusal.sentence(name), style_func=str)

        try:
            report = type(self).action(path, caller, file_name=name, dry_run=options["dry_run"], on_refusal=tell)
        except Unusable as error:
            raise CommandError(f"{name}: {error}; nothing was written", returncode=2) from error
        except DatabaseError as error:
            reason = " ".join(str(error).split())
            raise CommandError(f"{name}: the database failed ({reason}); nothing was written", returncode=2) from error
        self._tell(report)

    def _tell(self, report: ImportReport) -> None:
        for warning in report.warnings:
            self.stderr.write(f"{report.file_name}: warning: {warning}", style_func=str)
        kind = f"{report.encoding}, {report.delimiter}"
        self.stdout.write(f"{report.file_name}: {report.rows:,} rows of {report.what} ({kind}), sha256 {report.sha256}")
        counts = [f"{fate} {getattr(report, fate):,}" for fate in Fate]
        self.stdout.write(f"{', '.join(counts)}, refused {report.refused:,}")
        if report.dry_run:
            self.stdout.write("dry run: nothing was written; a run without --dry-run does exactly this")
        if report.refused:
            were = "would be" if report.dry_run else "were"
            refused = f"{report.refused:,} of {report.rows:,} rows {were} refused, each named above"
            raise CommandError(f"{refused}; the others {'would go' if report.dry_run else 'went'} in", returncode=1)
