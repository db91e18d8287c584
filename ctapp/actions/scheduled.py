"""What the schedules call: each a task without arguments that runs its action in the schedule's name."""

import platform

from django.utils import timezone

from ctapp.actions.caller import Caller
from ctapp.actions.check_daily import check_daily
from ctapp.actions.start_run import start_run
from ctapp.models import WorkerHeartbeat
from ctapp.runs import reaping


def heartbeat_and_reap() -> None:
    """Each minute: say that a worker here is alive, and take back what dead ones left."""
    WorkerHeartbeat.objects.update_or_create(host=platform.node(), defaults={"beat_at": timezone.now()})
    reaping.reap()


def nightly_rerun() -> None:
    """Each night: everything that is not TIER_0."""
    start_run("rerun", {}, Caller.schedule("nightly re-run"))


def daily_checks() -> None:
    """Each day: gates, audit trail, checkpoint."""
    check_daily(Caller.schedule("daily checks"))
