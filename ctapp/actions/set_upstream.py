"""Setting, or clearing, a company's domain or e-mail pattern by hand, with a source and a reason."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ctapp.actions.caller import Caller, Refused
from ctapp.actions.locked import locked_company, locked_target, required
from ctapp.audit.chain import append
from ctapp.audit.events import Draft
from ctapp.gates.definition import GATED_COLUMNS
from ctapp.models import CompanyMaster
from ctapp.rules.hosts import HostError, registrable_domain
from ctapp.rules.patterns import PatternError, parse, split_domain

PERMISSION = "ctapp.set_upstream"


def set_domain(
    outreach_id: UUID,
    value: str | None,
    *,
    source: str,
    reason: str,
    caller: Caller,
    confidence: Decimal | None = None,
) -> CompanyMaster:
    """Set the domain to the registrable domain of `value` (a domain, host or URL); None clears it.

    `source` says where it is known from, `reason` why it is set by hand, `confidence` (0 to 1) how sure that is. Raises
    NotPermitted, or Refused where the value is no domain, the company is ready, or source or reason are missing.
    """
    caller.require(PERMISSION, "set a domain")
    try:
        domain = None if value is None else registrable_domain(value)
    except HostError as error:
        raise Refused(f"{error}; the domain stays as it is") from error
    return _set(outreach_id, "domain", domain, source=source, reason=reason, caller=caller, confidence=confidence)


def set_pattern(
    outreach_id: UUID,
    value: str | None,
    *,
    source: str,
    reason: str,
    caller: Caller,
    confidence: Decimal | None = None,
) -> CompanyMaster:
    """Set the e-mail pattern, e.g. "{first}.{last}", in canonical form; None clears it. Otherwise as `set_domain`."""
    caller.require(PERMISSION, "set an e-mail pattern")
    pattern = None if value is None else _canonical(value)
    return _set(
        outreach_id, "email_pattern", pattern, source=source, reason=reason, caller=caller, confidence=confidence
    )


def _canonical(value: str) -> str:
    try:
        pattern, domain = split_domain(value)
        if domain is not None:
            raise Refused(f"the pattern is set without the domain; leave out @{domain}")
        return str(parse(pattern))
    except PatternError as error:
        raise Refused(f"{error}; the pattern stays as it is") from error


@transaction.atomic
def _set(
    outreach_id: UUID,
    column: str,
    value: str | None,
    *,
    source: str,
    reason: str,
    caller: Caller,
    confidence: Decimal | None,
) -> CompanyMaster:
    reason, source = required(reason, "the reason"), required(source, "the source")
    company = locked_company(outreach_id)
    wanted = _wanted(column, value, source, confidence)
    if all(getattr(company, name) == wanted[name] for name in wanted):
        return company
    target = locked_target(company)
    if target is not None and target.execution_status == "ready" and getattr(company, column) != value:
        raise Refused(f"{company.company_name} is ready with {getattr(company, column)}; withdraw its target first")
    before = _state(company, wanted)
    for name in wanted:
        setattr(company, name, wanted[name])
    company.updated_at = timezone.now()
    company.save(update_fields=[*wanted, "updated_at"])
    action = ("domain" if column == "domain" else "pattern") + ("_cleared" if value is None else "_set")
    append(caller.actor, [Draft(action, "company", str(outreach_id), before, _state(company, wanted), reason)])
    return company


def _wanted(column: str, value: str | None, source: str, confidence: Decimal | None) -> dict[str, Any]:
    if value is None:
        return {column: None, f"{column}_source": None, f"{column}_confidence": None}
    if confidence is not None:
        if not 0 <= confidence <= 1:
            raise Refused(f"the confidence {confidence} is not between 0 and 1")
        confidence = confidence.quantize(Decimal("0.0001"))
    return {column: value, f"{column}_source": source, f"{column}_confidence": confidence}


def _state(company: CompanyMaster, wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(company, name) for name in dict.fromkeys((*GATED_COLUMNS["company"], *wanted))}
