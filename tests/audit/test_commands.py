"""The commands verify_audit and export_audit: what they print, write and end with."""

import io
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ctapp.audit.checkpoint import append_checkpoint
from ctapp.models import AuditEvent, CompanyMaster
from tests.audit import trail
from tests.audit.test_export import verdict
from tests.audit.trail import SIZE

pytestmark = pytest.mark.django_db

HOLDS = f"chain of {SIZE} events from 1 to {SIZE} holds; replay of 5 objects equals the tables"


@pytest.fixture(autouse=True)
def _no_checkpoint_file(settings: object) -> None:
    settings.CT_AUDIT_CHECKPOINT_FILE = ""  # type: ignore[attr-defined]


def run(*arguments: str) -> str:
    """What the command printed."""
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def refusal(*arguments: str) -> tuple[int, str, str]:
    """Exit code, message and what was printed before."""
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command(*arguments, stdout=out)
    return error.value.returncode, str(error.value), out.getvalue()


def test_a_trail_that_holds() -> None:
    trail.lay()
    assert run("verify_audit").splitlines() == [
        "no checkpoint given: a cut-off tail would go unseen; set CT_AUDIT_CHECKPOINT_FILE",
        HOLDS,
    ]


def test_a_checkpoint_given_as_word_and_as_file(tmp_path: Path) -> None:
    trail.lay()
    held = HOLDS.replace(" holds;", " and 1 checkpoint(s) holds;")
    assert run("verify_audit", "--checkpoint", str(trail.checkpoint())) == f"{held}\n"
    append_checkpoint(tmp_path / "kept")
    assert run("verify_audit", "--checkpoint", str(tmp_path / "kept")) == f"{held}\n"


def test_the_file_of_the_settings_is_used_where_it_is(tmp_path: Path, settings: object) -> None:
    trail.lay()
    settings.CT_AUDIT_CHECKPOINT_FILE = str(tmp_path / "kept")  # type: ignore[attr-defined]
    assert run("verify_audit").startswith(f"checkpoint file {tmp_path / 'kept'} is not there yet")
    append_checkpoint(tmp_path / "kept")
    assert "1 checkpoint(s) holds" in run("verify_audit")


def test_a_trail_that_does_not_hold_ends_with_1() -> None:
    laid = trail.lay()
    with trail.corrupting():
        AuditEvent.objects.filter(seq=4).update(actor="user:other")
        CompanyMaster.objects.filter(pk=laid.unfinished.pk).update(domain="other.example")
        code, message, printed = refusal("verify_audit")
    assert code == 1
    assert message == "the audit trail does not hold: 2 fault(s), above"
    assert printed.splitlines()[1:] == [
        "BROKEN  event 4: column actor is 'user:other', its stored text says 'command:import_companies'",
        f"BROKEN  company {laid.unfinished.outreach_id}: domain is 'other.example' and not 'amberfield.example' "
        "as event 3 says",
    ]


def test_a_cut_off_tail_ends_with_1() -> None:
    trail.lay()
    kept = str(trail.checkpoint())
    with trail.corrupting():
        AuditEvent.objects.filter(seq__gt=SIZE - 2).delete()
        trail.set_head(SIZE - 2, AuditEvent.objects.get(seq=SIZE - 2).hash)
        code, _, printed = refusal("verify_audit", "--checkpoint", kept)
    assert code == 1
    assert printed.startswith(f"BROKEN  seq {SIZE}: a checkpoint says")


@pytest.mark.parametrize("given", ["5:abc", "/nowhere/kept"])
def test_a_checkpoint_that_cannot_be_used_ends_with_2(given: str) -> None:
    code, message, _ = refusal("verify_audit", "--checkpoint", given)
    assert code == 2
    assert "cannot be read" in message


def test_export_to_a_file(tmp_path: Path) -> None:
    trail.lay()
    path = tmp_path / "audit.jsonl"
    printed = run("export_audit", "--output", str(path))
    assert printed.startswith(f"{path}: {SIZE} events, sha256 ")
    assert verdict(path)[0] == 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["audit.jsonl"]
    assert AuditEvent.objects.get(seq=SIZE + 1).actor == "command:export_audit"


def test_export_to_the_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trail.lay()
    call_command("export_audit", "--from-seq", "3", stdout=sys.stdout)
    (tmp_path / "x").write_text(capsys.readouterr().out)
    assert verdict(tmp_path / "x", "--from-seq", "3")[0] == 0


def test_what_cannot_be_exported_ends_with_2(tmp_path: Path) -> None:
    trail.lay()
    code, message, _ = refusal("export_audit", "--output", str(tmp_path / "none" / "x"))
    assert (code, "cannot be written: No such file or directory" in message) == (2, True)
    assert refusal("export_audit", "--from-seq", "0")[0] == 2
    assert AuditEvent.objects.count() == SIZE
