"""The stored re-run reports: built once from a finished run, immutable from then on."""

from django.db import models
from django.db.models.functions import Now

from ctapp.models.run import Run


class Report(models.Model):
    """One report; `content` is canonical JSON text, `digest` its SHA-256 (hex), repeated in the audit chain."""

    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="report")
    content = models.TextField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "ct_report"

    def __str__(self) -> str:
        return f"report of run {self.run_id}"
