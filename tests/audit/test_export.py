"""Exports: every event byte for byte, verified by one file without Django or database, and themselves recorded."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ctapp.audit import export as export_module
from ctapp.audit import verify_export
from ctapp.audit.chain import append
from ctapp.audit.events import Draft
from ctapp.audit.export import Export
from ctapp.audit.verification import verify
from ctapp.models import AuditEvent
from tests.audit import trail
from tests.audit.trail import PERSON, SIZE

pytestmark = pytest.mark.django_db

SCRIPT = Path(verify_export.__file__)


def exported(path: Path, **options: object) -> Export:
    """Export into the file."""
    export = Export(PERSON, **options)  # type: ignore[arg-type]
    path.write_bytes(b"".join(export.lines()))
    return export


def verdict(path: Path, *arguments: str) -> tuple[int, str]:
    """Run the file as a reviewer would: isolated, far from the repository; exit code and what it printed."""
    ran = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(path), *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=path.parent,
        env={},
        check=False,
    )
    assert "Traceback" not in ran.stderr
    return ran.returncode, (ran.stdout + ran.stderr).strip()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The export of a whole trail."""
    trail.lay()
    exported(tmp_path / "audit.jsonl")
    return tmp_path / "audit.jsonl"


def test_each_line_is_an_event_as_stored(path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    stored = AuditEvent.objects.filter(seq__lte=SIZE).order_by("seq").values_list("payload", "hash")
    assert [(line["payload"], line["hash"]) for line in lines] == list(stored)


def test_the_export_is_itself_an_event(tmp_path: Path) -> None:
    trail.lay()
    export = exported(tmp_path / "x", words="all of it")
    event = AuditEvent.objects.get(action="audit_exported")
    assert (event.seq, event.object_type, event.actor) == (SIZE + 1, "audit", "user:zoë")
    assert json.loads(event.payload)["after"] == {
        "complete": True,
        "count": SIZE,
        "filter": "all of it",
        "first_seq": 1,
        "last_seq": SIZE,
        "sha256": hashlib.sha256((tmp_path / "x").read_bytes()).hexdigest(),
    }
    assert export.sha256 == json.loads(event.payload)["after"]["sha256"]
    assert verify().holds


def test_a_reader_who_goes_away_leaves_an_event_that_says_so() -> None:
    trail.lay()
    lines = Export(PERSON).lines()
    taken = next(lines) + next(lines)
    lines.close()
    after = json.loads(AuditEvent.objects.get(action="audit_exported").payload)["after"]
    assert (after["complete"], after["count"], after["last_seq"]) == (False, 2, 2)
    assert after["sha256"] == hashlib.sha256(taken).hexdigest()


@pytest.mark.parametrize("page", [1, 5, SIZE, 100])
def test_pages_do_not_show(path: Path, page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = path.read_bytes()
    monkeypatch.setattr(export_module, "PAGE", page)
    assert b"".join(Export(PERSON, AuditEvent.objects.filter(seq__lte=SIZE)).lines()) == whole


def test_events_appended_meanwhile_are_left_to_the_next_export(monkeypatch: pytest.MonkeyPatch) -> None:
    trail.lay()
    monkeypatch.setattr(export_module, "PAGE", 5)
    export = Export(PERSON)
    for _ in export.lines():
        append(PERSON, [Draft("decided", "candidate", "3")])
    assert (export.count, export.last_seq) == (SIZE, SIZE)


def test_an_empty_export_is_recorded_too() -> None:
    assert list(Export(PERSON, AuditEvent.objects.filter(actor="user:nobody"), "events of nobody").lines()) == []
    after = json.loads(AuditEvent.objects.get().payload)["after"]
    assert (after["count"], after["first_seq"], after["filter"]) == (0, None, "events of nobody")


def test_a_whole_export_holds(path: Path) -> None:
    assert verdict(path) == (0, f"chain of {SIZE} events from 1 to {SIZE} holds")


def test_it_holds_against_checkpoints(path: Path) -> None:
    kept = [f"{seq}:{AuditEvent.objects.get(seq=seq).hash}" for seq in (3, SIZE)]
    code, words = verdict(path, "--checkpoint", kept[0], "--checkpoint", kept[1], "--checkpoint", f"0:{'0' * 64}")
    assert (code, words) == (0, f"chain of {SIZE} events from 1 to {SIZE} holds; 3 checkpoint(s) hold")


def test_it_reads_the_standard_input(path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), "-"], input=path.read_bytes(), capture_output=True, timeout=30, check=False
    )
    assert (ran.returncode, ran.stdout.decode()) == (0, f"chain of {SIZE} events from 1 to {SIZE} holds\n")


