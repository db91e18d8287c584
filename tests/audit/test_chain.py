"""Appending: gap-free, inside the transaction of the change, one writer after another; what an event may say."""

import json
import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from ctapp.audit.chain import append
from ctapp.audit.events import Actor, Draft
from ctapp.audit.verification import verify
from ctapp.models import AuditEvent, ChainHead

ACTOR = Actor("user:ada", "r1")
DECIDED = Draft("decided", "candidate", "1")
TARGET: dict[str, Any] = {
    "execution_status": "ready",
    "email_method": "inference",
    "confidence_score": Decimal("0.5"),
    "imo_completed_at": datetime(2026, 2, 2, tzinfo=UTC),
    "readiness_tier": "NOT_READY",
}


@pytest.mark.django_db
def test_events_are_numbered_from_1_without_gaps_over_batches() -> None:
    assert append(ACTOR, []) == 0
    assert append(ACTOR, [DECIDED, DECIDED]) == 2
    assert append(ACTOR, []) == 2
    assert append(ACTOR, (draft for draft in [DECIDED]), run_id=7) == 3
    assert list(AuditEvent.objects.order_by("seq").values_list("seq", "run_id")) == [(1, None), (2, None), (3, 7)]
    assert ChainHead.objects.get().hash == AuditEvent.objects.get(seq=3).hash


@pytest.mark.django_db
def test_the_text_holds_everything_in_canonical_form() -> None:
    append(ACTOR, [Draft("set", "target", str(uuid.UUID(int=5)), None, TARGET, "told: “yes” 😀")], run_id=7)
    event = AuditEvent.objects.get()
    content = json.loads(event.payload)
    assert content["after"] == {
        "execution_status": "ready",
        "email_method": "inference",
        "confidence_score": "0.5000",
        "imo_completed_at": "2026-02-02T00:00:00Z",
        "readiness_tier": "NOT_READY",
    }
    assert (content["actor"], content["request_id"], content["reason"]) == ("user:ada", "r1", "told: “yes” 😀")
    assert event.payload == json.dumps(content, sort_keys=True, separators=(",", ":"))
    assert event.payload.isascii()


@pytest.mark.django_db
def test_an_event_that_is_rolled_back_leaves_no_gap() -> None:
    append(ACTOR, [DECIDED])
    with transaction.atomic():
        append(ACTOR, [DECIDED])
        transaction.set_rollback(True)
    assert append(ACTOR, [DECIDED]) == 2
    assert verify().holds


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_append_outside_of_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction of the change"):
        append(ACTOR, [DECIDED])


def test_many_writers_at_once_make_one_chain(shared_database: None) -> None:
    def write() -> None:
        for _ in range(25):
            with transaction.atomic():
                append(ACTOR, [DECIDED, DECIDED])
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    verdict = verify()
    assert (verdict.faults, verdict.last_seq) == ((), 200)


@pytest.mark.parametrize(
    "change",
    [
        {"confidence_score": 0.5},
        {"confidence_score": Decimal("0.12345")},
        {"confidence_score": Decimal("NaN")},
        {"imo_completed_at": datetime(2026, 2, 2)},
    ],
)
def test_a_gated_value_that_the_table_would_store_otherwise_is_refused(change: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(change))} .* is not a value as the table stores it"):
        Draft("set", "target", "1", None, TARGET | dict(change))


@pytest.mark.parametrize("column", TARGET)
def test_a_gated_column_left_out_is_refused(column: str) -> None:
    after = {name: value for name, value in TARGET.items() if name != column}
    with pytest.raises(ValueError, match=f"lacks the gated columns .'{column}'"):
        Draft("set", "target", "1", None, after)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["a\x00b", "half \ud83d", "\ude00 half"])
def test_text_that_a_database_cannot_read_back_is_refused(text: str) -> None:
    for draft in (Draft("set", "run", "1", reason=text), Draft("set", "run", "1", after={"notes": [{"x": text}]})):
        with pytest.raises(ValueError, match="NUL or half of a surrogate pair"):
            append(ACTOR, [draft])
    assert ChainHead.objects.get().seq == 0


@pytest.mark.django_db
@pytest.mark.parametrize("text", [r"C:\u0000", r"\ud83d as it is written", "😀"])
def test_text_that_only_looks_like_it_passes(text: str) -> None:
    assert append(ACTOR, [Draft("set", "run", "1", reason=text)]) == 1
    assert json.loads(AuditEvent.objects.get().payload)["reason"] == text
    assert verify().holds


@pytest.mark.parametrize("name", ["ada", "user:", "robot:x", ""])
def test_an_actor_says_what_kind_it_is(name: str) -> None:
    with pytest.raises(ValueError, match="is none of user:…, schedule:…, command:…"):
        Actor(name)


@pytest.mark.django_db
def test_a_value_without_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no canonical form"):
        append(ACTOR, [Draft("set", "run", "1", after={"ids": {1, 2}})])
