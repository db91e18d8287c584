"""What verify() says of a trail that holds, and that it sees one moment of a database at work without holding it up."""

import threading
from decimal import Decimal

import pytest
from django.db import connection, transaction

from ctapp.audit import verification
from ctapp.audit.chain import append
from ctapp.audit.checkpoint import Checkpoint
from ctapp.audit.events import ZERO_HASH, Draft
from ctapp.audit.verification import verify
from ctapp.models import AuditEvent, CompanyMaster, CompanyTarget
from tests.audit import trail
from tests.audit.trail import SIZE
from tests.gates import records

pytestmark = pytest.mark.django_db


def test_an_empty_trail_holds() -> None:
    verdict = verify()
    assert (verdict.holds, verdict.last_seq, verdict.objects) == (True, 0, 0)
    assert verdict.message == "an empty chain holds; replay of 0 objects equals the tables"
    assert verify(Checkpoint(0, ZERO_HASH)).holds
    assert not verify(Checkpoint(0, "1" * 64)).holds


def test_a_whole_trail_holds_and_says_what_was_verified() -> None:
    trail.lay()
    verdict = verify()
    assert verdict.faults == ()
    assert verdict.message == f"chain of {SIZE} events from 1 to {SIZE} holds; replay of 5 objects equals the tables"
    assert verdict.last_hash == AuditEvent.objects.get(seq=SIZE).hash


def test_checkpoints_hold_while_the_chain_grows() -> None:
    trail.lay()
    kept = [Checkpoint(0, ZERO_HASH), Checkpoint(5, AuditEvent.objects.get(seq=5).hash), trail.checkpoint()]
    append(trail.PERSON, [Draft("decided", "candidate", "3")])
    assert verify(kept).message == (
        f"chain of {SIZE + 1} events from 1 to {SIZE + 1} and 3 checkpoint(s) holds; "
        "replay of 5 objects equals the tables"
    )


@pytest.mark.parametrize("page", [1, 5, SIZE, 100])
def test_the_size_of_a_page_does_not_matter(page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctapp.audit.links.PAGE", page)
    trail.lay()
    assert verify().last_seq == SIZE


@pytest.mark.parametrize("score", ["0", "0.0000", "1", "0.5", "0.3333", "0.1", "0.0001"])
def test_any_share_reads_the_same_from_event_and_table(score: str) -> None:
    trail.lay()
    made = records.company(None, None)
    target = records.target(made, confidence_score=Decimal(score))
    append(trail.PERSON, [Draft("set", "target", str(made.outreach_id), None, trail.state(target, "target"))])
    assert verify().faults == ()


@pytest.mark.parametrize(
    "domain", ["bücher.example", "a'b.example", 'q"uote.example', "back\\slash.example", "😀.example", "a\tb"]
)
def test_any_text_reads_the_same_from_event_and_table(domain: str) -> None:
    made = records.company(domain)
    append(trail.PERSON, [Draft("set", "company", str(made.outreach_id), None, trail.state(made, "company"))])
    assert verify().faults == ()


def test_a_value_set_by_another_way_of_writing_reads_the_same() -> None:
    """update() with an expression, and a value as text: what the table ends up with counts."""
    trail.lay()
    made = records.company(None, None)
    records.target(made)
    CompanyTarget.objects.filter(outreach=made).update(confidence_score="0.25")
    target = CompanyTarget.objects.get(outreach=made)
    append(trail.PERSON, [Draft("set", "target", str(made.outreach_id), None, trail.state(target, "target"))])
    assert verify().faults == ()


@pytest.mark.postgresql
def test_a_text_that_postgresql_cannot_read_as_json_is_reported_not_raised() -> None:
    trail.lay()
    with trail.corrupting():
        trail.forge(3, reason="\x00")
        verdict = verify()
    assert [fault for fault in verdict.faults if "of type company cannot be replayed" in fault]


def test_it_sees_one_moment_while_others_write(shared_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the chain and the replay another connection changes a row and appends: neither is seen, nor held up."""
    trail.lay()
    made = records.company(None, None)
    whole_walk = verification._walk
    wrote = []

    def change() -> None:
        with transaction.atomic():
            CompanyMaster.objects.filter(pk=made.pk).update(domain="late.example")
            made.domain = "late.example"
            draft = Draft("set", "company", str(made.outreach_id), None, trail.state(made, "company"))
            wrote.append(append(trail.PERSON, [draft]))
        connection.close()

    def walk_then_others_write() -> object:
        walked = whole_walk()
        writer = threading.Thread(target=change)
        writer.start()
        writer.join(20)
        return walked

    monkeypatch.setattr(verification, "_walk", walk_then_others_write)
    verdict = verify()
    assert wrote == [SIZE + 1]
    assert (verdict.faults, verdict.last_seq, verdict.objects) == ((), SIZE, 5)
    monkeypatch.undo()
    assert (verify().last_seq, verify().objects) == (SIZE + 1, 6)


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_sees_what_that_one_sees() -> None:
    """A report is verified in the transaction that builds it."""
    trail.lay()
    with transaction.atomic():
        append(trail.PERSON, [Draft("decided", "candidate", "3")])
        assert verify().last_seq == SIZE + 1
        transaction.set_rollback(True)
    assert verify().last_seq == SIZE


@pytest.mark.django_db(transaction=True)
def test_it_leaves_the_connection_as_it_was() -> None:
    """No transaction stays open, and the next one may write."""
    trail.lay()
    verify()
    with transaction.atomic():
        append(trail.PERSON, [Draft("decided", "candidate", "3")])
    assert verify().last_seq == SIZE + 1
