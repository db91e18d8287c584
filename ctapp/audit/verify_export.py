"""Verifies an exported audit trail with Python's standard library alone: no Django, no database, no other file.

    python verify_export.py EXPORT.jsonl [--checkpoint SEQ:HASH] [--from-seq N | --filtered]

An export is one event a line: {"hash": "…", "payload": "<canonical JSON text>"}. The hash is the SHA-256 of the payload
(UTF-8); the payload holds the event and, as prev_hash, the hash of the event before it, 64 zeros in the first. So any
change, removal or exchange of events shows, and with a checkpoint that was kept elsewhere a cut-off end shows too.

Exit codes: 0 holds, 1 does not hold, 2 the file or an argument cannot be used.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

ZERO_HASH = "0" * 64
HASH = re.compile("[0-9a-f]{64}")
NULLABLE_TEXT = (str, type(None))
NULLABLE_OBJECT = (dict, type(None))
FIELDS: dict[str, tuple[type, ...]] = {
    "action": (str,),
    "actor": (str,),
    "after": NULLABLE_OBJECT,
    "before": NULLABLE_OBJECT,
    "object_key": (str,),
    "object_type": (str,),
    "prev_hash": (str,),
    "reason": NULLABLE_TEXT,
    "request_id": NULLABLE_TEXT,
    "run_id": (int, type(None)),
    "seq": (int,),
    "time": (str,),
}


class BrokenError(Exception):
    """The export does not hold; the message names the line and the seq."""


class UnusableError(Exception):
    """The export cannot be read as one."""


class Chain:
    """Goes along the events; `seq` and `hash` are those of the last that was found right."""

    def __init__(self, first: int | None) -> None:
        """`first` is the seq that the export must begin with; None where events are left out between others."""
        self.first = first
        self.seq: int | None = None
        self.hash: str | None = ZERO_HASH if first == 1 else None
        self.count = 0
        self.hashes: dict[int, str] = {}

    def hang_on(self, digest: str) -> None:
        """The hash that the first event must hang on."""
        self.hash = digest

    def follow(self, where: str, payload: str, digest: str, wanted: set[int]) -> None:
        """Take the next event. Raises BrokenError."""
        if hashlib.sha256(payload.encode("utf-8", "surrogatepass")).hexdigest() != digest:
            raise BrokenError(f"{where}: the payload does not give the hash{_named(payload)}")
        event = _event(where, payload)
        seq, prev_hash = event["seq"], event["prev_hash"]
        self._check_place(where, seq)
        adjacent = self.seq is None or seq == self.seq + 1
        if adjacent and self.hash is not None and prev_hash != self.hash:
            before = f"event {self.seq}" if self.seq else "the beginning"
            raise BrokenError(f"{where}: event {seq} does not hang on {before}: its prev_hash is another")
        self.seq, self.hash = seq, digest
        self.count += 1
        if seq in wanted:
            self.hashes[seq] = digest

    def _check_place(self, where: str, seq: int) -> None:
        if self.first is None:
            if seq < 1 or (self.seq is not None and seq <= self.seq):
                raise BrokenError(f"{where}: event {seq} comes after event {self.seq}")
            return
        expected = self.first if self.seq is None else self.seq + 1
        if seq != expected:
            raise BrokenError(f"{where}: seq {expected} is missing, event {seq} stands in its place")


def _event(where: str, payload: str) -> dict[str, Any]:
    """The payload's fields. Raises BrokenError where they are not those of an event, in canonical form."""
    try:
        event = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise BrokenError(f"{where}: the payload is not JSON ({error})") from error
    if not isinstance(event, dict) or event.keys() != FIELDS.keys():
        raise BrokenError(f"{where}: the payload does not have the fields of an event{_named(payload)}")
    for name, kinds in FIELDS.items():
        if not isinstance(event[name], kinds) or isinstance(event[name], bool):
            raise BrokenError(f"{where}: {name} is {event[name]!r}, which no event of the chain says")
    if not HASH.fullmatch(event["prev_hash"]):
        raise BrokenError(f"{where}: prev_hash is not a SHA-256 in hex digits")
    if json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=True) != payload:
        raise BrokenError(f"{where}: event {event['seq']}: the payload is not in canonical form")
    return event


