"""`export_audit`: the audit trail as JSON lines, to a file or the standard output; the export is itself recorded."""

import os
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ctapp.audit.events import Actor
from ctapp.audit.export import Export
from ctapp.models import AuditEvent


class Command(BaseCommand):
    """Write every event, or those from a seq on."""

    help = "Export the audit trail, one event a line; ctapp/audit/verify_export.py verifies it with Python alone."

    def add_arguments(self, parser: CommandParser) -> None:
        """--output and --from-seq."""
        parser.add_argument("--output", metavar="FILE", help="where to write; the standard output where absent")
        parser.add_argument("--from-seq", type=int, default=1, metavar="N", help="leave out the events before seq N")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raise CommandError with exit code 2 where the file cannot be written."""
        first = options["from_seq"]
        if first < 1:
            raise CommandError(f"--from-seq {first}: the first event has seq 1", returncode=2)
        words = "all" if first == 1 else f"from seq {first}"
        export = Export(Actor("command:export_audit"), AuditEvent.objects.filter(seq__gte=first), words)
        if not options["output"]:
            with closing(export.lines()) as lines:
                for line in lines:
                    self.stdout.write(line.decode(), ending="")
            return
        self._to_file(export, Path(options["output"]))
        self.stdout.write(f"{options['output']}: {export.count} events, sha256 {export.sha256}")

    def _to_file(self, export: Export, path: Path) -> None:
        """Complete or not there at all: written beside and moved into place."""
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with draft.open("xb") as file, closing(export.lines()) as lines:
                file.writelines(lines)
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise CommandError(f"{path} cannot be written: {error.strerror}", returncode=2) from error
