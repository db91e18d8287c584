"""`column__in` over thousands of keys as one parameter: a list of parameters costs more to send than to answer."""

import json
import uuid
from collections.abc import Iterable

from django.db import connection
from django.db.models.expressions import RawSQL


def among(keys: Iterable[str | uuid.UUID], *, kind: str = "text") -> RawSQL:
    """The keys as a subquery for an `__in` lookup; `kind` is the column's type, text or uuid."""
    if connection.vendor == "postgresql":
        sql, words = f"SELECT json_array_elements_text(%s::json)::{kind}", [str(key) for key in keys]
    else:
        # SQLite keeps a UUID as its 32 hexadecimal digits.
        sql, words = "SELECT value FROM json_each(%s)", [key.hex if isinstance(key, uuid.UUID) else key for key in keys]
    return RawSQL(sql, [json.dumps(words)])  # noqa: S611 -- constant text, the keys are a parameter
