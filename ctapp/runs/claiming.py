"""Claiming a chunk: a conditional UPDATE that counts the attempt, so that a kill counts too; leases, and poison."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from ctapp.models import Chunk
from ctapp.models.run import OPEN_STATES, ChunkState

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 3


class LeaseLost(Exception):  # noqa: N818 -- it reads as what happened
    """Another worker holds the chunk now; what was done under this claim must not commit."""


@dataclass(frozen=True)
class Claim:
    """The right to work on a chunk until the lease ends or is taken over."""

    chunk_id: int
    token: UUID


def claim(chunk_id: int) -> Claim | None:
    """Take the chunk if it is pending or its lease has run out; None where someone else has it or it is over."""
    now = timezone.now()
    token = uuid.uuid4()
    free = Q(state=ChunkState.PENDING) | Q(state=ChunkState.RUNNING, lease_until__lt=now)
    taken = Chunk.objects.filter(free, id=chunk_id, attempts__lt=MAX_ATTEMPTS, run__state__in=OPEN_STATES).update(
        state=ChunkState.RUNNING,
        claim_token=token,
        lease_until=now + LEASE,
        heartbeat_at=now,
        attempts=F("attempts") + 1,
    )
    return Claim(chunk_id, token) if taken else None


def confirm(claim: Claim) -> None:
    """Lock the chunk for the rest of the transaction. Raises LeaseLost where the claim is no longer ours."""
    held = Chunk.objects.filter(id=claim.chunk_id, claim_token=claim.token, state=ChunkState.RUNNING)
    if not held.update(heartbeat_at=timezone.now()):
        raise LeaseLost(f"chunk {claim.chunk_id} was taken over after its lease had run out")


def release_failed(claim: Claim) -> None:
    """Give the chunk back after an exception; the attempt stays counted."""
    Chunk.objects.filter(id=claim.chunk_id, claim_token=claim.token, state=ChunkState.RUNNING).update(
        state=ChunkState.PENDING, claim_token=None, lease_until=None
    )
