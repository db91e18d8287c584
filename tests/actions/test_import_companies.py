"""Importing companies: what goes in, what is refused and why, and that nothing happens twice."""

import io
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ctapp.actions.caller import NotPermitted
from ctapp.actions.imports.companies import import_companies
from ctapp.actions.imports.company_row import outreach_id_of
from ctapp.actions.imports.refusal import TooManyRows, Unusable
from ctapp.actions.imports.report import MOST_KEPT, Entry, Fate
from ctapp.models import AuditEvent, CompanyMaster
from tests.actions.files import audit_faults, companies, company, events, everything, person, ready, sentences

pytestmark = pytest.mark.django_db


def test_a_row_becomes_a_company() -> None:
    report = companies(
        "Company ID,Company,Website,Domain,Domain Confidence,Email Format,Pattern Source,Pattern Confidence,Sector,"
        "Employees,City,State,Source\n"
        'a1," Acme  Works ",HTTPS://www.Acme.example/about ,https://www.Acme.example/about,87 %,'
        '{FIRST}.{last}@acme.example,website,0.9,Tools,"1,200",Reno,NV,list\n'
    )
    assert (report.created, report.refused, report.warnings) == (1, 0, ())
    made = CompanyMaster.objects.get()
    assert (made.company_unique_id, made.company_name) == ("a1", "Acme Works")
    assert made.website_url == "HTTPS://www.Acme.example/about"
    assert (made.domain, made.domain_source, made.domain_confidence) == ("acme.example", "import", Decimal("0.87"))
    assert (made.email_pattern, made.email_pattern_source) == ("{first}.{last}", "website")
    assert made.email_pattern_confidence == Decimal("0.9")
    assert (made.industry, made.employee_count, made.source_system) == ("Tools", 1200, "list")
    assert (made.address_city, made.address_state) == ("Reno", "NV")


def test_without_an_id_name_city_and_state_make_a_stable_one() -> None:
    companies("name,city,state\nAcme Incorporated,Reno,Nevada\n")
    again = companies('company_name,town,region,industry\n"ACME, INC.",RENO,NV,Tools\n')
    assert (again.created, again.changed) == (0, 1)
    assert CompanyMaster.objects.get().industry == "Tools"


def test_the_outreach_id_is_derived_unless_given() -> None:
    given = uuid.uuid4()
    companies(f"company_unique_id,name,outreach_id\na,Acme,\nb,Beta,{given}\n")
    found = dict(CompanyMaster.objects.values_list("company_unique_id", "outreach_id"))
    assert found == {"a": outreach_id_of("a"), "b": given}


def test_importing_twice_changes_nothing() -> None:
    text = (
        "company_unique_id,name,domain,email_pattern,employees,email_pattern_confidence\n"
        'a,Acme,acme.example,{first},51-200,87 %\nb,Beta,,,,\na,,,,,\nb,Beta,beta.example,,,\nc,"Unclosed,,,,\n'
        "a,Acme,other.example,,,\n"
    )
    first = companies(text)
    state, seq = everything(), AuditEvent.objects.count()
    second = companies(text)
    assert (first.created, first.merged, first.refused) == (2, 1, 3)
    assert (second.created, second.changed, second.merged, second.unchanged) == (0, 0, 0, 3)
    assert second.refusals == first.refusals
    assert everything() == state
    assert AuditEvent.objects.count() == seq


def test_a_blank_never_overwrites() -> None:
    companies("company_unique_id,name,domain,city,employees\na,Acme,acme.example,Reno,5\n")
    state = everything()
    report = companies("company_unique_id,name,domain,city,employees\na,Acme,, ,NULL\n")
    assert (report.unchanged, everything()) == (1, state)


def test_a_changed_value_is_audited_with_what_it_was() -> None:
    companies("company_unique_id,name,domain,domain_source,city\na,Acme,acme.example,website,Reno\n")
    report = companies("company_unique_id,name,domain,city\na,Acme,acme-works.example,Elko\n")
    assert report.changed == 1
    (event,) = events(action="company_changed")
    assert event.actor == "command:test"
    told = event.payload
    for words in ('"domain":"acme.example"', '"domain":"acme-works.example"', '"address_city":"Reno"',
                  '"reason":"companies.csv line 2"'):  # fmt: skip
        assert words in told
    changed = CompanyMaster.objects.get()
    assert (changed.domain_source, changed.domain_confidence) == ("import", None)


