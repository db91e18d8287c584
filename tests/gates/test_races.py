"""Two transactions at once on PostgreSQL, in threads with connections of their own: one waits, sees, is refused."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from ctapp.gates.verification import verify
from ctapp.models import CompanyMaster, CompanyTarget, CompanyTargetError
from tests.gates import records
from tests.gates.records import DONE

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

TIMES = 200
PATIENCE = 20  # seconds until a test gives up on a thread
Statement = Callable[[uuid.UUID], object]


def make_ready(key: uuid.UUID) -> None:
    CompanyTarget.objects.filter(outreach_id=key).update(**DONE)


def clear_domain(key: uuid.UUID) -> None:
    CompanyMaster.objects.filter(outreach_id=key).update(domain=None)


def promote(key: uuid.UUID) -> None:
    CompanyTarget.objects.filter(outreach_id=key).update(readiness_tier="TIER_0")


def open_error(key: uuid.UUID) -> None:
    CompanyTargetError.objects.create(outreach_id=key, pipeline_stage="s", failure_code="f", disposition="RETRY")


def reopen_error(key: uuid.UUID) -> None:
    CompanyTargetError.objects.filter(outreach_id=key).update(disposition="PARKED")


def pending_company() -> uuid.UUID:
    made = records.company()
    records.target(made)
    return made.outreach_id


def ready_company() -> uuid.UUID:
    made = records.ready()
    records.error(made, "RESOLVED")
    return made.outreach_id


RIVALS: dict[str, tuple[Callable[[], uuid.UUID], Statement, Statement]] = {
    "ready beside clearing the domain": (pending_company, make_ready, clear_domain),
    "promotion beside opening an error": (ready_company, promote, open_error),
    "promotion beside opening an error again": (ready_company, promote, reopen_error),
}


def attempt(statement: Statement, key: uuid.UUID, before: Callable[[], object], after: Callable[[], object]) -> bool:
    """Run the statement in a transaction of this thread's own connection; whether it committed."""
    try:
        with transaction.atomic():
            before()
            statement(key)
            after()
    except IntegrityError as error:
        assert "gate_" in str(error)
        return False
    return True


def in_threads(*work: Callable[[], bool]) -> list[bool]:
    """Each in its own thread and connection, all at once."""

    def closing(one: Callable[[], bool]) -> bool:
        try:
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(closing, one) for one in work]]


def pair(keys: list[uuid.UUID], first: Statement, second: Statement) -> Counter[tuple[bool, bool]]:
    """For each key: `second` starts once `first` has run and not yet committed. Counts (first, second) committed."""
    outcomes: Counter[tuple[bool, bool]] = Counter()
    ran = [threading.Event() for _ in keys]
    started = [threading.Event() for _ in keys]
    results: dict[str, list[bool]] = {"first": [], "second": []}

    def leading() -> bool:
        for at, key in enumerate(keys):

            def hold(at: int = at) -> None:
                ran[at].set()
                assert started[at].wait(PATIENCE)
                time.sleep(0.002)  # time for the other to run into the lock; without it nothing breaks, less is tried

            results["first"].append(attempt(first, key, lambda: None, hold))
        return True

    def following() -> bool:
        for at, key in enumerate(keys):
            assert ran[at].wait(PATIENCE)
            results["second"].append(attempt(second, key, started[at].set, lambda: None))
        return True

    in_threads(leading, following)
    outcomes.update(zip(results["first"], results["second"], strict=True))
    return outcomes


@pytest.mark.parametrize("rivals", RIVALS)
@pytest.mark.parametrize("swapped", [False, True], ids=["first leads", "second leads"])
def test_the_one_that_comes_later_waits_and_is_refused(rivals: str, swapped: bool) -> None:
    make, *statements = RIVALS[rivals]
    first, second = reversed(statements) if swapped else statements
    keys = [make() for _ in range(TIMES)]
    assert pair(keys, first, second) == {(True, False): TIMES}
    assert [check for check in verify() if not check.holds] == []


