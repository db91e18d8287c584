"""Any bytes as a file: a report or one clean sentence, never an exception, and the invariants of the database hold."""

import contextlib

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from ctapp.actions.imports.refusal import Unusable
from ctapp.actions.imports.report import ImportReport
from ctapp.models import CompanyMaster
from ctapp.rules.hosts import registrable_domain
from ctapp.rules.patterns import parse
from tests.actions.files import audit_faults, companies, company, errors, everything, ready, targets

ANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "acme", "Acme, Inc.", "acme.example", "https://www.b.example/x", "{first}", "{f}{last}@acme.example", '"',
         '""', "\0", "\n", "a\nb", "0.5", "87 %", "51-200", "NULL", "x" * 1200, "﻿", "'=1+1", "TIER_0", "ready", "RETRY"]
    ),
)  # fmt: skip
HEADERS = st.lists(
    st.sampled_from(
        ["company_unique_id", "name", "domain", "pattern", "employees", "domain_confidence", "outreach_id", "city",
         "Colour", "execution_status", "readiness_tier", "stage", "code", "disposition", "raw_input"]
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip
TABLES = st.tuples(
    HEADERS,
    st.lists(st.lists(CELLS, max_size=9), max_size=8),
    st.sampled_from([",", "\t", ";", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.booleans(),
)


def written(table: tuple[list[str], list[list[str]], str, str, bool]) -> bytes:
    """The table as bytes, quoted properly or not at all."""
    header, rows, delimiter, encoding, quoted = table
    lines = [delimiter.join('"' + c.replace('"', '""') + '"' if quoted else c for c in row) for row in [header, *rows]]
    return "\n".join(lines).encode(encoding, "replace")


class Fuzz(TestCase):
    """Each example in a transaction of its own."""

    @given(st.binary(max_size=400))
    @example(b"\xff\xfe\x00")
    @example(b"name\r\x00\xd8")
    @example(b"PK\x03\x04" + b"\x00" * 60)
    @ANY
    def test_any_bytes(self, content: bytes) -> None:
        self.check(content)

    @given(st.binary(max_size=300))
    @ANY
    def test_any_bytes_below_a_header(self, content: bytes) -> None:
        self.check(b"company_unique_id,name,domain,pattern,city\n" + content)

    @given(TABLES)
    @ANY
    def test_any_table(self, table: tuple[list[str], list[list[str]], str, str, bool]) -> None:
        content = written(table)
        self.check(content)
        ready(company("acme-ready"))
        with contextlib.suppress(Unusable):
            targets(content.decode("utf-8", "replace"))
        with contextlib.suppress(Unusable):
            errors(content.decode("utf-8", "replace"))
        assert audit_faults() == ()

    def check(self, content: bytes) -> None:
        """Every row is accounted for, what is stored is canonical, and the trail holds."""
        try:
            report = companies(content)
        except Unusable as unusable:
            assert "\n" not in str(unusable)
            assert not CompanyMaster.objects.exists()
            return
        assert report.created + report.changed + report.merged + report.unchanged + report.refused == report.rows
        assert CompanyMaster.objects.count() == report.created
        self.check_sentences(report)
        self.check_values()
        assert audit_faults() == ()
        state = everything()
        companies(content, dry_run=True)
        assert everything() == state

    def check_sentences(self, report: ImportReport) -> None:
        """One printable line each, in the file's order."""
        lines = [refusal.line for refusal in report.refusals]
        assert lines == sorted(lines)
        for refusal in report.refusals:
            assert refusal.sentence("f.csv").replace("\N{NO-BREAK SPACE}", " ").isprintable()

    def check_values(self) -> None:
        """What is stored is canonical."""
        for made in CompanyMaster.objects.all():
            assert made.company_name.strip() == made.company_name != ""
            assert made.domain is None or registrable_domain(made.domain) == made.domain
            assert made.email_pattern is None or str(parse(made.email_pattern)) == made.email_pattern
