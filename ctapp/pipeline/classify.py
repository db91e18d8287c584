"""Classify: which state each record is in and what can be done with it, as one set-based statement.

A record that can only be blocked or skipped gets its outcome right here, in the statement that freezes the run's set;
what is left without an outcome is work for a chunk.
"""

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable

from ctapp.gates.definition import (
    BLOCKING_ERROR,
    LACKS_DOMAIN,
    LACKS_PATTERN,
    BlockedReason,
    CtState,
    Gap,
    ct_done,
    tier_0,
)
from ctapp.models import CompanyMaster, CompanyTargetError, Outcome, RunItem

ITEM_COLUMNS = (
    "run_id",
    "outreach_id",
    "ct_state",
    "has_method",
    "has_score",
    "has_imo",
    "gap",
    "outcome",
    "reason",
)
ALREADY_TIER_0 = "already_tier_0"
HELD = "held_by_another_run"

HAS_BLOCKING_ERROR = Exists(CompanyTargetError.objects.filter(BLOCKING_ERROR, outreach=OuterRef("outreach_id")))
MISSING_BOTH = LACKS_DOMAIN & LACKS_PATTERN
MISSING_DOMAIN = LACKS_DOMAIN & ~LACKS_PATTERN
MISSING_PATTERN = ~LACKS_DOMAIN & LACKS_PATTERN


def _words(*cases: tuple[Combinable | Q, str | None], default: str | None) -> Case:
    return Case(
        *(When(condition, then=Value(word)) for condition, word in cases),
        default=Value(default),
        output_field=CharField(),
    )


GAP = _words(
    (MISSING_BOTH, Gap.MISSING_BOTH),
    (MISSING_DOMAIN, Gap.PATTERN_ONLY),
    (MISSING_PATTERN, Gap.DOMAIN_ONLY),
    default=Gap.NONE,
)
CT_STATE = _words(
    (Q(target__isnull=True), CtState.NO_RECORD),
    (tier_0("target__"), CtState.TIER_0),
    (ct_done("target__"), CtState.DONE_NOT_PROMOTED),
    (Q(target__execution_status="pending"), CtState.PENDING),
    (Q(target__execution_status="failed"), CtState.FAILED),
    default=CtState.BLOCKED,
)
BLOCKED_CASES: tuple[tuple[Combinable | Q, str | None], ...] = (
    (MISSING_BOTH, BlockedReason.MISSING_BOTH),
    (MISSING_DOMAIN, BlockedReason.MISSING_DOMAIN),
    (MISSING_PATTERN, BlockedReason.MISSING_PATTERN),
    (ct_done("target__") & Q(HAS_BLOCKING_ERROR), BlockedReason.BLOCKING_ERROR),
)
BLOCKED_REASON = _words((tier_0("target__"), None), *BLOCKED_CASES, default=None)


def freeze(run_id: int, companies: QuerySet[CompanyMaster], held_by: list[int]) -> None:
    """Store one classified item for each of `companies`; those that the runs `held_by` hold are skipped."""
    held: list[tuple[Combinable | Q, str | None]] = []
    if held_by:
        held.append((Exists(RunItem.objects.filter(run__in=held_by, outreach_id=OuterRef("outreach_id"))), HELD))
    outcome = _words(
        *((condition, Outcome.SKIPPED) for condition, _ in held),
        (tier_0("target__"), Outcome.SKIPPED),
        (LACKS_DOMAIN | LACKS_PATTERN, Outcome.BLOCKED),
        (ct_done("target__") & Q(HAS_BLOCKING_ERROR), Outcome.BLOCKED),
        default=None,
    )
    reason = _words(*held, (tier_0("target__"), ALREADY_TIER_0), *BLOCKED_CASES, default=None)
    columns = {
        "item_run": Value(run_id),
        "item_key": F("outreach_id"),
        "item_state": CT_STATE,
        "item_method": _present("target__email_method"),
        "item_score": _present("target__confidence_score"),
        "item_imo": _present("target__imo_completed_at"),
        "item_gap": GAP,
        "item_outcome": outcome,
        "item_reason": reason,
    }
    rows = companies.order_by("outreach_id").annotate(**columns).values_list(*columns)
    sql, parameters = rows.query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO ct_run_item ({', '.join(ITEM_COLUMNS)}) {sql}", parameters)


def _present(column: str) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(Q(**{f"{column}__isnull": False}), output_field=BooleanField())
