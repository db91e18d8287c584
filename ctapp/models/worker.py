"""The heartbeat that a scheduled task writes from inside the worker cluster, so that a hung cluster is noticed."""

from django.db import models


class WorkerHeartbeat(models.Model):
    """One row a cluster host: when a worker there last finished the heartbeat task."""

    host = models.TextField(primary_key=True)
    beat_at = models.DateTimeField()

    class Meta:
        db_table = "ct_worker_heartbeat"

    def __str__(self) -> str:
        return f"{self.host} at {self.beat_at}"
