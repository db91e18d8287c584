"""`import_companies`: bring the companies of a file in, new ones and changed values."""

from ctapp.actions.imports.companies import import_companies
from ctapp.management.import_command import ImportCommand


class Command(ImportCommand):
    """Thin: the action does it."""

    help = "Import companies: keyed by company_unique_id, or by name, city and state. A blank never overwrites a value."
    action = staticmethod(import_companies)