def _named(payload: str) -> str:
    """The seq as a payload that may be false says it."""
    found = re.search(r'"seq":(\d+)', payload)
    return f" (it says seq {found[1]})" if found else ""


def _line(where: str, line: bytes) -> tuple[str, str]:
    """Payload and hash of a line. Raises BrokenError."""
    try:
        content = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BrokenError(f"{where}: not a JSON line ({error})") from error
    if not isinstance(content, dict) or content.keys() != {"hash", "payload"}:
        raise BrokenError(f'{where}: not of the form {{"hash": …, "payload": …}}')
    payload, digest = content["payload"], content["hash"]
    if not isinstance(payload, str) or not isinstance(digest, str) or not HASH.fullmatch(digest):
        raise BrokenError(f"{where}: payload or hash is not a text of the right form")
    return payload, digest


def verify(file: BinaryIO, checkpoints: Iterable[tuple[int, str]] = (), first: int | None = 1) -> str:
    """One line that says what holds. Raises BrokenError, or UnusableError where there is no event at all."""
    chain, checkpoints = Chain(first), list(checkpoints)
    for seq, digest in checkpoints:
        if first is not None and seq == first - 1:
            chain.hang_on(digest)
    wanted = {seq for seq, _ in checkpoints}
    for number, line in enumerate(file, 1):
        where = f"line {number}"
        chain.follow(where, *_line(where, line), wanted)
    for seq, digest in checkpoints:
        if first is None or seq != first - 1:
            _check(chain, seq, digest)
    if chain.seq is None:
        raise UnusableError("the export holds no event")
    held = f"; {len(checkpoints)} checkpoint(s) hold" if checkpoints else ""
    if first is None:
        return f"{chain.count} events up to {chain.seq} hold, each by itself; others are left out{held}"
    earlier = f"; events 1 to {first - 1} are not in this export" if first > 1 else ""
    return f"chain of {chain.count} events from {first} to {chain.seq} holds{earlier}{held}"


def _check(chain: Chain, seq: int, digest: str) -> None:
    if seq not in chain.hashes:
        end = f"it ends with event {chain.seq}" if chain.seq else "it holds no event"
        raise BrokenError(f"seq {seq}: the checkpoint's event is not in the export; {end}")
    if chain.hashes[seq] != digest:
        raise BrokenError(f"event {seq}: its hash is not the one of the checkpoint; the chain was written anew")


def _checkpoint(word: str) -> tuple[int, str]:
    seq, _, digest = word.partition(":")
    if not (seq.isascii() and seq.isdigit() and HASH.fullmatch(digest)):
        raise argparse.ArgumentTypeError(f"{word!r} is not SEQ:HASH, a number and 64 hex digits (lower case)")
    return int(seq), digest


def _seq(word: str) -> int:
    if not (word.isascii() and word.isdigit() and int(word) > 0):
        raise argparse.ArgumentTypeError(f"{word!r} is not a seq, a whole number from 1")
    return int(word)


def _end(message: str, code: int) -> NoReturn:
    (sys.stderr if code else sys.stdout).write(f"{message}\n")
    sys.exit(code)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Read the arguments, verify, say so in one line, and exit."""
    parser = argparse.ArgumentParser(
        description="Verify an exported audit trail. Exit: 0 holds, 1 does not, 2 unusable."
    )
    parser.add_argument("export", help="the file that export_audit wrote, one event a line; - is the standard input")
    parser.add_argument(
        "--checkpoint",
        action="append",
        default=[],
        type=_checkpoint,
        metavar="SEQ:HASH",
        help="kept elsewhere; repeatable",
    )
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--from-seq", type=_seq, default=1, metavar="N", help="the export was asked for from seq N on")
    extent.add_argument("--filtered", action="store_true", help="the export leaves events out: verify each by itself")
    options = parser.parse_args(arguments)
    first = None if options.filtered else options.from_seq
    try:
        if options.export == "-":
            _end(verify(sys.stdin.buffer, options.checkpoint, first), 0)
        with Path(options.export).open("rb") as file:
            _end(verify(file, options.checkpoint, first), 0)
    except BrokenError as error:
        _end(f"{options.export} does not hold: {error}", 1)
    except (UnusableError, OSError) as error:
        _end(f"{options.export} cannot be verified: {error}", 2)


if __name__ == "__main__":
    main()
