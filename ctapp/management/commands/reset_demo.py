"""`reset_demo`: make a demo database empty and unmarked; refused on any other."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ctapp.actions.caller import Refused
from ctapp.actions.reset_demo import reset_demo


class Command(BaseCommand):
    """Exit codes: 0 emptied, 2 refused."""

    help = "Make a demo database empty and unmarked."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reset_demo()
        except Refused as refused:
            raise CommandError(str(refused), returncode=2) from refused
        self.stdout.write("The demo data is gone and the database is unmarked. `quickstart` loads it again.")
