"""Measures verify_audit over many events, chain and replay, beside a row-by-row baseline.

    SECRET_KEY=x DATABASE_URL=… python tests/benchmarks/bench_verify_audit.py [--events 1000000] [--runs 3]

Fills a database of its own (made beside the one that DATABASE_URL names, and dropped at the end) through
ctapp.audit.chain.append: four events for each company, as an import, a pattern found, a completion and a promotion
leave them, with the rows that they tell of.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

BATCH = 2_500  # companies in a transaction
EVENTS_A_COMPANY = 4
PENDING: dict[str, Any] = {
    "execution_status": "pending",
    "email_method": None,
    "confidence_score": None,
    "imo_completed_at": None,
    "readiness_tier": "NOT_READY",
}


def say(line: str) -> None:
    """One line of the measurement."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def throw_away_database() -> Iterator[None]:
    """A database with the product's tables, gone afterwards."""
    from django.db import connection

    with tempfile.TemporaryDirectory() as folder:
        name = f"bench_verify_audit_{os.getpid()}"
        connection.settings_dict["TEST"]["NAME"] = (
            name if connection.vendor == "postgresql" else str(Path(folder) / f"{name}.sqlite3")
        )
        usual = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(usual, verbosity=0)


def fill(events: int) -> None:
    """The rows and events of events / 4 companies, in transactions of 2,500 companies."""
    from django.db import connection, transaction

    draw = random.Random(2026)
    total = events // EVENTS_A_COMPANY
    for first in range(0, total, BATCH):
        with transaction.atomic():
            batch(draw, range(first, min(first + BATCH, total)))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def batch(draw: random.Random, numbers: range) -> None:
    """Companies and targets of these numbers, and what happened to them."""
    from ctapp.audit.chain import append
    from ctapp.audit.events import Actor, Draft
    from ctapp.models import sets

    moment = datetime(2026, 2, 2, 3, 0, tzinfo=UTC)
    companies, targets, drafts = [], [], []
    for number in numbers:
        key = uuid.UUID(int=draw.getrandbits(128), version=4)
        upstream = {"domain": f"amberfield-{number}.example", "email_pattern": "{first}.{last}"}
        score = Decimal(draw.randrange(3000, 9900)).scaleb(-4)
        done = PENDING | {
            "execution_status": "ready",
            "email_method": draw.choice(("inference", "known_addresses", "smtp_verification")),
            "confidence_score": score,
            "imo_completed_at": moment + timedelta(microseconds=draw.randrange(10**10)),
        }
        companies.append((f"C{number:07}", key, f"Amberfield {number} & Söhne", *upstream.values()))
        targets.append((uuid.UUID(int=draw.getrandbits(128), version=4), key, *done.values()))
        targets[-1] = (*targets[-1][:-1], "TIER_0")
        found = upstream | {"email_pattern": None}
        drafts += [
            Draft("company_imported", "company", str(key), None, found, "import of companies.csv"),
            Draft("pattern_accepted", "company", str(key), found, upstream, "inferred from 3 known addresses"),
            Draft("target_completed", "target", str(key), PENDING, done),
            Draft("target_promoted", "target", str(key), done, done | {"readiness_tier": "TIER_0"}),
        ]
    sets.insert(
        "company_master",
        ("company_unique_id", "outreach_id", "company_name", "domain", "email_pattern"),
        companies,
    )
    sets.insert("company_target", ("target_id", "outreach_id", *PENDING), targets)
    append(Actor("schedule:nightly"), drafts)


def row_by_row(limit: int) -> int:
    """The straightforward way: each event through the ORM, each row fetched at its last event. Returns events."""
    from ctapp.audit.events import ZERO_HASH, plain
    from ctapp.gates.definition import GATED_COLUMNS
    from ctapp.models import AuditEvent, CompanyMaster, CompanyTarget

    models = {"company": CompanyMaster, "target": CompanyTarget}
    prev_hash, seen = ZERO_HASH, 0
    for event in AuditEvent.objects.order_by("seq")[:limit].iterator():
        seen += 1
        content = json.loads(event.payload)
        columns = (event.seq, plain(event.time), event.actor, event.action, event.object_type, event.object_key)
        names = ("seq", "time", "actor", "action", "object_type", "object_key")
        assert hashlib.sha256(event.payload.encode()).hexdigest() == event.hash
        assert content["prev_hash"] == prev_hash
        assert columns == tuple(content[name] for name in names)
        prev_hash = event.hash
        of_object = AuditEvent.objects.filter(object_type=event.object_type, object_key=event.object_key)
        if not of_object.filter(seq__gt=event.seq).exists():
            row = models[event.object_type].objects.get(outreach_id=event.object_key)
            for name in GATED_COLUMNS[event.object_type]:
                assert plain(getattr(row, name)) == content["after"][name]
    return seen


def measure(name: str, runs: int, work: Callable[[], int]) -> float:
    """Run `work` (returns how many events it verified) and print the median. Returns events a second."""
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        count = work()
        seconds.append(time.perf_counter() - began)
    median = statistics.median(seconds)
    each = ", ".join(f"{one:.2f}" for one in seconds)
    say(f"{name}: {count:,} events, median {median:.2f} s of {each}: {count / median:,.0f} events/s")
    return count / median


def whole() -> int:
    """verify() as the command calls it."""
    from ctapp.audit.verification import verify

    verdict = verify()
    assert verdict.holds, verdict.message
    return verdict.last_seq


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--baseline-events", type=int, default=20_000, help="how many of them the baseline walks")
    options = parser.parse_args()
    django.setup()
    from django.db import connection

    with throw_away_database():
        began = time.perf_counter()
        fill(options.events)
        say(f"{connection.vendor}: filled with {options.events:,} events in {time.perf_counter() - began:.1f} s")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        fast = measure("verify", options.runs, whole)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        slow = measure("row by row", options.runs, lambda: row_by_row(options.baseline_events))
        say(f"{fast / slow:.0f} times the baseline; peak memory {after} MB ({before} MB after filling)")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
