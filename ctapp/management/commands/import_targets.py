"""`import_targets`: bring the company targets of an existing system in, through the gates."""

from ctapp.actions.imports.targets import import_targets
from ctapp.management.import_command import ImportCommand


class Command(ImportCommand):
    """Thin: the action does it."""

    help = "Import company_target rows, keyed by outreach_id or company_unique_id, through the same gates as all else."
    action = staticmethod(import_targets)
