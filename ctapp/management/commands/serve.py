"""`serve`: web server, worker cluster and schedules together, supervised, until Ctrl-C."""

import signal
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from ctapp.gates import triggers
from ctapp.runs.supervising import supervise

UNUSABLE = 2


class Command(BaseCommand):
    """Exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 a gate is missing, 2 the database is not set up."""

    help = "Run the web interface, the workers and the schedules."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_without_gates()
        stopped: list[int] = []

        def stop(number: int, frame: FrameType | None) -> None:
            stopped.append(number)

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        self.stdout.write(f"http://{options['bind']}/   (Ctrl-C stops everything cleanly)")
        supervise(options["bind"], self.stderr.write, lambda: bool(stopped))

    def _refuse_without_gates(self) -> None:
        """A failed migrate leaves the gates lifted: nothing may write until they stand again."""
        try:
            gaps = triggers.gaps(connection)
        except DatabaseError as error:
            reason = f"the database cannot be used: {error}; check DATABASE_URL"
            raise CommandError(reason, returncode=UNUSABLE) from error
        if gaps:
            raise CommandError(f"{gaps[0]} ({len(gaps)} in all); run `manage.py migrate`, then `verify_gates`")
