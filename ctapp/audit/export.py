"""Exporting events as JSON lines, {"hash":"…","payload":"<canonical text>"}; each export is itself an event."""

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from ctapp.audit.chain import append
from ctapp.audit.events import Actor, Draft, canonical
from ctapp.models import AuditEvent

PAGE = 5_000
ACTION = "audit_exported"


@dataclass
class Export:
    """One export: iterate `lines` once, to the end or not; then count, first and last seq and `sha256` tell what left.

    `words` says in words which events were asked for ("all", "events of run 12").
    """

    actor: Actor
    events: QuerySet[AuditEvent] | None = None
    words: str = "all"
    count: int = 0
    first_seq: int | None = None
    last_seq: int | None = None
    complete: bool = False
    _digest: Any = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of the bytes handed out."""
        return str(self._digest.hexdigest())

    def lines(self) -> Generator[bytes, None, None]:
        """The lines in seq order, UTF-8, read in pages: what was there when the first was asked for.

        Writes the event `audit_exported` at the end, also where the reader goes away early (`complete` is then false).
        """
        try:
            for seq, line in self._stored():
                self._count(seq, line)
                yield line
            self.complete = True
        finally:
            self._record()

    def _stored(self) -> Iterator[tuple[int, bytes]]:
        events = AuditEvent.objects.all() if self.events is None else self.events
        until = events.aggregate(last=Max("seq"))["last"] or 0
        rows = events.order_by("seq").values_list("seq", "payload", "hash")
        seq = 0
        while page := list(rows.filter(seq__gt=seq, seq__lte=until)[:PAGE]):
            for seq, payload, digest in page:
                yield seq, f"{canonical({'hash': digest, 'payload': payload})}\n".encode()

    def _count(self, seq: int, line: bytes) -> None:
        self.count += 1
        self.first_seq = self.first_seq or seq
        self.last_seq = seq
        self._digest.update(line)

    def _record(self) -> None:
        after = {
            "complete": self.complete,
            "count": self.count,
            "filter": self.words,
            "first_seq": self.first_seq,
            "last_seq": self.last_seq,
            "sha256": self.sha256,
        }
        key = "none" if self.first_seq is None else f"{self.first_seq}-{self.last_seq}"
        with transaction.atomic():
            append(self.actor, [Draft(ACTION, "audit", key, after=after)])