@pytest.mark.parametrize("rivals", RIVALS)
def test_of_two_at_the_same_moment_one_commits(rivals: str) -> None:
    make, first, second = RIVALS[rivals]
    keys = [make() for _ in range(TIMES)]
    barrier = threading.Barrier(2, timeout=PATIENCE)
    committed: dict[Statement, list[bool]] = {first: [], second: []}

    def each(statement: Statement) -> bool:
        for key in keys:
            committed[statement].append(attempt(statement, key, barrier.wait, lambda: None))
        return True

    in_threads(lambda: each(first), lambda: each(second))
    assert all(one != other for one, other in zip(committed[first], committed[second], strict=True))
    assert [check for check in verify() if not check.holds] == []


def test_many_at_once_neither_deadlock_nor_break_a_gate() -> None:
    """Statements over all companies meet statements over single ones; company locks are taken in key order."""
    keys = [pending_company() for _ in range(40)]
    barrier = threading.Barrier(4, timeout=PATIENCE)

    def all_ready() -> bool:
        barrier.wait()
        return attempt(lambda _: CompanyTarget.objects.update(**DONE), keys[0], lambda: None, lambda: None)

    def errors_everywhere() -> bool:
        rows = [
            CompanyTargetError(outreach_id=key, pipeline_stage="s", failure_code="f", disposition="RETRY")
            for key in reversed(keys)
        ]
        barrier.wait()
        return attempt(lambda _: CompanyTargetError.objects.bulk_create(rows), keys[0], lambda: None, lambda: None)

    def promote_each() -> bool:
        barrier.wait()
        for key in keys:
            attempt(promote, key, lambda key=key: make_ready(key), lambda: None)
        return True

    def clear_each() -> bool:
        barrier.wait()
        for key in reversed(keys):
            attempt(clear_domain, key, lambda: None, lambda: None)
        return True

    in_threads(all_ready, errors_everywhere, promote_each, clear_each)
    assert [check for check in verify() if not check.holds] == []


def test_an_error_for_a_company_that_is_not_committed_yet_is_refused() -> None:
    """The foreign key looks at commit only: by then the company could be there, and TIER_0."""
    key, made, tried = uuid.uuid4(), threading.Event(), threading.Event()

    def whole_company() -> bool:
        with transaction.atomic():
            company = CompanyMaster.objects.create(
                company_unique_id="late",
                outreach_id=key,
                company_name="Latecomb",
                domain="l.example",
                email_pattern="{f}",
            )
            records.target(company, **records.TIER_0)
            made.set()
            assert tried.wait(PATIENCE)
        return True

    def early_error() -> bool:
        assert made.wait(PATIENCE)
        with transaction.atomic():
            try:
                with transaction.atomic():
                    open_error(key)
            except IntegrityError as error:
                assert "gate_blocking_error_needs_company" in str(error)
                return False
            finally:
                tried.set()
            time.sleep(0.2)
        return True

    assert in_threads(whole_company, early_error) == [True, False]
    assert [check for check in verify() if not check.holds] == []


def test_a_company_made_anew_while_a_target_waits_for_it_is_refused() -> None:
    """The row it waited for is gone, the new one is not locked: a third transaction could clear it unseen."""
    made = records.company()
    records.target(made)
    key, replaced, waiting = made.outreach_id, threading.Event(), threading.Event()

    def replace() -> bool:
        with transaction.atomic():
            records.execute("DELETE FROM company_master WHERE outreach_id = %s", key)
            CompanyMaster.objects.create(
                company_unique_id="anew", outreach_id=key, company_name="Anew", domain="a.example", email_pattern="{f}"
            )
            replaced.set()
            assert waiting.wait(PATIENCE)
            time.sleep(0.2)
        return True

    def ready_meanwhile() -> bool:
        assert replaced.wait(PATIENCE)
        waiting.set()
        return attempt(make_ready, key, lambda: None, lambda: None)

    assert in_threads(replace, ready_meanwhile) == [True, False]
    make_ready(key)
    assert [check for check in verify() if not check.holds] == []
