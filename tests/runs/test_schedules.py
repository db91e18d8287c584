"""The schedules: installed after every migrate, kept as an operator left them, and doing what they say."""

from pathlib import Path
from typing import Any

import pytest
from django.utils.module_loading import import_string
from django_q.models import Schedule

from ctapp.actions import scheduled
from ctapp.models import AuditEvent, CompanyMaster, CompanyTarget, Run, WorkerHeartbeat
from ctapp.runs import schedules

pytestmark = pytest.mark.django_db


def test_they_are_installed_and_every_one_calls_something_that_is_there() -> None:
    schedules.install("default")
    names = set(Schedule.objects.values_list("name", flat=True))
    assert {"heartbeat and reaper", "nightly re-run", "daily checks"} <= names
    for schedule in Schedule.objects.all():
        assert callable(import_string(schedule.func))


def test_one_that_was_paused_stays_paused() -> None:
    schedules.install("default")
    Schedule.objects.filter(name="nightly re-run").update(repeats=0)
    schedules.install("default")
    assert Schedule.objects.get(name="nightly re-run").repeats == 0


def test_the_heartbeat_is_written_once_a_host() -> None:
    scheduled.heartbeat_and_reap()
    scheduled.heartbeat_and_reap()
    assert WorkerHeartbeat.objects.count() == 1


def test_the_nightly_rerun_queues_a_run_in_the_schedules_name() -> None:
    scheduled.nightly_rerun()
    assert Run.objects.get().actor == "schedule:nightly re-run"


def test_the_daily_check_keeps_a_checkpoint_only_while_everything_holds(
    settings: Any, tmp_path: Path
) -> None:
    settings.CT_AUDIT_CHECKPOINT_FILE = str(tmp_path / "checkpoints")
    scheduled.daily_checks()
    scheduled.daily_checks()
    assert len((tmp_path / "checkpoints").read_text().splitlines()) == 2
    made = CompanyMaster.objects.create(company_unique_id="a", company_name="A")
    CompanyTarget.objects.create(outreach=made, execution_status="failed")  # behind the trail's back
    scheduled.daily_checks()
    assert len((tmp_path / "checkpoints").read_text().splitlines()) == 2
    assert '"holds":false' in AuditEvent.objects.latest("seq").payload
