"""What a person decides about an open error: park it, retry it, resolve it, or ignore it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ctapp.actions.caller import Caller, Refused
from ctapp.actions.locked import locked_error, required
from ctapp.audit.chain import append
from ctapp.audit.events import Draft
from ctapp.gates.definition import BLOCKING_DISPOSITIONS
from ctapp.models import CompanyTargetError

HANDLE = "ctapp.handle_error"
IGNORE = "ctapp.ignore_error"
ACTIONS = {
    "PARKED": "error_parked",
    "RETRY": "error_retried",
    "RESOLVED": "error_resolved",
    "IGNORED": "error_ignored",
}


def park_error(error_id: UUID, *, reason: str, caller: Caller) -> CompanyTargetError:
    """RETRY → PARKED: no more retries until a person decides; it still blocks. Raises Refused, NotPermitted."""
    caller.require(HANDLE, "park an error")
    parked = {
        "park_reason": required(reason, "the reason"),
        "parked_by": caller.actor.name,
        "parked_at": timezone.now(),
    }
    return _decide(error_id, "PARKED", {**parked, "next_retry_at": None}, reason, caller)


def retry_error(
    error_id: UUID, *, reason: str, caller: Caller, next_retry_at: datetime | None = None
) -> CompanyTargetError:
    """PARKED → RETRY, with its retries counted anew, at `next_retry_at` or as soon as may be; it still blocks."""
    caller.require(HANDLE, "retry an error")
    unparked = {"park_reason": None, "parked_by": None, "parked_at": None}
    again = {"retry_count": 0, "next_retry_at": next_retry_at or timezone.now()}
    return _decide(error_id, "RETRY", {**unparked, **again}, required(reason, "the reason"), caller)


def resolve_error(error_id: UUID, *, note: str, caller: Caller) -> CompanyTargetError:
    """Open → RESOLVED: what was wrong is so no longer, and `note` says how. Raises Refused, NotPermitted."""
    caller.require(HANDLE, "resolve an error")
    return _close(error_id, "RESOLVED", required(note, "the note"), caller)


def ignore_error(error_id: UUID, *, reason: str, caller: Caller) -> CompanyTargetError:
    """Open → IGNORED: it no longer blocks although nothing was mended; every later promotion names it."""
    caller.require(IGNORE, "ignore a blocking error")
    return _close(error_id, "IGNORED", required(reason, "the reason"), caller)


def _close(error_id: UUID, disposition: str, note: str, caller: Caller) -> CompanyTargetError:
    changes = {"resolved_at": timezone.now(), "resolution_note": note, "next_retry_at": None}
    return _decide(error_id, disposition, changes, note, caller)


@transaction.atomic
def _decide(
    error_id: UUID, disposition: str, changes: dict[str, Any], reason: str, caller: Caller
) -> CompanyTargetError:
    company, error = locked_error(error_id)
    if error.disposition not in BLOCKING_DISPOSITIONS or error.archived_at is not None:
        state = "archived" if error.archived_at else error.disposition
        raise Refused(f"{error.failure_code} of {company.company_name} is {state}, not open; nothing to decide")
    if error.disposition == disposition:
        raise Refused(f"{error.failure_code} of {company.company_name} is {disposition} already")
    before = _state(error)
    changes = {"disposition": disposition, "updated_at": timezone.now(), **changes}
    for name, value in changes.items():
        setattr(error, name, value)
    error.save(update_fields=list(changes))
    append(caller.actor, [Draft(ACTIONS[disposition], "error", str(error_id), before, _state(error), reason)])
    return error


def _state(error: CompanyTargetError) -> dict[str, Any]:
    return {
        "disposition": error.disposition,
        "archived_at": error.archived_at,
        "outreach_id": error.outreach_id,
        "failure_code": error.failure_code,
    }
