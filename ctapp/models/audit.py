"""The audit chain's two tables: the events, append-only, and the head that the next event hangs on."""

from django.db import models


class AuditEvent(models.Model):
    """One change of a gated column or one decision.

    `payload` is the canonical JSON text that `hash` (SHA-256, hex) covers; it holds everything, `prev_hash` included.
    The columns beside it repeat parts of it for searching and are checked against it by `verify_audit`.
    """

    seq = models.BigIntegerField(primary_key=True)
    time = models.DateTimeField()
    actor = models.TextField()
    action = models.TextField()
    object_type = models.TextField()
    object_key = models.TextField()
    run_id = models.BigIntegerField(null=True)
    payload = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "ct_audit_event"
        verbose_name = "audit event"
        indexes = [
            models.Index(fields=["object_type", "object_key", "seq"], name="audit_by_object"),
            models.Index(fields=["run_id", "seq"], name="audit_by_run", condition=models.Q(run_id__isnull=False)),
            models.Index(fields=["action", "seq"], name="audit_by_action"),
            models.Index(fields=["actor", "seq"], name="audit_by_actor"),
            models.Index(fields=["time"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class ChainHead(models.Model):
    """The one row that every append locks: seq and hash of the last event (0 and 64 zeros before the first)."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        db_table = "ct_audit_head"

    def __str__(self) -> str:
        return f"chain head {self.seq}"
