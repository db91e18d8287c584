"""The kinds of run: which step a kind takes its companies through, and how large its chunks are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ctapp.pipeline import ct_execution
from ctapp.pipeline.outcome import Writes


@dataclass(frozen=True)
class Kind:
    """`decide` locks and decides a chunk's companies inside the transaction, `write` stores what was decided."""

    title: str
    chunk_size: int
    decide: Callable[[Sequence[UUID], datetime], Writes]
    write: Callable[[Writes, datetime], None]


KINDS = {"rerun": Kind("CT DONE Completion Attempt", 2_000, ct_execution.decide, ct_execution.write)}
