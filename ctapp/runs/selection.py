"""Which companies a run, a list, an export or a command is about: one filter declaration for all of them."""

from typing import Any, cast
from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet

from ctapp.gates.definition import LACKS_DOMAIN, LACKS_PATTERN, READINESS_TIERS, Gap, tier_0
from ctapp.models import CompanyMaster, Outcome, RunItem
from ctapp.models.target import ExecutionStatus

NO_RECORD = "none"
GAP_FILTERS = {
    Gap.MISSING_BOTH: LACKS_DOMAIN & LACKS_PATTERN,
    Gap.DOMAIN_ONLY: ~LACKS_DOMAIN & LACKS_PATTERN,
    Gap.PATTERN_ONLY: LACKS_DOMAIN & ~LACKS_PATTERN,
    Gap.NONE: ~LACKS_DOMAIN & ~LACKS_PATTERN,
}
GAP_WORDS = {
    Gap.MISSING_BOTH: "missing both",
    Gap.DOMAIN_ONLY: "domain only",
    Gap.PATTERN_ONLY: "pattern only",
    Gap.NONE: "has both",
}
RETRIED_OUTCOMES = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.NOT_ATTEMPTED)


class CompanyFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """The filters over companies; the web lists show them, commands take them as --options, runs store them."""

    q = django_filters.CharFilter(method="search", label="Name begins with, domain, or id")
    gap = django_filters.ChoiceFilter(method="by_gap", choices=list(GAP_WORDS.items()), label="Upstream data")
    status = django_filters.ChoiceFilter(
        method="by_status", choices=[*ExecutionStatus.choices, (NO_RECORD, "no CT record")], label="CT status"
    )
    tier = django_filters.ChoiceFilter(
        method="by_tier", choices=[(tier, tier) for tier in READINESS_TIERS], label="Tier"
    )
    industry = django_filters.CharFilter(field_name="industry", lookup_expr="exact", label="Industry")
    state = django_filters.CharFilter(field_name="address_state", lookup_expr="exact", label="State")
    source_system = django_filters.CharFilter(field_name="source_system", lookup_expr="exact", label="Source system")

    class Meta:
        model = CompanyMaster
        fields: list[str] = []

    def search(self, companies: QuerySet[CompanyMaster], name: str, text: str) -> QuerySet[CompanyMaster]:
        """By outreach_id, by company id or domain, or by how the name begins."""
        text = text.strip()
        try:
            return companies.filter(outreach_id=UUID(text))
        except ValueError:
            exact = Q(company_unique_id=text) | Q(domain=text.lower())
            return companies.filter(exact | Q(company_name__istartswith=text))

    def by_gap(self, companies: QuerySet[CompanyMaster], name: str, gap: str) -> QuerySet[CompanyMaster]:
        """By what upstream data the company has."""
        return companies.filter(GAP_FILTERS[Gap(gap)])

    def by_status(self, companies: QuerySet[CompanyMaster], name: str, status: str) -> QuerySet[CompanyMaster]:
        """By the state of the CT record."""
        if status == NO_RECORD:
            return companies.filter(target__isnull=True)
        return companies.filter(target__execution_status=status)

    def by_tier(self, companies: QuerySet[CompanyMaster], name: str, tier: str) -> QuerySet[CompanyMaster]:
        """TIER_0, or everything else, companies without a CT record included."""
        return companies.filter(tier_0("target__") if tier == "TIER_0" else ~tier_0("target__"))


class SelectionError(ValueError):
    """The selection cannot be read; the message names the part."""


def companies(selection: dict[str, Any]) -> QuerySet[CompanyMaster]:
    """The companies of a stored selection: {"filter": {…}}, {"ids": [outreach_id, …]} or {"retry_of": run}.

    Without any of them: everything that is not TIER_0. Raises SelectionError for a filter value that is none.
    """
    every = CompanyMaster.objects.all()
    if "ids" in selection:
        return every.filter(outreach_id__in=[UUID(key) for key in selection["ids"]])
    if "retry_of" in selection:
        failed = RunItem.objects.filter(run=selection["retry_of"], outcome__in=RETRIED_OUTCOMES)
        return every.filter(outreach_id__in=failed.values("outreach_id"))
    if selection.get("filter"):
        filtered = CompanyFilter(selection["filter"], queryset=every)
        if not filtered.is_valid():
            faults = [f"{name}: {' '.join(errors)}" for name, errors in filtered.errors.items()]
            raise SelectionError("; ".join(faults))
        return cast("QuerySet[CompanyMaster]", filtered.qs)
    return every.filter(~tier_0("target__"))


def words(selection: dict[str, Any]) -> str:
    """The selection in words."""
    if "ids" in selection:
        return f"{len(selection['ids']):,} selected"
    if "retry_of" in selection:
        return f"what failed in run {selection['retry_of']}"
    if selection.get("filter"):
        return ", ".join(f"{name} = {value}" for name, value in sorted(selection["filter"].items()))
    return "everything that is not TIER_0"
