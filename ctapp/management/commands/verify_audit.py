"""`verify_audit`: whether the audit chain holds and replaying it gives the tables; exit 1 where it does not."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ctapp.audit.checkpoint import WORD, Checkpoint, CheckpointError, read_all
from ctapp.audit.verification import verify


class Command(BaseCommand):
    """Print the chain's status, or every fault."""

    help = (
        "Verify the audit chain, the tables it must give and the stored reports. Without --checkpoint the file of "
        "CT_AUDIT_CHECKPOINT_FILE is used, where it is set. Exit code 1 where something does not hold."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """--checkpoint."""
        parser.add_argument(
            "--checkpoint",
            metavar="SEQ:HASH|FILE",
            help="a checkpoint kept elsewhere, or the file of them that the daily check writes: each must hold",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raise CommandError with exit code 1 where the trail does not hold, 2 where the checkpoint cannot be read."""
        try:
            checkpoints = self._checkpoints(options["checkpoint"])
        except CheckpointError as error:
            raise CommandError(str(error), returncode=2) from error
        verdict = verify(checkpoints)
        if not verdict.holds:
            for fault in verdict.faults:
                self.stdout.write(f"BROKEN  {fault}")
            raise CommandError(f"the audit trail does not hold: {len(verdict.faults)} fault(s), above", returncode=1)
        self.stdout.write(verdict.message)

    def _checkpoints(self, given: str | None) -> list[Checkpoint]:
        if given:
            return [Checkpoint.parse(given)] if WORD.fullmatch(given) else read_all(given)
        kept = settings.CT_AUDIT_CHECKPOINT_FILE
        if not kept:
            self.stdout.write("no checkpoint given: a cut-off tail would go unseen; set CT_AUDIT_CHECKPOINT_FILE")
            return []
        if not Path(kept).exists():
            self.stdout.write(f"checkpoint file {kept} is not there yet; without one a cut-off tail goes unseen")
            return []
        return read_all(kept)
