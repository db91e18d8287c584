"""Make a demo database empty and unmarked: the product's tables are migrated away and made anew, gates and all."""

from django.core.management import call_command
from django_q.models import OrmQ, Task

from ctapp.actions.caller import Refused
from ctapp.models import DemoMark


def reset_demo() -> None:
    """Empty the database; log-ins stay. Raises Refused on any database that is not marked as the demo's.

    The audit trail goes with it: the only lawful way, because no statement deletes events while their table stands.
    """
    if not DemoMark.objects.exists():
        raise Refused("this database is not marked as demo data, so it is not emptied; nothing was changed")
    call_command("migrate", "ctapp", "zero", verbosity=0)
    call_command("migrate", verbosity=0)
    OrmQ.objects.all().delete()
    Task.objects.all().delete()
