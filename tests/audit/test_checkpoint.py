"""Checkpoints on a file: written line by line, read back, and refused in plain words where they cannot be."""

from pathlib import Path

import pytest
from django.db import transaction

from ctapp.audit.chain import append
from ctapp.audit.checkpoint import Checkpoint, CheckpointError, append_checkpoint, read_all, read_last
from ctapp.audit.events import Draft
from ctapp.audit.verification import verify
from ctapp.models import AuditEvent
from tests.audit import trail
from tests.audit.trail import SIZE

HASH = "ab" * 32


@pytest.mark.django_db
def test_each_call_appends_the_head_of_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints"
    first = append_checkpoint(path)
    assert (first.seq, first.hash) == (0, "0" * 64)
    trail.lay()
    second = append_checkpoint(str(path))
    assert (second.seq, second.hash) == (SIZE, AuditEvent.objects.get(seq=SIZE).hash)
    assert read_all(path) == [first, second]
    assert read_last(path) == second
    assert verify(read_all(path)).holds


@pytest.mark.django_db
def test_a_line_cut_short_by_a_crash_is_not_run_into(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints"
    path.write_text("2026-02-02T00:00:00Z 7")
    append_checkpoint(path)
    with pytest.raises(CheckpointError, match=f"{path} line 1: not a checkpoint"):
        read_last(path)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    assert read_last(path).seq == 0


@pytest.mark.django_db
def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"cannot be written: No such file or directory"):
        append_checkpoint(tmp_path / "nowhere" / "checkpoints")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "holds no checkpoint yet"),
        ("\n\n", "holds no checkpoint yet"),
        ("hello\n", "line 1: not a checkpoint"),
        (f"2026-02-02T00:00:00Z 1 {HASH}\n2026-02-03T00:00:00Z x {HASH}\n", "line 2: not a checkpoint"),
        (f"2026-02-02T00:00:00Z 1 {HASH[1:]}\n", "line 1: not a checkpoint"),
        (f"2026-02-02T00:00:00Z 1 {HASH} more\n", "line 1: not a checkpoint"),
    ],
)
def test_a_file_that_is_none_is_said(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "checkpoints"
    path.write_text(content)
    with pytest.raises(CheckpointError, match=words):
        read_last(path)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be read: No such file"):
        read_last(tmp_path / "none")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(CheckpointError, match="is not text"):
        read_last(tmp_path / "bytes")


@pytest.mark.parametrize(
    "word", ["", "7", f"7:{HASH[1:]}", f"-1:{HASH}", f"7:{HASH.upper()}", f" 7:{HASH}", f"٧x:{HASH}"]
)
def test_a_word_that_is_no_checkpoint_is_said(word: str) -> None:
    with pytest.raises(CheckpointError, match="is not SEQ:HASH"):
        Checkpoint.parse(word)


def test_a_checkpoint_reads_back_as_it_is_written() -> None:
    assert Checkpoint.parse(str(Checkpoint(7, HASH))) == Checkpoint(7, HASH)


@pytest.mark.django_db
def test_every_line_counts_so_that_a_forged_chain_does_not_hide_behind_a_new_line(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints"
    trail.lay()
    append_checkpoint(path)
    with trail.corrupting():
        trail.forge(4, reason="another")
        with transaction.atomic():
            append(trail.PERSON, [Draft("decided", "candidate", "3")])
        append_checkpoint(path)
        assert verify(read_last(path)).holds
        assert verify(read_all(path)).faults[0].startswith(f"event {SIZE}: its hash is not the one of the checkpoint")
