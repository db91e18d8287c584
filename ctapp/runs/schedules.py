"""The schedules of every installation: made after a migrate where absent, never reset where someone changed them."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django_q.models import Schedule

FOREVER = -1
TABLE = Schedule._meta.db_table


def install(using: str) -> None:
    """Make the schedules that are absent. All of them are local: none reaches out or spends."""
    now = timezone.now()
    for name, defaults in _wanted(now).items():
        Schedule.objects.using(using).get_or_create(name=name, defaults={"repeats": FOREVER, **defaults})


def _wanted(now: datetime) -> dict[str, dict[str, Any]]:
    daily = {"schedule_type": Schedule.DAILY}
    return {
        "heartbeat and reaper": {
            "func": "ctapp.actions.scheduled.heartbeat_and_reap",
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
            "next_run": now,
        },
        "nightly re-run": {"func": "ctapp.actions.scheduled.nightly_rerun", "next_run": _next(now, 1), **daily},
        "daily checks": {"func": "ctapp.actions.scheduled.daily_checks", "next_run": _next(now, 5), **daily},
    }


def _next(now: datetime, hour: int) -> datetime:
    """The next time it is `hour` o'clock UTC."""
    today = datetime.combine(now.date(), time(hour), tzinfo=now.tzinfo)
    return today if today > now else today + timedelta(days=1)
