"""The mark of a database that holds demo data: there, every network stage refuses anything but loopback."""

from django.db import models
from django.db.models.functions import Now


class DemoMark(models.Model):
    """At most one row; its presence is the mark."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "ct_demo_mark"
        constraints = [models.CheckConstraint(name="demo_mark_single", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"demo data since {self.marked_at}"