def lines_changed(change: Callable[[list[str]], object]) -> Callable[[Path], None]:
    """Change the file's lines in place."""

    def rewrite(path: Path) -> None:
        lines = path.read_text().splitlines(keepends=True)
        change(lines)
        path.write_text("".join(lines))

    return rewrite


def rehashed(line: str, **changes: object) -> str:
    """The line with another payload and the hash that goes with it."""
    content = json.loads(json.loads(line)["payload"]) | changes
    payload = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return json.dumps({"hash": hashlib.sha256(payload.encode()).hexdigest(), "payload": payload}) + "\n"


FALSIFIED: dict[str, tuple[Callable[[list[str]], object], str]] = {
    "a word in a payload": (
        lambda lines: lines.__setitem__(2, lines[2].replace("imported", "exported")),
        "line 3: the payload does not give the hash (it says seq 3)",
    ),
    "a digit of a hash": (
        lambda lines: lines.__setitem__(0, lines[0].replace('{"hash":"', '{"hash":"f')[:74] + lines[0][73:]),
        "line 1: ",
    ),
    "the first event gone": (lambda lines: lines.pop(0), "line 1: seq 1 is missing, event 2 stands in its place"),
    "an event in the middle gone": (
        lambda lines: lines.pop(4),
        "line 5: seq 5 is missing, event 6 stands in its place",
    ),
    "two swapped": (
        lambda lines: lines.insert(3, lines.pop(7)),
        "line 4: seq 4 is missing, event 8 stands in its place",
    ),
    "one twice": (lambda lines: lines.insert(3, lines[2]), "line 4: seq 4 is missing, event 3 stands in its place"),
    "one forged with its hash": (
        lambda lines: lines.__setitem__(3, rehashed(lines[3], reason="another")),
        "line 5: event 5 does not hang on event 4: its prev_hash is another",
    ),
    "the first one forged to hang on something": (
        lambda lines: lines.__setitem__(0, rehashed(lines[0], prev_hash="1" * 64)),
        "line 1: event 1 does not hang on the beginning: its prev_hash is another",
    ),
    "a field taken out": (
        lambda lines: lines.__setitem__(0, rehashed(lines[0]).replace('\\"reason\\"', '\\"reasons\\"')),
        "line 1: the payload does not give the hash (it says seq 1)",
    ),
    "a field too many": (
        lambda lines: lines.__setitem__(0, rehashed(lines[0], more=1)),
        "line 1: the payload does not have the fields of an event (it says seq 1)",
    ),
    "a seq in text": (lambda lines: lines.__setitem__(0, rehashed(lines[0], seq="1")), "line 1: seq is '1', which no"),
    "a seq that is true": (lambda lines: lines.__setitem__(0, rehashed(lines[0], seq=True)), "line 1: seq is True"),
    "no JSON": (lambda lines: lines.append("nonsense\n"), f"line {SIZE + 1}: not a JSON line"),
    "a blank line": (lambda lines: lines.insert(1, "\n"), "line 2: not a JSON line"),
    "a line cut short": (lambda lines: lines.__setitem__(-1, lines[-1][:50]), f"line {SIZE}: not a JSON line"),
    "another form": (lambda lines: lines.__setitem__(1, "[1]\n"), 'line 2: not of the form {"hash": …, "payload": …}'),
    "a payload that is no text": (
        lambda lines: lines.__setitem__(1, '{"hash": "x", "payload": 1}\n'),
        "line 2: payload or hash is not a text of the right form",
    ),
}


@pytest.mark.parametrize("name", FALSIFIED)
def test_a_falsified_export_does_not_hold(path: Path, name: str) -> None:
    change, words = FALSIFIED[name]
    lines_changed(change)(path)
    code, said = verdict(path)
    assert code == 1
    assert said.startswith(f"{path} does not hold: {words}")
    assert "\n" not in said


