"""`verify_gates`: whether every invariant holds and every CHECK and trigger stands; exit 1 where one does not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ctapp.gates.verification import GateCheck, verify


class Command(BaseCommand):
    """One line a check, then a summary."""

    help = "Ask the database whether every gate holds. Exit code 1 where one does not."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print, and raise CommandError (exit code 1) where a check does not hold."""
        checks = verify()
        for check in checks:
            self.stdout.write(_line(check))
        broken = sum(not check.holds for check in checks)
        if broken:
            raise CommandError(f"{broken} of {len(checks)} checks do not hold; see the lines above", returncode=1)
        self.stdout.write(f"all {len(checks)} checks hold")


def _line(check: GateCheck) -> str:
    if check.holds:
        return f"holds   {check.name}: {check.sentence}"
    more = ", …" if check.found > len(check.examples) else ""
    return f"BROKEN  {check.name}: {check.sentence} Found {check.found}: {', '.join(check.examples)}{more}"
