"""`company_target_errors`: what went wrong for a company target, and whose move it is."""

import uuid

from django.db import models
from django.db.models.functions import Now

from ctapp.gates import definition
from ctapp.models.company import CompanyMaster


class Disposition(models.TextChoices):
    """RETRY and PARKED block promotion until archived; RESOLVED and IGNORED do not."""

    RETRY = "RETRY"
    PARKED = "PARKED"
    RESOLVED = "RESOLVED"
    IGNORED = "IGNORED"


class Severity(models.TextChoices):
    """How bad an error is, for sorting."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


class CompanyTargetError(models.Model):
    """One error of one pipeline stage for one company."""

    error_id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    outreach = models.ForeignKey(
        CompanyMaster,
        on_delete=models.PROTECT,
        to_field="outreach_id",
        db_column="outreach_id",
        related_name="target_errors",
    )
    pipeline_stage = models.TextField()
    failure_code = models.TextField()
    blocking_reason = models.TextField(null=True, blank=True)  # noqa: DJ001 -- NULL is "not known" here
    severity = models.CharField(max_length=20, choices=Severity, default="error", db_default="error")
    disposition = models.CharField(max_length=20, choices=Disposition, default="RETRY", db_default="RETRY")
    retry_count = models.PositiveIntegerField(default=0, db_default=0)
    max_retries = models.PositiveIntegerField(default=3, db_default=3)
    next_retry_at = models.DateTimeField(null=True, blank=True)
    park_reason = models.TextField(null=True, blank=True)  # noqa: DJ001
    parked_by = models.TextField(null=True, blank=True)  # noqa: DJ001
    parked_at = models.DateTimeField(null=True, blank=True)
    raw_input = models.JSONField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution_note = models.TextField(null=True, blank=True)  # noqa: DJ001
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "company_target_errors"
        verbose_name = "company target error"
        permissions = [
            ("handle_error", "Can open, park, retry and resolve errors"),
            ("ignore_error", "Can ignore a blocking error"),
        ]
        constraints = [
            models.CheckConstraint(name=name, condition=check) for name, check in definition.ERROR_CHECKS.items()
        ]
        indexes = [
            models.Index(fields=["outreach"], name="error_blocking", condition=definition.BLOCKING_ERROR),
        ]

    def __str__(self) -> str:
        return f"{self.failure_code} ({self.disposition})"
