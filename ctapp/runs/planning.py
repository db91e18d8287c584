"""Planning: chunk 0 freezes and classifies the run's companies, then cuts what is left to do into chunks."""

from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from ctapp.models import Chunk, Run, RunLog
from ctapp.models.run import OPEN_STATES, RunState
from ctapp.pipeline import classify
from ctapp.runs import selection
from ctapp.runs.counting import outcomes_of
from ctapp.runs.kinds import KINDS


def plan(run: Run) -> list[Chunk]:
    """Freeze the set and return the work chunks; inside the transaction in which chunk 0 is done.

    Companies that another open run holds are skipped with the reason: starting refuses them for a person, so this meets
    only what a schedule planned beside it.
    """
    others = other_open_runs(run)
    classify.freeze(run.pk, selection.companies(run.selection), others)
    chunks = Chunk.objects.bulk_create(_cut(run))
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING, started_at=timezone.now())
    found = sum(outcomes_of(run.pk).values())
    work = sum(chunk.size for chunk in chunks)
    RunLog.objects.create(
        run=run, message=f"Frozen: {found:,} companies; {work:,} to work on in {len(chunks):,} chunks"
    )
    return chunks


def other_open_runs(run: Run) -> list[int]:
    """Open runs that have frozen their set and write; a dry run holds nothing."""
    if run.dry_run:
        return []
    others = Run.objects.filter(state__in=OPEN_STATES, dry_run=False, started_at__isnull=False).exclude(pk=run.pk)
    return list(others.values_list("pk", flat=True))


def _cut(run: Run) -> Iterator[Chunk]:
    """Chunks over the items without an outcome: the first and last key of each, from one statement."""
    size = KINDS[run.kind].chunk_size
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT place, outreach_id FROM (
              SELECT outreach_id, row_number() OVER (ORDER BY outreach_id) AS place, count(*) OVER () AS total
              FROM ct_run_item WHERE run_id = %s AND outcome IS NULL) numbered
            WHERE place %% %s IN (0, 1 %% %s) OR place = total ORDER BY place""",
            [run.pk, size, size],
        )
        keys = dict(cursor.fetchall())
    total = max(keys, default=0)
    for number, start in enumerate(range(1, total + 1, size), 1):
        end = min(start + size - 1, total)
        yield Chunk(run=run, number=number, first_key=keys[start], last_key=keys[end], size=end - start + 1)
