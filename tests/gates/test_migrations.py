"""The gates outlast a migration: lifted before, reinstalled after, and found missing where one broke off in between."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models

from ctapp import installation
from ctapp.gates import checks, triggers
from ctapp.models import ChainHead, CompanyMaster

pytestmark = pytest.mark.django_db(transaction=True)

A_PLAN = [("a migration", False)]


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Whatever a test leaves of the gates."""
    yield
    triggers.install(connection)


def named(name: str, field: models.Field) -> models.Field:
    """The field as a column of company_master."""
    field.set_attributes_from_name(name)
    field.model = CompanyMaster
    return field


def migrate_around(change: object) -> None:
    """What `migrate` does around its operations."""
    config = apps.get_app_config("ctapp")
    installation.before_migrate(config, using="default", plan=A_PLAN)
    with connection.schema_editor() as editor:
        change(editor)  # type: ignore[operator]
    installation.after_migrate(config, using="default")


def test_the_gates_stand_after_a_table_was_altered() -> None:
    """email_pattern is a column that the triggers name; on SQLite the table is made anew."""
    text, narrow = (
        named("email_pattern", models.TextField(null=True)),
        named("email_pattern", models.CharField(max_length=300, null=True)),
    )
    try:
        migrate_around(lambda editor: editor.alter_field(CompanyMaster, text, narrow))
        assert (triggers.gaps(connection), checks.gaps(connection)) == ([], [])
    finally:
        migrate_around(lambda editor: editor.alter_field(CompanyMaster, narrow, text))
    assert (triggers.gaps(connection), checks.gaps(connection)) == ([], [])


def test_the_gates_stand_after_a_column_was_added_and_removed() -> None:
    column = named("phone", models.TextField(null=True))
    migrate_around(lambda editor: editor.add_field(CompanyMaster, column))
    assert triggers.gaps(connection) == []
    migrate_around(lambda editor: editor.remove_field(CompanyMaster, column))
    assert triggers.gaps(connection) == []


def test_a_migrate_without_anything_to_do_leaves_them_alone() -> None:
    call_command("migrate", verbosity=0)
    assert triggers.gaps(connection) == []
    assert ChainHead.objects.count() == 1


def test_after_a_migrate_that_broke_off_the_gap_is_found_and_the_next_one_closes_it() -> None:
    installation.before_migrate(apps.get_app_config("ctapp"), using="default", plan=A_PLAN)
    wanted = len(triggers._dialect(connection).triggers(connection))
    assert len(triggers.gaps(connection)) == wanted > 10
    with pytest.raises(CommandError, match=r"1 of \d+ checks do not hold") as refusal:
        call_command("verify_gates")
    assert refusal.value.returncode == 1
    call_command("migrate", verbosity=0)
    assert triggers.gaps(connection) == []
    call_command("verify_gates")


def test_installing_twice_changes_nothing() -> None:
    standing = sorted(triggers._dialect(connection).installed(connection), key=repr)
    triggers.install(connection)
    assert sorted(triggers._dialect(connection).installed(connection), key=repr) == standing
