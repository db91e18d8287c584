"""Nothing stored can be changed, removed or exchanged without verify() finding it and naming the seq or the record."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from ctapp.audit.chain import append
from ctapp.audit.checkpoint import Checkpoint
from ctapp.audit.events import Draft
from ctapp.audit.verification import verify
from ctapp.models import AuditEvent, CompanyMaster, CompanyTarget, CompanyTargetError, Report, Run
from tests.audit import trail
from tests.audit.trail import SIZE, corrupting
from tests.gates import records
from tests.gates.records import execute

pytestmark = pytest.mark.django_db
only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="what SQLite allows to store")

SEQS = range(1, SIZE + 1)
TEXTS = ("actor", "action", "object_type", "object_key", "payload", "hash")


def first_fault(*checkpoints: Checkpoint) -> str:
    """The first thing found wrong."""
    verdict = verify(checkpoints)
    assert not verdict.holds
    assert verdict.message.startswith(f"the audit trail does not hold: {verdict.faults[0]}")
    return verdict.faults[0]


def names(fault: str, seq: int) -> bool:
    """Whether the fault names this seq and no other as the bad one."""
    return fault.startswith((f"event {seq}:", f"seq {seq} ", f"seq {seq}:"))


@settings(max_examples=120, deadline=None)
@given(
    seq=st.sampled_from(SEQS),
    column=st.sampled_from(TEXTS),
    place=st.integers(0, 2_000),
    character=st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
)
def test_any_character_changed_in_any_text_of_any_event(seq: int, column: str, place: int, character: str) -> None:
    with transaction.atomic():
        trail.lay()
        event = AuditEvent.objects.get(seq=seq)
        text = getattr(event, column)
        at = place % len(text)
        with corrupting():
            changed = text[:at] + character + text[at + 1 :]
            AuditEvent.objects.filter(seq=seq).update(**{column: changed[:64] if column == "hash" else changed})
            assert changed == text or names(first_fault(), seq)
        transaction.set_rollback(True)


@only_sqlite
@settings(max_examples=80, deadline=None)
@given(
    seq=st.sampled_from(SEQS),
    column=st.sampled_from((*TEXTS, "time")),
    place=st.integers(0, 2_000),
    byte=st.integers(0, 255),
)
def test_any_byte_changed_to_any_other(seq: int, column: str, place: int, byte: int) -> None:
    """Bytes that are no UTF-8 included, which no client can read as text."""
    with transaction.atomic(), connection.cursor() as cursor:
        trail.lay()
        cursor.execute(f"SELECT CAST({column} AS BLOB) FROM ct_audit_event WHERE seq = %s", [seq])
        stored = bytearray(cursor.fetchone()[0])
        before = bytes(stored)
        stored[place % len(stored)] = byte
        with corrupting():
            cursor.execute(
                f"UPDATE ct_audit_event SET {column} = CAST(%s AS TEXT) WHERE seq = %s", [bytes(stored), seq]
            )
            assert bytes(stored) == before or names(first_fault(), seq)
        transaction.set_rollback(True)


CHANGES: dict[str, Callable[[AuditEvent], dict[str, object]]] = {
    "time by a microsecond": lambda event: {"time": event.time + timedelta(microseconds=1)},
    "time by an hour": lambda event: {"time": event.time - timedelta(hours=1)},
    "run": lambda event: {"run_id": (event.run_id or 0) + 1},
    "run taken away or given": lambda event: {"run_id": None if event.run_id else 1},
    "actor": lambda event: {"actor": "user:nobody"},
    "action": lambda event: {"action": "looked_at"},
    "object": lambda event: {"object_key": "0"},
    "payload emptied": lambda event: {"payload": ""},
    "payload no JSON any more": lambda event: {"payload": event.payload[:-1]},
    "payload with a blank more": lambda event: {"payload": f"{event.payload} "},
    "hash in capitals": lambda event: {"hash": event.hash.upper()},
    "hash emptied": lambda event: {"hash": ""},
    "seq far ahead": lambda event: {"seq": event.seq + 1000},
    "seq negative": lambda event: {"seq": -event.seq},
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seq", [1, 6, SIZE])
def test_any_column_changed(change: str, seq: int) -> None:
    trail.lay()
    event = AuditEvent.objects.get(seq=seq)
    with corrupting():
        AuditEvent.objects.filter(seq=seq).update(**CHANGES[change](event))
        fault = first_fault()
    assert names(fault, 1 if change == "seq negative" else seq)


@pytest.mark.parametrize("seq", SEQS)
def test_an_event_removed(seq: int) -> None:
    trail.lay()
    kept = trail.checkpoint()
    with corrupting():
        AuditEvent.objects.filter(seq=seq).delete()
        assert names(first_fault(), seq)
        assert names(first_fault(kept), seq)


@pytest.mark.parametrize("seq", [1, 2, 4, SIZE - 1])
def test_an_event_removed_and_the_later_ones_moved_up(seq: int) -> None:
    trail.lay()
    with corrupting():
        AuditEvent.objects.filter(seq=seq).delete()
        for event in AuditEvent.objects.filter(seq__gt=seq).order_by("seq"):
            AuditEvent.objects.filter(seq=event.seq).update(seq=event.seq - 1)
        assert names(first_fault(), seq)


def test_a_tail_cut_off_with_its_head_is_seen_by_a_checkpoint_alone() -> None:
    """The last events change no gated column; without a checkpoint nothing is left to tell."""
    trail.lay()
    kept = trail.checkpoint()
    with corrupting():
        AuditEvent.objects.filter(seq__gt=SIZE - 2).delete()
        trail.set_head(SIZE - 2, AuditEvent.objects.get(seq=SIZE - 2).hash)
        assert verify().holds
        assert first_fault(kept) == (
            f"seq {SIZE}: a checkpoint says that this event was there, the chain ends with {SIZE - 2}"
        )


def test_a_chain_forged_anew_is_seen_by_a_checkpoint_alone() -> None:
    trail.lay()
    kept = trail.checkpoint()
    early = Checkpoint(3, AuditEvent.objects.get(seq=3).hash)
    with corrupting():
        trail.forge(4, reason="another reason")
        assert verify().holds
        assert verify(early).holds
        assert first_fault(early, kept) == (
            f"event {SIZE}: its hash is not the one of the checkpoint; the chain was written anew"
        )


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(SEQS), min_size=2, max_size=2))
def test_two_events_swapped(pair: set[int]) -> None:
    low, high = sorted(pair)
    with transaction.atomic():
        trail.lay()
        with corrupting():
            AuditEvent.objects.filter(seq=low).update(seq=999)
            AuditEvent.objects.filter(seq=high).update(seq=low)
            AuditEvent.objects.filter(seq=999).update(seq=high)
            assert names(first_fault(), low)
        transaction.set_rollback(True)


@pytest.mark.parametrize("seq", [1, 5, SIZE])
def test_contents_swapped_between_two_events(seq: int) -> None:
    trail.lay()
    one, other = AuditEvent.objects.get(seq=seq), AuditEvent.objects.get(seq=8)
    with corrupting():
        one.seq, other.seq = other.seq, one.seq
        one.save()
        other.save()
        assert names(first_fault(), min(seq, 8))


def test_an_event_forged_at_the_end_without_the_head() -> None:
    trail.lay()
    last = AuditEvent.objects.get(seq=SIZE)
    with corrupting():
        last.seq = SIZE + 1
        last.save(force_insert=True)
        assert names(first_fault(), SIZE + 1)


@pytest.mark.parametrize(("seq", "digest"), [(SIZE + 1, None), (SIZE, "0" * 64), (0, "0" * 64), (SIZE - 1, None)])
def test_the_head_changed(seq: int, digest: str | None) -> None:
    trail.lay()
    trail.set_head(seq, digest or trail.checkpoint().hash)
    assert "head" in first_fault()


def test_the_head_removed() -> None:
    trail.lay()
    with corrupting():
        execute("DELETE FROM ct_audit_head")
        assert first_fault() == "the chain's head is missing: table ct_audit_head has no row"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[]", "event 4: its stored text is not an event (TypeError"),
        ("{}", "event 4: its stored text is not an event (KeyError"),
        ("nonsense", "event 4: its stored text is not an event (JSONDecodeError"),
    ],
)
def test_a_text_that_is_no_event_though_its_hash_is_right(content: str, fault: str) -> None:
    trail.lay()
    with corrupting():
        AuditEvent.objects.filter(seq=4).update(payload=content, hash=hashlib.sha256(content.encode()).hexdigest())
        assert first_fault().startswith(fault)


# (whose row, statement, the event that the fault must name)
BEHIND_THE_BACK = {
    "domain": ("company", "UPDATE company_master SET domain = 'other.example' WHERE outreach_id = %s", "event 2"),
    "domain cleared": ("company", "UPDATE company_master SET domain = NULL WHERE outreach_id = %s", "event 2"),
    "pattern": ("unfinished", "UPDATE company_master SET email_pattern = '{f}' WHERE outreach_id = %s", "event 3"),
    "status": ("bare", "UPDATE company_target SET execution_status = 'failed' WHERE outreach_id = %s", "event 5"),
    "method": ("company", "UPDATE company_target SET email_method = 'catch_all' WHERE outreach_id = %s", "event 7"),
    "score": ("company", "UPDATE company_target SET confidence_score = 0.8101 WHERE outreach_id = %s", "event 7"),
    "score given": ("bare", "UPDATE company_target SET confidence_score = 0 WHERE outreach_id = %s", "event 5"),
    "time": (
        "company",
        "UPDATE company_target SET imo_completed_at = '2026-02-02 08:30:00.500001' WHERE outreach_id = %s",
        "event 7",
    ),
    "time without fraction": (
        "company",
        "UPDATE company_target SET imo_completed_at = '2026-02-02 08:30:00' WHERE outreach_id = %s",
        "event 7",
    ),
    "tier": ("company", "UPDATE company_target SET readiness_tier = 'NOT_READY' WHERE outreach_id = %s", "event 7"),
    "disposition": ("error", "UPDATE company_target_errors SET disposition = 'IGNORED' WHERE error_id = %s", "event 9"),
    "archive": ("error", "UPDATE company_target_errors SET archived_at = NULL WHERE error_id = %s", "event 9"),
    "archived later": (
        "error",
        "UPDATE company_target_errors SET archived_at = '2026-02-03 09:00:00.000001' WHERE error_id = %s",
        "event 9",
    ),
    "target removed": ("company", "DELETE FROM company_target WHERE outreach_id = %s", "event 7"),
    "error removed": ("error", "DELETE FROM company_target_errors WHERE error_id = %s", "event 9"),
}


@pytest.mark.parametrize("name", BEHIND_THE_BACK)
def test_a_gated_column_changed_behind_the_back(name: str) -> None:
    laid = trail.lay()
    subject, statement, event = BEHIND_THE_BACK[name]
    row = getattr(laid, subject)
    key = row.error_id if subject == "error" else row.outreach_id
    with corrupting():
        assert execute(statement, key) == 1
        verdict = verify()
    assert len(verdict.faults) == 1
    assert str(key) in verdict.faults[0]
    assert event in verdict.faults[0]


def test_the_fault_says_what_stands_and_what_should() -> None:
    laid = trail.lay()
    with corrupting():
        CompanyTarget.objects.filter(outreach=laid.company).update(
            confidence_score=Decimal("0.95"), email_method="catch_all"
        )
        fault = first_fault()
    share = "0.95" if connection.vendor == "sqlite" else "0.9500"
    assert fault == (
        f"target {laid.company.outreach_id}: email_method is 'catch_all' and not 'inference', "
        f"confidence_score is '{share}' and not '0.8100' as event 7 says"
    )


def test_a_company_that_vanished() -> None:
    laid = trail.lay()
    with corrupting():
        execute("DELETE FROM company_target_errors")
        execute("DELETE FROM company_master WHERE outreach_id = %s", laid.unfinished.outreach_id)
        faults = verify().faults
    assert f"company {laid.unfinished.outreach_id}: recorded by event 3, but company_master has no such row" in faults


def test_rows_that_no_event_recorded() -> None:
    trail.lay()
    made = records.company(domain=None)
    records.target(made)
    error = records.error(made)
    assert verify().faults == (
        f"company {made.outreach_id}: a row of company_master that no event recorded",
        f"target {made.outreach_id}: a row of company_target that no event recorded",
        f"error {error.error_id}: a row of company_target_errors that no event recorded",
    )


def test_a_company_without_domain_and_pattern_needs_no_event() -> None:
    trail.lay()
    records.company(None, None)
    assert verify().holds


def test_faults_are_named_up_to_a_bound_and_counted_beyond() -> None:
    trail.lay()
    for _ in range(25):
        records.company()
    faults = verify().faults
    assert len(faults) == 21
    assert faults[-1] == "5 more rows of company_master have no event"


def test_differences_are_named_up_to_a_bound_and_counted_beyond() -> None:
    trail.lay()
    made = [records.company() for _ in range(25)]
    with transaction.atomic():
        drafts = [Draft("set", "company", str(one.outreach_id), None, trail.state(one, "company")) for one in made]
        append(trail.PERSON, drafts)
    CompanyMaster.objects.filter(pk__in=[one.pk for one in made]).update(domain="other.example")
    faults = verify().faults
    assert len(faults) == 21
    assert faults[-1] == "5 more of type company differ from their last event"


@only_sqlite
@pytest.mark.parametrize(
    "value", ["CAST(x'ff' AS TEXT)", "CAST('amberfield.example' AS BLOB)", "'amberfield.example '"]
)
def test_a_value_stored_in_another_form(value: str) -> None:
    laid = trail.lay()
    with corrupting():
        execute(f"UPDATE company_master SET domain = {value} WHERE outreach_id = %s", laid.company.outreach_id)
        assert str(laid.company.outreach_id) in first_fault()


def test_events_whose_object_has_no_such_key() -> None:
    """A forged event about a key that is no id at all must not break the reading."""
    trail.lay()
    with corrupting():
        event = AuditEvent.objects.get(seq=3)
        trail.forge(3, object_key="nobody")
        AuditEvent.objects.filter(seq=event.seq).update(object_key="nobody")
        faults = verify().faults
    assert "company nobody: recorded by event 3, but company_master has no such row" in faults


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"content": "[]"}, "its content does not give its digest"),
        ({"digest": "0" * 64}, "its content does not give its digest"),
    ],
)
def test_a_report_changed(columns: dict[str, str], words: str) -> None:
    laid = trail.lay()
    with corrupting():
        Report.objects.update(**columns)
        assert first_fault() == f"report of run {laid.run.pk}: {words}"


def test_a_report_written_anew_with_its_digest() -> None:
    laid = trail.lay()
    with corrupting():
        Report.objects.update(content="[]", digest=hashlib.sha256(b"[]").hexdigest())
        assert first_fault() == f"report of run {laid.run.pk}: its digest is not the one that its event recorded"


def test_a_report_removed_and_one_smuggled_in() -> None:
    laid = trail.lay()
    with corrupting():
        Report.objects.all().delete()
        assert first_fault() == (
            f"report of run {laid.run.pk}: an event report_stored recorded it, but it is not stored"
        )
    other = Run.objects.create(kind="rerun", actor="command:rerun")
    Report.objects.create(
        run=other, content="{}", digest="44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )
    assert first_fault() == f"report of run {other.pk}: no event report_stored recorded it"


def test_errors_count_each_by_itself() -> None:
    laid = trail.lay()
    with corrupting():
        CompanyTargetError.objects.filter(pk=laid.error.pk).update(disposition="RESOLVED")
        CompanyMaster.objects.filter(pk=laid.unfinished.pk).update(domain="x.example")
        assert len(verify().faults) == 2
