"""Runs: one execution, its chunks (units of work and of crash recovery), its items (one outcome a company), its log."""

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse


class RunState(models.TextChoices):
    """`planned` until the set of companies is frozen."""

    PLANNED = "planned"
    RUNNING = "running"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    FINISHED = "finished"
    FINISHED_WITH_ERRORS = "finished_with_errors", "finished with errors"
    CRASHED = "crashed"


OPEN_STATES = (RunState.PLANNED, RunState.RUNNING, RunState.CANCELLING)


class Outcome(models.TextChoices):
    """How an item ended; NULL while it has not."""

    COMPLETED = "completed", "completed and promoted"
    COMPLETED_NOT_PROMOTED = "completed_not_promoted", "completed, not promoted"
    PROMOTED = "promoted", "promoted only"
    FAILED = "failed"
    BLOCKED = "blocked"
    SKIPPED = "skipped"
    FOUND = "found"
    IN_REVIEW = "in_review", "in review"
    NOT_FOUND = "not_found", "not found"
    UNKNOWN = "unknown"
    AWAITING_PROVIDER = "awaiting_provider", "awaiting provider"
    NOT_ATTEMPTED = "not_attempted", "not attempted"


class Run(models.Model):
    """One execution over a set of companies that is frozen when it starts.

    `selection` says which companies (ctapp/runs/selection.py); `outcomes` and `digest` are written once, when it ends.
    """

    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=30, choices=RunState, default=RunState.PLANNED)
    dry_run = models.BooleanField(default=False)
    actor = models.TextField()
    request_id = models.TextField(null=True, blank=True)  # noqa: DJ001 -- NULL is "none" here
    selection = models.JSONField(default=dict)
    settings_used = models.JSONField(default=dict)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="retries")
    audit_seq_before = models.BigIntegerField(default=0)
    outcomes = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "ct_run"
        permissions = [("start_run", "Can start, cancel, resume and retry runs")]
        indexes = [models.Index(fields=["state"], name="run_by_state")]

    def __str__(self) -> str:
        return f"run {self.pk}"

    def get_absolute_url(self) -> str:
        """The run's page."""
        return reverse("run", args=[self.pk])


class ChunkState(models.TextChoices):
    """`poisoned` after three attempts that died."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    POISONED = "poisoned"


class Chunk(models.Model):
    """One unit of work: number 0 freezes the set (and has no key range), the others carry a range of its items.

    Its items are the run's items without an outcome whose outreach_id lies in first_key..last_key, both included.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    first_key = models.UUIDField(null=True)
    last_key = models.UUIDField(null=True)
    size = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=20, choices=ChunkState, default=ChunkState.PENDING)
    claim_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    processed = models.PositiveIntegerField(default=0)
    outcomes = models.JSONField(default=dict)

    class Meta:
        db_table = "ct_chunk"
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="chunk_number_once")]
        indexes = [
            models.Index(
                fields=["lease_until"], name="chunk_open", condition=models.Q(state__in=["pending", "running"])
            )
        ]

    def __str__(self) -> str:
        return f"run {self.run_id}, chunk {self.number}"


class RunItem(models.Model):
    """The outcome for one company, with what its record looked like when the set was frozen."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items", db_index=False)
    outreach_id = models.UUIDField()
    ct_state = models.CharField(max_length=20)
    has_method = models.BooleanField()
    has_score = models.BooleanField()
    has_imo = models.BooleanField()
    gap = models.CharField(max_length=20)
    outcome = models.CharField(max_length=30, choices=Outcome, null=True)  # noqa: DJ001 -- NULL: not yet
    reason = models.CharField(max_length=60, null=True)  # noqa: DJ001
    detail = models.TextField(null=True)  # noqa: DJ001

    class Meta:
        db_table = "ct_run_item"
        constraints = [models.UniqueConstraint(fields=["run", "outreach_id"], name="item_one_outcome_a_company")]
        indexes = [
            models.Index(fields=["outreach_id", "run"], name="item_by_company"),
            models.Index(fields=["run", "outreach_id"], name="item_open", condition=models.Q(outcome__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"run {self.run_id}, company {self.outreach_id}: {self.outcome or 'open'}"


class RunLog(models.Model):
    """One line of a run's log."""

    class Level(models.TextChoices):
        """For the log's filter."""

        INFO = "info"
        WARNING = "warning"
        ERROR = "error"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="log")
    time = models.DateTimeField(db_default=Now())
    level = models.CharField(max_length=10, choices=Level, default=Level.INFO)
    message = models.TextField()

    class Meta:
        db_table = "ct_run_log"

    def __str__(self) -> str:
        return self.message
