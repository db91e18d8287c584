"""What an audit event says: its draft, who caused it, and the canonical text that the hash covers."""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ctapp.gates.definition import GATED_COLUMNS

ZERO_HASH = "0" * 64


@dataclass(frozen=True)
class Actor:
    """Who does something: `user:…`, `schedule:…` or `command:…`, and the web request it came with, if any."""

    name: str
    request_id: str | None = None

    def __post_init__(self) -> None:
        if self.name.partition(":")[0] not in {"user", "schedule", "command"} or not self.name.partition(":")[2]:
            raise ValueError(f"actor {self.name!r} is none of user:…, schedule:…, command:…")


@dataclass(frozen=True)
class Draft:
    """An event before it has its place in the chain.

    `object_type` "company" and "target" go with the outreach_id as key, "error" with the error_id, "run" with its
    number. For the first three `after` carries every gated column as it stands after the change (GATED_COLUMNS), so
    that the last event of an object is its state. `before` is None where the object did not exist.
    Raises ValueError where a gated column is missing or not as the table stores it (a float, five decimals, no zone).
    """

    action: str
    object_type: str
    object_key: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        gated, after = GATED_COLUMNS.get(self.object_type, ()), self.after or {}
        missing = sorted(set(gated) - set(after))
        if missing:
            raise ValueError(f"event {self.action!r}: after lacks the gated columns {missing}")
        for column in gated:
            if not _as_stored(after[column]):
                raise ValueError(
                    f"event {self.action!r}: {column} {after[column]!r} is not a value as the table stores it"
                )


def _as_stored(value: Any) -> bool:
    """Whether a gated value reads in the event as from its column: a share is a Decimal of four places at most."""
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return isinstance(exponent, int) and exponent >= -4
    return not isinstance(value, float) and (not isinstance(value, datetime) or value.tzinfo is not None)


def plain(value: Any) -> Any:
    """A value as the canonical text writes it: shares with four decimals, times as `timestamp` writes, ids as text."""
    if isinstance(value, Decimal):
        return f"{value:.4f}"
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    return value


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC ending in Z, microseconds only where there are some."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def canonical(content: Mapping[str, Any]) -> str:
    """JSON with sorted keys, no blanks, ASCII only: the same content always gives the same text."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_plain_or_refuse)


def payload(draft: Draft, *, seq: int, time: str, actor: Actor, run_id: int | None, prev_hash: str) -> str:
    """The canonical text of the event at its place in the chain.

    Raises ValueError for a text that holds NUL or half of a surrogate pair: PostgreSQL cannot read such JSON.
    """
    text = canonical(
        {
            "action": draft.action,
            "actor": actor.name,
            "after": draft.after,
            "before": draft.before,
            "object_key": draft.object_key,
            "object_type": draft.object_type,
            "prev_hash": prev_hash,
            "reason": draft.reason,
            "request_id": actor.request_id,
            "run_id": run_id,
            "seq": seq,
            "time": time,
        }
    )
    if "\\u0000" in text or "\\ud" in text:
        _refuse_unreadable(json.loads(text), draft.action)
    return text


def _refuse_unreadable(content: Any, action: str) -> None:
    """Look again, because a backslash in front may have been meant as one, and a whole pair (an emoji) is fine."""
    if isinstance(content, dict):
        content = [*content.keys(), *content.values()]
    if isinstance(content, list):
        for part in content:
            _refuse_unreadable(part, action)
    elif isinstance(content, str) and re.search("[\x00\ud800-\udfff]", content):
        raise ValueError(f"event {action!r}: {content!r} holds NUL or half of a surrogate pair; take it out")


def digest(text: str) -> str:
    """SHA-256 of the text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _plain_or_refuse(value: Any) -> Any:
    turned = plain(value)
    if turned is value:
        raise TypeError(f"{type(value).__name__} has no canonical form in an audit event")
    return turned
