"""How each database writes a gated column's value as the events do, and finds the last event of every object.

In these texts `e` is an object's last event, `l` its key and seq, `r` its row.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TIMES = frozenset({"imo_completed_at", "archived_at"})
SHARES = frozenset({"confidence_score"})

UUID_WORD = "'^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'"
ISO = """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""
HEX_CUTS = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))


class Postgresql:
    """The text is read once, as jsonb (faster than json_to_record, and than ->> on json); OFFSET 0 keeps it at once."""

    after = "j.after::text"

    def key(self, column: str) -> str:
        """The row's key as an event writes it."""
        return f"r.{column}::text"

    def row(self, table: str, column: str) -> str:
        """JOINs that bring the row and, as `j.after`, what the event says."""
        return f"""LEFT JOIN {table} r ON r.{column} = CASE WHEN l.object_key ~ {UUID_WORD} THEN l.object_key::uuid END
            CROSS JOIN LATERAL (SELECT (e.payload::jsonb)->'after' AS after OFFSET 0) j"""

    def unequal(self, name: str) -> str:
        """Whether the column differs from what the event says."""
        meant = f"j.after->>'{name}'"
        if name in TIMES:  # microseconds are written only where there are some
            meant = f"CASE WHEN length({meant}) = 20 THEN left({meant}, 19) || '.000000Z' ELSE {meant} END"
        return f"{self.shown(name)} IS DISTINCT FROM {meant}"

    def shown(self, name: str) -> str:
        """The column as an event writes it."""
        if name in TIMES:
            return f"to_char(r.{name} AT TIME ZONE 'UTC', {ISO})"
        return f"r.{name}::text" if name in SHARES else f"r.{name}"


class Sqlite:
    """Ids are stored as 32 hex digits, times as 2026-02-02 00:00:00[.ffffff], shares as numbers, compared as such."""

    after = "json_extract(e.payload, '$.after')"

    def key(self, column: str) -> str:
        """The row's key as an event writes it."""
        return " || '-' || ".join(f"substr(r.{column}, {start}, {length})" for start, length in HEX_CUTS)

    def row(self, table: str, column: str) -> str:
        """JOIN that brings the row."""
        return f"LEFT JOIN {table} r ON r.{column} = replace(l.object_key, '-', '')"

    def unequal(self, name: str) -> str:
        """Whether the column differs from what the event says."""
        meant = f"json_extract(e.payload, '$.after.{name}')"
        if name in TIMES:
            meant = f"replace(replace({meant}, 'T', ' '), 'Z', '')"
        if name in SHARES:
            meant = f"CAST({meant} AS NUMERIC)"
        return f"r.{name} IS NOT {meant}"

    def shown(self, name: str) -> str:
        """The column as an event writes it, in bytes: a tampered value need not be UTF-8."""
        if name in TIMES:
            return f"CAST(replace(CAST(r.{name} AS TEXT), ' ', 'T') || 'Z' AS BLOB)"
        return f"CAST(r.{name} AS BLOB)"


def dialect(connection: BaseDatabaseWrapper) -> Postgresql | Sqlite:
    """The one for the database in use."""
    return Postgresql() if connection.vendor == "postgresql" else Sqlite()