def test_a_payload_in_another_form_does_not_hold(path: Path) -> None:
    """Two keys of one name: readers could take either."""
    first, *rest = path.read_text().splitlines(keepends=True)
    payload = json.loads(first)["payload"].replace('{"action":', '{"action":"forged","action":')
    digest = hashlib.sha256(payload.encode()).hexdigest()
    path.write_text(json.dumps({"hash": digest, "payload": payload}) + "\n" + "".join(rest))
    assert verdict(path) == (1, f"{path} does not hold: line 1: event 1: the payload is not in canonical form")


def test_a_tail_cut_off_is_seen_by_a_checkpoint_alone(path: Path) -> None:
    kept = f"{SIZE}:{AuditEvent.objects.get(seq=SIZE).hash}"
    lines_changed(lambda lines: lines.__delitem__(slice(-2, None)))(path)
    assert verdict(path) == (0, f"chain of {SIZE - 2} events from 1 to {SIZE - 2} holds")
    assert verdict(path, "--checkpoint", kept) == (
        1,
        f"{path} does not hold: seq {SIZE}: the checkpoint's event is not in the export; it ends with event {SIZE - 2}",
    )


def test_a_chain_forged_anew_is_seen_by_a_checkpoint_alone(tmp_path: Path) -> None:
    trail.lay()
    kept = str(trail.checkpoint())
    with trail.corrupting():
        trail.forge(4, reason="another")
        exported(tmp_path / "forged")
    assert verdict(tmp_path / "forged")[0] == 0
    code, words = verdict(tmp_path / "forged", "--checkpoint", kept)
    assert (code, words) == (
        1,
        f"{tmp_path / 'forged'} does not hold: event {SIZE}: its hash is not the one of the checkpoint; the chain was "
        "written anew",
    )


def test_an_export_from_a_seq_on(tmp_path: Path) -> None:
    trail.lay()
    exported(tmp_path / "x", events=AuditEvent.objects.filter(seq__gte=5))
    assert verdict(tmp_path / "x") == (
        1,
        f"{tmp_path / 'x'} does not hold: line 1: seq 1 is missing, event 5 stands in its place",
    )
    assert verdict(tmp_path / "x", "--from-seq", "5") == (
        0,
        f"chain of {SIZE - 4} events from 5 to {SIZE} holds; events 1 to 4 are not in this export",
    )
    before = AuditEvent.objects.get(seq=4).hash
    assert verdict(tmp_path / "x", "--from-seq", "5", "--checkpoint", f"4:{before}")[0] == 0
    assert verdict(tmp_path / "x", "--from-seq", "5", "--checkpoint", f"4:{'0' * 64}")[0] == 1


def test_a_filtered_export_is_verified_event_by_event(tmp_path: Path) -> None:
    trail.lay()
    exported(tmp_path / "x", events=AuditEvent.objects.filter(object_type="candidate"), words="candidates")
    assert verdict(tmp_path / "x")[0] == 1
    assert verdict(tmp_path / "x", "--filtered") == (
        0,
        f"2 events up to {SIZE} hold, each by itself; others are left out",
    )
    lines_changed(lambda lines: lines.reverse())(tmp_path / "x")
    assert verdict(tmp_path / "x", "--filtered")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--checkpoint", "5"], "'5' is not SEQ:HASH"),
        (["--checkpoint", f"x:{'0' * 64}"], "is not SEQ:HASH"),
        (["--from-seq", "0"], "'0' is not a seq"),
        (["--from-seq", "2", "--filtered"], "not allowed with"),
        (["--force"], "unrecognized arguments"),
    ],
)
def test_arguments_that_cannot_be_used(path: Path, arguments: list[str], words: str) -> None:
    code, said = verdict(path, *arguments)
    assert code == 2
    assert words in said


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    assert verdict(tmp_path / "empty") == (
        2,
        f"{tmp_path / 'empty'} cannot be verified: the export holds no event",
    )
    code, words = verdict(tmp_path / "nowhere")
    assert code == 2
    assert "cannot be verified" in words
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\n")
    assert verdict(tmp_path / "bytes")[0] == 1


def test_it_needs_the_standard_library_alone() -> None:
    imported = [
        line.split()[1].split(".")[0] for line in SCRIPT.read_text().splitlines() if line.startswith(("import", "from"))
    ]
    assert set(imported) <= sys.stdlib_module_names