def test_the_source_of_a_value_goes_with_the_value() -> None:
    text = "company_unique_id,name,domain,domain_source,domain_confidence\na,Acme,{},{},{}\n"
    companies(text.format("a.example", "website", "0.9"))
    companies(text.format("a.example", "", ""))
    assert CompanyMaster.objects.get().domain_source == "website"
    companies(text.format("b.example", "registry", ""))
    kept = CompanyMaster.objects.get()
    assert (kept.domain_source, kept.domain_confidence) == ("registry", None)


def test_every_change_replays() -> None:
    text = "company_unique_id,name,domain,pattern\na,Acme,{},{}\nb,Beta,,\n"
    companies(text.format("a.example", ""))
    companies(text.format("b.example", "{first}"))
    assert audit_faults() == ()


def test_the_import_itself_is_an_event_with_the_digest() -> None:
    report = companies("name\nAcme\n")
    (event,) = events(action="companies_imported")
    assert (event.object_type, event.object_key) == ("import", report.sha256)


def test_a_company_without_domain_and_pattern_needs_no_event_of_its_own() -> None:
    companies("name\nAcme\n")
    assert events(object_type="company") == []


def test_unknown_columns_are_named() -> None:
    report = companies("name,Colour,website,url\nAcme,red,a.example,b.example\n")
    assert report.warnings == (
        "columns 'website' and 'url' both mean website_url; only the first is read",
        "not read, because no field has that name: 'Colour'",
    )
    assert CompanyMaster.objects.get().website_url == "a.example"


def test_ranges_of_employees_and_shared_domains_are_warned_of() -> None:
    report = companies("name,domain,employees\nAcme,facebook.com,51-200\nBeta,beta.example,5\n")
    assert report.warnings == (
        "1 row gave the employees as a range, of which the lower bound is kept (line 2)",
        "1 row gave a domain that serves many companies; check that it is their own (facebook.com on line 2)",
    )


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("a,,,,", "companies.csv line 2, column Company: no company name; row skipped"),
        (
            "a,Acme,not a domain,,",
            "companies.csv line 2, column domain: 'not a domain': "
            "a domain holds no spaces or control characters; row skipped",
        ),
        ("a,\u200b,,,", "column Company: '\\u200b': nothing in this name can be seen"),
        ("a,Acme,localhost,,", "column domain: 'localhost': localhost is this machine"),
        ("a,Acme,10.0.0.1,,", "column domain: '10.0.0.1': an IP address is not a domain"),
        ("a,Acme,,{vorname},", "column pattern: e-mail pattern '{vorname}': '{vorname}' is not a placeholder"),
        ("a,Acme,,,1.2", "column domain_confidence: '1.2': above 1; write 0.87 or 87 %"),
        ("a,Ac\0me,,,", "column Company: 'Ac\\x00me': a NUL byte"),
        (f"a,{'x' * 1001},,,", "1,001 characters, at most 1,000 are kept"),
        (f"{'x' * 300},Acme,,,", "300 characters, at most 255 are kept"),
        ("a,Acme,,,," + "," * 9_994 + "x", "line 2: the row has 10,000 cells where the header has 5; row skipped"),
        ('a,"Acme,,,', "line 2: a quote is opened here and never closed"),
    ],
)
def test_a_bad_row_is_told_and_the_good_ones_go_in(row: str, sentence: str) -> None:
    header = "company_unique_id,Company,domain,pattern,domain_confidence"
    report = companies(f"{header}\n{row}\ngood,Good Works,good.example,{{first}},0.5\n")
    assert [sentence in told for told in sentences(report)] == [True]
    assert all("\n" not in told for told in sentences(report))
    assert (report.rows, report.created, report.refused, report.exit_code) == (2, 1, 1, 1)
    assert CompanyMaster.objects.get().company_unique_id == "good"


