"""Verifying the audit trail: the chain, its head, checkpoints kept elsewhere, the tables it gives, stored reports."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction

from ctapp.audit.checkpoint import Checkpoint
from ctapp.audit.events import ZERO_HASH
from ctapp.audit.links import Walk, stored_events
from ctapp.audit.replay import TABLES, Replay, replay
from ctapp.audit.snapshot import one_moment
from ctapp.audit.stored_reports import report_faults


@dataclass(frozen=True)
class AuditVerdict:
    """What verifying found: events 1 to `last_seq` hold, `objects` were replayed; empty `faults` where all agrees."""

    last_seq: int
    last_hash: str
    objects: int
    checkpoints: int
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults

    @property
    def message(self) -> str:
        """One line: what holds, or the faults, the first bad seq or record first."""
        if self.faults:
            return f"the audit trail does not hold: {'; '.join(self.faults)}"
        chain = "an empty chain"
        if self.last_seq:
            chain = f"chain of {self.last_seq} events from 1 to {self.last_seq}"
        kept = f" and {self.checkpoints} checkpoint(s)" if self.checkpoints else ""
        return f"{chain}{kept} holds; replay of {self.objects} objects equals the tables"


def verify(checkpoint: Checkpoint | Sequence[Checkpoint] | None = None) -> AuditVerdict:
    """Verify all of it on the default database, reading only; 1,000,000 events take about 10 s and flat memory.

    With a checkpoint (or several), the chain must hold an event of that seq with that hash, so that a cut-off tail,
    and a chain forged anew, are seen. Call it outside a transaction and it sees one moment of the database.
    """
    checkpoints = [checkpoint] if isinstance(checkpoint, Checkpoint) else list(checkpoint or ())
    with one_moment(connection):
        walk, chain_faults = _walk()
        kept_faults = [fault for each in checkpoints for fault in _checkpoint_faults(each, walk)]
        replays = [_replay(object_type) for object_type in TABLES]
        faults = [*chain_faults, *kept_faults, *(fault for each in replays for fault in each.faults), *_reports()]
    return AuditVerdict(walk.seq, walk.hash, sum(each.objects for each in replays), len(checkpoints), tuple(faults))


def _walk() -> tuple[Walk, list[str]]:
    """Along the chain to its head or to the first fault; what is appended meanwhile is another verification's."""
    walk = Walk()
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash, (SELECT max(seq) FROM ct_audit_event) FROM ct_audit_head WHERE id = 1")
        row = cursor.fetchone()
    if row is None:
        return walk, ["the chain's head is missing: table ct_audit_head has no row"]
    head_seq, head_hash, last_seq = row
    for event in stored_events(connection, max(head_seq, last_seq or 0)):
        fault = walk.step(event)
        if fault:
            return walk, [fault]
    if walk.seq != head_seq:
        return walk, [f"seq {walk.seq + 1}: the chain's head says that event {head_seq} is the last, {walk.seq} is"]
    if walk.hash != head_hash:
        return walk, [f"event {walk.seq}: its hash is not the one that the chain's head holds"]
    return walk, []


def _checkpoint_faults(checkpoint: Checkpoint, walk: Walk) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM ct_audit_event WHERE seq = %s", [checkpoint.seq])
        row = cursor.fetchone() or ((ZERO_HASH,) if checkpoint.seq == 0 else None)
    if row is None:
        return [f"seq {checkpoint.seq}: a checkpoint says that this event was there, the chain ends with {walk.seq}"]
    if row[0] != checkpoint.hash:
        return [f"event {checkpoint.seq}: its hash is not the one of the checkpoint; the chain was written anew"]
    return []


def _replay(object_type: str) -> Replay:
    try:
        with _savepoint():
            return replay(connection, object_type)
    except DatabaseError as error:
        reason = str(error).partition("\n")[0]
        return Replay(0, (f"the events of type {object_type} cannot be replayed: {reason}",))


def _reports() -> list[str]:
    try:
        with _savepoint():
            return list(report_faults())
    except (DatabaseError, ValueError, TypeError, KeyError) as error:
        return [f"the stored reports cannot be compared with their events: {error}"]


def _savepoint() -> AbstractContextManager[object]:
    """A failed statement spoils the transaction on PostgreSQL; on SQLite it does not, and BEGIN was written by hand."""
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()
