"""Emptying a demo database: refused on any other, and the gates stand again after."""

import pytest
from django.db import connection

from ctapp.actions.caller import Caller, Refused
from ctapp.actions.reset_demo import reset_demo
from ctapp.actions.start_run import start_run
from ctapp.gates import triggers
from ctapp.models import AuditEvent, CompanyMaster, DemoMark
from ctapp.runs import in_process

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_refuses_a_database_that_is_not_marked() -> None:
    CompanyMaster.objects.create(company_unique_id="a", company_name="A")
    with pytest.raises(Refused, match="not marked"):
        reset_demo()
    assert CompanyMaster.objects.count() == 1


def test_it_empties_a_marked_one_the_trail_included() -> None:
    DemoMark.objects.create(id=1)
    CompanyMaster.objects.create(company_unique_id="a", company_name="A")
    in_process.execute(start_run("rerun", {}, Caller.command("test"), queued=False))
    reset_demo()
    assert not CompanyMaster.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not DemoMark.objects.exists()
    assert triggers.gaps(connection) == []
