"""What a step says about one company, and everything the database must be told for a chunk of them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ctapp.audit.events import Draft


@dataclass(frozen=True)
class ItemOutcome:
    """How one item ended; `reason` is a code, `detail` a sentence without personal data."""

    outreach_id: UUID
    outcome: str
    reason: str | None = None
    detail: str | None = None


@dataclass
class Writes:
    """The rows that a chunk's decisions lead to, collected first and written set by set."""

    outcomes: list[ItemOutcome] = field(default_factory=list)
    new_targets: list[tuple[Any, ...]] = field(default_factory=list)
    changed_targets: list[tuple[Any, ...]] = field(default_factory=list)
    new_errors: list[tuple[Any, ...]] = field(default_factory=list)
    repeated_errors: list[UUID] = field(default_factory=list)
    resolved_errors: list[UUID] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
