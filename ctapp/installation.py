"""What surrounds every migrate: gates lifted before, reinstalled after, and the rows the product cannot be without."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connections

from ctapp.gates import triggers
from ctapp.models import ChainHead
from ctapp.runs import schedules


def before_migrate(sender: AppConfig, using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
    """Lift the triggers, only where a migration will run: an altered table would fail on, or silently lose, them."""
    if plan:
        triggers.lift(connections[using])


def after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Reinstall the triggers and see that the chain's head, the roles and the schedules exist."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    if ChainHead._meta.db_table not in tables:
        return  # migrated back to zero
    triggers.install(connection)
    ChainHead.objects.using(using).get_or_create(id=1)
    if schedules.TABLE in tables:  # absent where only this application was migrated
        schedules.install(using)
