"""`company_target`: per company, whether and how a mailbox there can be reached."""

import uuid

from django.db import models
from django.db.models.functions import Now

from ctapp.gates import definition
from ctapp.models.company import CompanyMaster


class ExecutionStatus(models.TextChoices):
    """State of the CT record; `blocked` comes in by import only and is never written by us."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"
    BLOCKED = "blocked"


class ReadinessTier(models.TextChoices):
    """TIER_0 may be contacted; everything else is NOT_READY."""

    NOT_READY = "NOT_READY"
    TIER_0 = "TIER_0"


class CompanyTarget(models.Model):
    """The CT record of one company; its gated columns change only through actions and steps that audit them."""

    target_id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    outreach = models.OneToOneField(
        CompanyMaster,
        on_delete=models.PROTECT,
        to_field="outreach_id",
        db_column="outreach_id",
        related_name="target",
    )
    execution_status = models.CharField(max_length=20, choices=ExecutionStatus, default="pending", db_default="pending")
    email_method = models.TextField(null=True, blank=True)  # noqa: DJ001 -- NULL is "not known" here
    method_type = models.TextField(null=True, blank=True)  # noqa: DJ001
    confidence_score = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    imo_completed_at = models.DateTimeField(null=True, blank=True)
    is_catchall = models.BooleanField(null=True, blank=True)
    readiness_tier = models.CharField(max_length=20, choices=ReadinessTier, default="NOT_READY", db_default="NOT_READY")
    promoted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "company_target"
        verbose_name = "company target"
        permissions = [("withdraw_target", "Can withdraw a ready target")]
        constraints = [
            models.CheckConstraint(name=name, condition=condition)
            for name, condition in definition.TARGET_CHECKS.items()
        ]
        indexes = [
            models.Index(
                fields=["execution_status", "outreach"],
                name="target_not_tier_0",
                condition=~models.Q(readiness_tier="TIER_0"),
            )
        ]

    def __str__(self) -> str:
        return f"CT {self.outreach_id}"