def test_rows_with_one_key_that_disagree_name_each_other() -> None:
    report = companies(
        "company_unique_id,name,domain,city\na,Acme,a.example,\nb,Beta,,\na,Acme,b.example,\na,Acme,,Reno\na,,,\n"
    )
    assert sentences(report)[0] == (
        "companies.csv line 4, column domain: 'b.example' disagrees with 'a.example' on line 2 for the same key; "
        "row skipped"
    )
    assert (report.created, report.merged, report.refused) == (2, 1, 2)
    kept = CompanyMaster.objects.get(company_unique_id="a")
    assert (kept.domain, kept.address_city) == ("a.example", "Reno")


def test_the_line_that_gave_the_value_is_named_across_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctapp.actions.imports.engine.ROWS_OF_A_BATCH", 2)
    report = companies(
        "company_unique_id,name,domain,pattern\na,Acme,a.example,\nb,Beta,,\n"
        "a,Acme,,{first}\nc,Gamma,,\na,Acme,b.example,\nd,Delta,,\na,Acme,,{last}\n"
    )
    assert [told.partition("disagrees with ")[2] for told in sentences(report)] == [
        "'a.example' on line 2 for the same key; row skipped",
        "'{first}' on line 4 for the same key; row skipped",
    ]
    assert CompanyMaster.objects.get(company_unique_id="a").email_pattern == "{first}"


def test_names_that_collide_after_normalisation_are_one_company_or_a_conflict() -> None:
    report = companies(
        'name,domain,city,state\n"Acme, Inc.",a.example,Reno,NV\nACME INC,a.example,RENO,Nevada\n'
        "Acme Incorporated,b.example,Reno,NV\n"
    )
    assert (report.created, report.unchanged, report.refused) == (1, 1, 1)
    assert "'b.example' disagrees with 'a.example' on line 2" in sentences(report)[0]
    assert CompanyMaster.objects.get().company_name == "Acme, Inc."


def test_a_pattern_may_come_with_the_companys_own_domain() -> None:
    company("stored", domain="stored.example", pattern=None)
    report = companies(
        "company_unique_id,name,domain,pattern\n"
        "a,Acme,www.acme.example,{first}@Acme.example\n"
        "stored,Acme Works,,{last}@stored.example\n"
        "c,Gamma,gamma.example,{first}@other.example\n"
        "d,Delta,,{first}@delta.example\n"
        "e,Eta,eta.example,{first}@mail.eta.example\n"
    )
    assert [refusal.line for refusal in report.refusals] == [4, 5, 6]
    assert "behind the pattern is not the company's (the company's is 'gamma.example')" in sentences(report)[0]
    assert "(the company's is not known)" in sentences(report)[1]
    patterns = dict(CompanyMaster.objects.values_list("company_unique_id", "email_pattern"))
    assert patterns == {"a": "{first}", "stored": "{last}"}


@pytest.mark.parametrize(("column", "value"), [("domain", "new.example"), ("pattern", "{last}")])
def test_a_ready_company_keeps_domain_and_pattern(column: str, value: str) -> None:
    ready(company())
    report = companies(f"company_unique_id,name,{column},city\nacme,Acme Works,{value},Reno\nb,Beta,,\n")
    assert "withdraw its target first; row skipped" in sentences(report)[0]
    assert (report.created, report.refused) == (1, 1)
    assert CompanyMaster.objects.get(company_unique_id="acme").address_city is None


def test_a_ready_company_takes_everything_else() -> None:
    ready(company())
    report = companies("company_unique_id,name,domain,pattern,city\nacme,Acme Works,acme.example,{first},Reno\n")
    assert (report.changed, report.refused) == (1, 0)


def test_an_outreach_id_is_unique_and_never_changes() -> None:
    owner = company()
    report = companies(
        f"company_unique_id,name,outreach_id\nb,Beta,{owner.outreach_id}\nacme,Acme,{uuid.uuid4()}\nc,Gamma,none\n"
    )
    assert [told.partition(": ")[2].partition(": ")[2] for told in sentences(report)] == [
        "it belongs to company 'acme'; row skipped",
        f"company 'acme' has {owner.outreach_id}; an outreach_id never changes; row skipped",
        "not a UUID such as 6f1c2f0e-0b5e-4d8a-9a53-0c8f5a9d1b77; row skipped",
    ]
    assert CompanyMaster.objects.count() == 1


