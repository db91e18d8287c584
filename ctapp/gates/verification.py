"""Whether the gates hold: every invariant asked of the database by a query, every CHECK and trigger looked for.

The queries are written apart from the Q objects of definition.py on purpose, so that a slip there is found here.
"""

import uuid
from dataclasses import dataclass

from django.db import connection

from ctapp.gates import checks, triggers
from ctapp.gates.definition import (
    BLOCKING_DISPOSITIONS,
    DISPOSITIONS,
    EMAIL_METHODS,
    EXECUTION_STATUSES,
    READINESS_TIERS,
)
from ctapp.gates.triggers_sqlite import UNREADABLE

EXAMPLES = 5


@dataclass(frozen=True)
class GateCheck:
    """One check with its answer: what must not be there, the query, how many were found, up to five of their keys."""

    name: str
    sentence: str
    query: str
    found: int
    examples: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing was found that must not be there."""
        return self.found == 0


@dataclass(frozen=True)
class Invariant:
    """What must not be found: `rows` is FROM and WHERE, `key` the column that names a row."""

    name: str
    sentence: str
    key: str
    rows: str


def _words(words: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{word}'" for word in words) + ")"


TARGET, ERROR, COMPANY = "company_target t", "company_target_errors e", "company_master c"
INVARIANTS = (
    Invariant(
        "ready_has_method_score_time",
        "A ready target has a method, a score and a time.",
        "t.outreach_id",
        f"""{TARGET} WHERE t.execution_status = 'ready'
        AND (t.email_method IS NULL OR t.confidence_score IS NULL OR t.imo_completed_at IS NULL)""",
    ),
    Invariant(
        "ready_has_domain_and_pattern",
        "The company of a ready target is there and has a domain and a pattern.",
        "t.outreach_id",
        f"""{TARGET} LEFT JOIN {COMPANY} ON c.outreach_id = t.outreach_id
        WHERE t.execution_status = 'ready' AND (c.domain IS NULL OR c.email_pattern IS NULL)""",
    ),
    Invariant(
        "tier_0_is_ready",
        "A TIER_0 target is ready.",
        "t.outreach_id",
        f"{TARGET} WHERE t.readiness_tier = 'TIER_0' AND t.execution_status <> 'ready'",
    ),
    Invariant(
        "tier_0_has_no_blocking_error",
        "No blocking error is open on a TIER_0 record.",
        "t.outreach_id",
        f"""{TARGET} WHERE t.readiness_tier = 'TIER_0' AND EXISTS (SELECT 1 FROM {ERROR}
        WHERE e.outreach_id = t.outreach_id AND e.archived_at IS NULL
        AND e.disposition IN {_words(BLOCKING_DISPOSITIONS)})""",
    ),
    Invariant(
        "score_from_0_to_1",
        "A target's score lies from 0 to 1.",
        "t.outreach_id",
        f"{TARGET} WHERE t.confidence_score NOT BETWEEN 0 AND 1",
    ),
    Invariant(
        "upstream_confidence_from_0_to_1",
        "The confidence in a domain or a pattern lies from 0 to 1.",
        "c.outreach_id",
        f"{COMPANY} WHERE c.domain_confidence NOT BETWEEN 0 AND 1 OR c.email_pattern_confidence NOT BETWEEN 0 AND 1",
    ),
    Invariant(
        "nothing_blank",
        "A company's name, domain and pattern are never blank: what is not known is NULL.",
        "c.outreach_id",
        f"{COMPANY} WHERE trim(c.company_name) = '' OR trim(c.domain) = '' OR trim(c.email_pattern) = ''",
    ),
    Invariant(
        "words_of_a_target_known",
        "A target's status, tier and method are words of the definition.",
        "t.outreach_id",
        f"""{TARGET} WHERE t.execution_status NOT IN {_words(EXECUTION_STATUSES)}
        OR t.readiness_tier NOT IN {_words(READINESS_TIERS)} OR t.email_method NOT IN {_words(EMAIL_METHODS)}""",
    ),
    Invariant(
        "words_of_an_error_known",
        "An error's disposition is a word of the definition.",
        "e.error_id",
        f"{ERROR} WHERE e.disposition NOT IN {_words(DISPOSITIONS)}",
    ),
    Invariant(
        "target_has_company",
        "The company of every target is there.",
        "t.outreach_id",
        f"{TARGET} WHERE NOT EXISTS (SELECT 1 FROM {COMPANY} WHERE c.outreach_id = t.outreach_id)",
    ),
    Invariant(
        "error_has_company",
        "The company of every error is there.",
        "e.error_id",
        f"{ERROR} WHERE NOT EXISTS (SELECT 1 FROM {COMPANY} WHERE c.outreach_id = e.outreach_id)",
    ),
)
# PostgreSQL's types leave no room for these.
SQLITE_INVARIANTS = (
    Invariant(
        "time_of_a_target_readable",
        "A target's time of completion is a time.",
        "t.outreach_id",
        f"{TARGET} WHERE {UNREADABLE.format(column='t.imo_completed_at')}",
    ),
    Invariant(
        "time_of_an_error_readable",
        "The time at which an error was archived is a time.",
        "e.error_id",
        f"{ERROR} WHERE {UNREADABLE.format(column='e.archived_at')}",
    ),
)


def verify() -> list[GateCheck]:
    """Every check of the gates on the default database, in a fixed order; each query is one statement, one snapshot."""
    invariants = INVARIANTS + (SQLITE_INVARIANTS if connection.vendor == "sqlite" else ())
    return [*map(_ask, invariants), *_standing()]


def _ask(invariant: Invariant) -> GateCheck:
    # A percent sign would be read as the mark of a parameter: these texts have none, and no parameters.
    query = f"SELECT count(*) FROM {invariant.rows}"
    with connection.cursor() as cursor:
        cursor.execute(query)
        (found,) = cursor.fetchone()
        keys: list[tuple[object]] = []
        if found:
            cursor.execute(f"SELECT {invariant.key} FROM {invariant.rows} ORDER BY 1 LIMIT {EXAMPLES}")
            keys = cursor.fetchall()
    return GateCheck(invariant.name, invariant.sentence, query, found, tuple(_key(key) for (key,) in keys))


def _standing() -> list[GateCheck]:
    lines = {
        ("checks_stand", "Every CHECK of the definition stands, validated and as written."): checks.gaps(connection),
        ("triggers_stand", "Every trigger of the gates stands, enabled and as written."): triggers.gaps(connection),
    }
    catalogue = "pg_constraint, pg_trigger and pg_proc" if connection.vendor == "postgresql" else "sqlite_master"
    return [
        GateCheck(name, sentence, f"{catalogue}, compared with ctapp/gates", len(faults), tuple(faults[:EXAMPLES]))
        for (name, sentence), faults in lines.items()
    ]


def _key(key: object) -> str:
    """An id as people see it: SQLite stores them as 32 hex digits."""
    try:
        return str(uuid.UUID(str(key)))
    except ValueError:
        return str(key)
