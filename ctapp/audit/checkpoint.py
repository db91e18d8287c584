"""Checkpoints: (seq, hash) of the chain written to a file outside the database, so that a cut-off tail is seen."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from ctapp.audit.events import timestamp
from ctapp.models import ChainHead

WORD = re.compile(r"(\d{1,19}):([0-9a-f]{64})")
LINE = re.compile(r"\S+ (\d{1,19}) ([0-9a-f]{64})")


class CheckpointError(Exception):
    """A checkpoint that cannot be read or written; the message says which, why, and what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """The chain had an event `seq` with this `hash` (64 hex digits); seq 0 is the empty chain."""

    seq: int
    hash: str

    @classmethod
    def parse(cls, word: str) -> "Checkpoint":
        """From SEQ:HASH. Raises CheckpointError for anything else."""
        found = WORD.fullmatch(word)
        if not found:
            raise CheckpointError(f"checkpoint {word!r} is not SEQ:HASH, a number and 64 hex digits (lower case)")
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


def append_checkpoint(path: str | Path) -> Checkpoint:
    """Append one line (time, seq, hash of the chain's head) to the file and return it. Raises CheckpointError.

    The line is on the disk when this returns. Verify the chain first: a checkpoint of a broken chain proves nothing.
    """
    head = ChainHead.objects.get(id=1)
    line = f"{timestamp(timezone.now())} {head.seq} {head.hash}\n"
    try:
        with Path(path).open("ab") as file:
            file.write(line.encode() if _ends_whole(Path(path)) else f"\n{line}".encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CheckpointError(
            f"checkpoint file {path} cannot be written: {error.strerror}; see its directory"
        ) from error
    return Checkpoint(head.seq, head.hash)


def read_all(path: str | Path) -> list[Checkpoint]:
    """Every checkpoint in the file, oldest first. Raises CheckpointError where it cannot be read, or has none."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CheckpointError(f"checkpoint file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CheckpointError(
            f"checkpoint file {path} is not text; give the file that the daily check writes"
        ) from error
    found = [_read(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise CheckpointError(f"checkpoint file {path} holds no checkpoint yet; the daily check writes one")
    return found


def read_last(path: str | Path) -> Checkpoint:
    """The newest checkpoint in the file. Raises CheckpointError where it cannot be read, or has none."""
    return read_all(path)[-1]


def _read(path: str | Path, number: int, line: str) -> Checkpoint:
    found = LINE.fullmatch(line.strip())
    if not found:
        raise CheckpointError(
            f"{path} line {number}: not a checkpoint (time, seq, hash); restore the line or remove it"
        )
    return Checkpoint(int(found[1]), found[2])


def _ends_whole(path: Path) -> bool:
    """Whether the next line starts on a line of its own: a write cut short by a crash leaves a line without an end."""
    content_size = path.stat().st_size
    if content_size == 0:
        return True
    with path.open("rb") as file:
        file.seek(content_size - 1)
        return file.read(1) == b"\n"