def test_two_rows_may_not_share_an_outreach_id() -> None:
    shared = uuid.uuid4()
    report = companies(f"company_unique_id,name,outreach_id\na,Acme,{shared}\nb,Beta,{shared}\n")
    assert (report.created, report.refused) == (1, 1)


def test_a_dry_run_writes_nothing_and_says_what_the_real_run_does() -> None:
    company("stored", domain="stored.example")
    text = (
        "company_unique_id,name,domain,Colour\na,Acme,a.example,\nstored,Stored,other.example,\nb,,b.example,\n"
        "a,Acme,z.example,\na,Acme,,\n"
    )
    state, seq = everything(), AuditEvent.objects.count()
    planned_entries: list[Entry] = []
    planned = companies(text, dry_run=True, on_entry=planned_entries.append)
    assert (everything(), AuditEvent.objects.count()) == (state, seq)
    entries: list[Entry] = []
    done = companies(text, on_entry=entries.append)
    assert planned.dry_run
    assert replace(planned, dry_run=False) == done
    assert planned_entries == entries
    assert [entry.fate for entry in entries] == [Fate.CREATED, Fate.CHANGED, Fate.UNCHANGED]
    assert entries[1].changes["domain"] == ("stored.example", "other.example")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("name,city\n", "a header and no rows"),
        ("colour,size\nred,5\n", "no column holds the company's name.*'colour', 'size'"),
        ("Acme,Reno\nBeta,Elko\n", "no column holds the company's name"),
    ],
)
def test_an_unusable_file_writes_nothing(text: str, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        companies(text)
    assert not CompanyMaster.objects.exists()
    assert not AuditEvent.objects.exists()


def test_rows_beyond_the_limit_make_the_file_unusable() -> None:
    assert companies("name\nAcme\nBeta\n", row_limit=2).created == 2
    with pytest.raises(TooManyRows, match="more than 2 rows"):
        companies("name\nGamma\nDelta\nEta\n", row_limit=2)
    assert CompanyMaster.objects.count() == 2


def test_every_refused_row_is_told_but_not_every_one_kept() -> None:
    told = []
    bad = MOST_KEPT + 50
    report = companies("name,domain\n" + "Acme,x\n" * bad, on_refusal=told.append)
    assert (report.refused, len(report.refusals), len(told)) == (bad, MOST_KEPT, bad)


def test_the_permission_is_asked_for() -> None:
    with pytest.raises(NotPermitted, match=r"ctapp\.import_companies"):
        import_companies(io.BytesIO(b"name\nAcme\n"), person(), file_name="f.csv")
    caller = person("ctapp.import_companies")
    assert import_companies(io.BytesIO(b"name\nAcme\n"), caller, file_name="f.csv").created == 1
    assert events(action="companies_imported")[0].actor == caller.actor.name


def test_what_the_database_refuses_after_all_costs_its_row_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the importer did not know the gate."""
    ready(company())
    seq = AuditEvent.objects.count()
    monkeypatch.setattr("ctapp.actions.imports.company_merge._frozen", lambda *known: None)
    report = companies("company_unique_id,name,domain\nb,Beta,\nacme,Acme,new.example\nc,Gamma,\nb,,x.example\n")
    assert (report.created, report.refused, [refusal.line for refusal in report.refusals]) == (2, 2, [3, 5])
    assert "gate_ready_keeps_domain_and_pattern" in report.refusals[0].reason
    assert AuditEvent.objects.count() == seq + 1
    assert audit_faults() == ()


def test_statements_do_not_grow_with_the_rows() -> None:
    def statements(count: int, prefix: str) -> int:
        text = "company_unique_id,name,domain\n" + "".join(
            f"{prefix}{n},N{n},{prefix}{n}.example\n" for n in range(count)
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            companies(text)
        return len(queries)

    assert statements(1500, "b") <= statements(10, "a") + 2
