"""An import beside other writers on PostgreSQL: they wait for one another, and never for ever."""

import threading
import time

import pytest
from django.db import connection, transaction

from ctapp.actions.set_upstream import set_domain
from ctapp.models import CompanyMaster
from tests.actions.files import CALLER, audit_faults, companies, company

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_an_import_waits_for_a_writer_that_still_needs_the_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer holds a company, then appends; the import, batch by batch, would hold the chain and then need it."""
    monkeypatch.setattr("ctapp.actions.imports.engine.ROWS_OF_A_BATCH", 1)
    with transaction.atomic():
        last = company("z")
    holds, finished = threading.Event(), []

    def write() -> None:
        try:
            with transaction.atomic():
                CompanyMaster.objects.select_for_update(no_key=True).get(company_unique_id="z")
                holds.set()
                time.sleep(0.5)
                set_domain(last.outreach_id, "by-hand.example", source="call", reason="asked", caller=CALLER)
            finished.append("writer")
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert holds.wait(10)
    report = companies("company_unique_id,name,domain\na,Acme,a.example\nb,Beta,b.example\nz,Zeta,z.example\n")
    finished.append("import")
    writer.join(10)
    assert finished == ["writer", "import"]
    assert (report.created, report.changed) == (2, 1)
    assert CompanyMaster.objects.get(company_unique_id="z").domain == "z.example"
    assert audit_faults() == ()


def test_two_imports_of_the_same_new_companies_agree() -> None:
    text = "company_unique_id,name,domain\n" + "".join(f"k{n},Works {n},k{n}.example\n" for n in range(3000))
    reports = []

    def work() -> None:
        try:
            reports.append(companies(text))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted((report.created, report.unchanged, report.refused) for report in reports) == [
        (0, 3000, 0),
        (3000, 0, 0),
    ]
    assert audit_faults() == ()
