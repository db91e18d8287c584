"""Counting: a run's items by outcome, and the digest over all of them that the audit event carries."""

import hashlib
from collections.abc import Iterator

from django.db.models import Count

from ctapp.models import RunItem

PAGE = 20_000
OPEN = "open"


def outcomes_of(run_id: int) -> dict[str, int]:
    """Outcome → number of items; items without one count as "open"."""
    rows = RunItem.objects.filter(run=run_id).values_list("outcome").annotate(items=Count("id")).order_by("outcome")
    return {outcome or OPEN: items for outcome, items in rows}


def digest_of(run_id: int) -> str:
    """SHA-256 (hex) over one line an item, `outreach_id|outcome|reason` and a line feed, ordered by outreach_id."""
    total = hashlib.sha256()
    for key, outcome, reason in _items(run_id):
        total.update(f"{key}|{outcome or ''}|{reason or ''}\n".encode())
    return total.hexdigest()


def _items(run_id: int) -> Iterator[tuple[object, str | None, str | None]]:
    items = RunItem.objects.filter(run=run_id).order_by("outreach_id")
    return items.values_list("outreach_id", "outcome", "reason").iterator(chunk_size=PAGE)
