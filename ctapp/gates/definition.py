"""The one definition: what CT DONE and TIER_0 mean, what blocks a record, and the CHECKs and triggers that hold them.

Everything else (queryset filters, the reason shown to a person, the constraints in the database, the report's wording)
comes from here. Q objects speak from the model whose name they carry, with `target__` or `outreach__` in between.
"""

from enum import StrEnum

from django.db.models import F, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan

EXECUTION_STATUSES = ("pending", "ready", "failed", "blocked")
READINESS_TIERS = ("NOT_READY", "TIER_0")
DISPOSITIONS = ("RETRY", "PARKED", "RESOLVED", "IGNORED")
BLOCKING_DISPOSITIONS = ("RETRY", "PARKED")
EMAIL_METHODS = ("smtp_verification", "provider_verification", "known_addresses", "catch_all", "inference")

CT_DONE_WORDS = "execution_status = 'ready' and email_method, confidence_score and imo_completed_at all present"
TIER_0_WORDS = "CT DONE, and no blocking error (disposition RETRY or PARKED, not archived) is open"

# The columns whose every change is an audit event, and from which `verify_audit` replays; per object type.
GATED_COLUMNS = {
    "company": ("domain", "email_pattern"),
    "target": ("execution_status", "email_method", "confidence_score", "imo_completed_at", "readiness_tier"),
    "error": ("disposition", "archived_at"),
}

BLOCKING_ERROR = Q(disposition__in=BLOCKING_DISPOSITIONS, archived_at__isnull=True)


def ct_done(prefix: str = "") -> Q:
    """CT DONE as a filter on company_target (`prefix` "target__" from company_master)."""
    return Q(
        **{
            f"{prefix}execution_status": "ready",
            f"{prefix}email_method__isnull": False,
            f"{prefix}confidence_score__isnull": False,
            f"{prefix}imo_completed_at__isnull": False,
        }
    )


def tier_0(prefix: str = "") -> Q:
    """TIER_0 as a filter: the tier as stored; the database keeps it from standing where it must not."""
    return Q(**{f"{prefix}readiness_tier": "TIER_0"})


class BlockedReason(StrEnum):
    """Why a record is blocked, in order of precedence: the first that applies is the reason."""

    MISSING_BOTH = "missing_both"
    MISSING_DOMAIN = "missing_domain"
    MISSING_PATTERN = "missing_pattern"
    BLOCKING_ERROR = "blocking_error"


class Gap(StrEnum):
    """What `company_master` has of the two things a company target needs."""

    MISSING_BOTH = "missing_both"
    DOMAIN_ONLY = "domain_only"
    PATTERN_ONLY = "pattern_only"
    NONE = "none"


class CtState(StrEnum):
    """The state of a company's CT record as the report groups it."""

    PENDING = "pending"
    FAILED = "failed"
    NO_RECORD = "none"
    BLOCKED = "blocked"
    DONE_NOT_PROMOTED = "done_not_promoted"
    TIER_0 = "tier_0"


REASON_SENTENCES = {
    BlockedReason.MISSING_BOTH: "Neither a domain nor an e-mail pattern is known.",
    BlockedReason.MISSING_DOMAIN: "No domain is known.",
    BlockedReason.MISSING_PATTERN: "No e-mail pattern is known.",
    BlockedReason.BLOCKING_ERROR: "A blocking error is open (RETRY or PARKED).",
}
REASON_NEXT_STEPS = {
    BlockedReason.MISSING_BOTH: "Find the domain first, then the pattern; or import both.",
    BlockedReason.MISSING_DOMAIN: "Find the domain, set it by hand, or import it.",
    BlockedReason.MISSING_PATTERN: "Find the pattern, set it by hand, or import it.",
    BlockedReason.BLOCKING_ERROR: "Resolve the error, or wait for its retry.",
}

LACKS_DOMAIN = Q(domain__isnull=True)
LACKS_PATTERN = Q(email_pattern__isnull=True)
UPSTREAM_COMPLETE = Q(domain__isnull=False, email_pattern__isnull=False)


def blocked_reasons(*, has_domain: bool, has_pattern: bool, done: bool, blocking_error: bool) -> list[BlockedReason]:
    """Every reason that applies to a record that is not TIER_0, by precedence; empty where it could go on.

    A blocking error blocks only a DONE record (from promotion): an unfinished one completes beside it.
    """
    missing = {
        (False, False): BlockedReason.MISSING_BOTH,
        (False, True): BlockedReason.MISSING_DOMAIN,
        (True, False): BlockedReason.MISSING_PATTERN,
    }.get((has_domain, has_pattern))
    reasons = [missing] if missing else []
    if done and blocking_error:
        reasons.append(BlockedReason.BLOCKING_ERROR)
    return reasons


def _not_blank(column: str) -> Q:
    return Q(**{f"{column}__isnull": True}) | Q(GreaterThan(Length(Trim(F(column))), 0))


def _share(column: str) -> Q:
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__gte": 0, f"{column}__lte": 1})


COMPANY_CHECKS = {
    "gate_company_name_not_blank": Q(GreaterThan(Length(Trim(F("company_name"))), 0)),
    "gate_domain_not_blank": _not_blank("domain"),
    "gate_email_pattern_not_blank": _not_blank("email_pattern"),
    "gate_domain_confidence_0_to_1": _share("domain_confidence"),
    "gate_pattern_confidence_0_to_1": _share("email_pattern_confidence"),
}
TARGET_CHECKS = {
    "gate_status_known": Q(execution_status__in=EXECUTION_STATUSES),
    "gate_tier_known": Q(readiness_tier__in=READINESS_TIERS),
    "gate_method_known": Q(email_method__isnull=True) | Q(email_method__in=EMAIL_METHODS),
    "gate_score_0_to_1": _share("confidence_score"),
    "gate_ready_needs_method_score_time": ~Q(execution_status="ready") | ct_done(),
    "gate_tier_0_needs_ready": ~Q(readiness_tier="TIER_0") | Q(execution_status="ready"),
}
ERROR_CHECKS = {
    "gate_disposition_known": Q(disposition__in=DISPOSITIONS),
}
CHECKS = {"company_master": COMPANY_CHECKS, "company_target": TARGET_CHECKS, "company_target_errors": ERROR_CHECKS}

# What each trigger refuses, as the message it raises. ctapp/gates/triggers.py writes them for each database.
TRIGGER_MESSAGES = {
    "gate_ready_needs_domain_and_pattern": "ready is refused while the company lacks a domain or an e-mail pattern",
    "gate_ready_keeps_domain_and_pattern": (
        "domain, pattern or key of a ready company may not change; withdraw its target first"
    ),
    "gate_tier_0_needs_no_blocking_error": "TIER_0 is refused while a blocking error is open",
    "gate_blocking_error_needs_no_tier_0": "a blocking error may not be open on a TIER_0 record; demote it first",
    "gate_blocking_error_needs_company": "a blocking error needs a company that is there when it is opened",
    "gate_time_readable": "a time is written as YYYY-MM-DD HH:MM:SS[.ffffff]; where there is none, NULL",
    "gate_audit_is_append_only": "audit events are never updated, deleted, replaced or truncated",
    "gate_report_is_immutable": "a stored report is never updated or deleted",
    "gate_no_truncate": "this table may not be truncated",
    "gate_read_committed": "gated tables are written at isolation level READ COMMITTED only",
}
