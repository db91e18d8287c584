"""`import_errors`: bring the company-target errors of an existing system in, through the gates."""

from ctapp.actions.imports.errors import import_errors
from ctapp.management.import_command import ImportCommand


class Command(ImportCommand):
    """Thin: the action does it."""

    help = "Import company_target_errors rows; a blocking one demotes its TIER_0 record first."
    action = staticmethod(import_errors)
