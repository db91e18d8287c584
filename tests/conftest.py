"""The harness: the database of the test run, and clean-up that lifts the gates here alone and puts them back."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from ctapp.gates import triggers

# Chromium's driver runs an event loop in the test's thread; the ORM is used from there on purpose.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A flush between transactional tests fails against append-only triggers: lift, flush, reinstall, here alone."""
    flush = connection.ops.execute_sql_flush

    def flush_without_gates(sql_list: list[str]) -> Any:
        triggers.lift(connection)
        try:
            return flush(sql_list)
        finally:
            triggers.install(connection)

    connection.ops.execute_sql_flush = flush_without_gates  # type: ignore[method-assign]
    yield
    connection.ops.execute_sql_flush = flush  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs PostgreSQL where the run has SQLite, and what needs Chromium where there is none."""
    from shutil import which

    without_postgresql = pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL to one")
    without_browser = pytest.mark.skip(reason="needs Chromium: install Debian's package chromium")
    for item in items:
        if item.get_closest_marker("postgresql") and connection.vendor != "postgresql":
            item.add_marker(without_postgresql)
        if item.get_closest_marker("browser") and not (which("chromium") or which("chromium-browser")):
            item.add_marker(without_browser)


