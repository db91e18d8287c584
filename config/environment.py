"""Readers for environment variables: each returns a checked value or stops start-up with one line of what to set."""

import contextlib
import ipaddress
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """The variable without surrounding blanks; `default` where it is absent."""
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool) -> bool:
    """A yes/no variable. Raises ImproperlyConfigured for any other word."""
    word = os.environ.get(name, "on" if default else "off").strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} is {word!r}, which is neither on nor off; set it to on or off")


def whole_number(name: str, default: int, low: int, high: int) -> int:
    """A whole number in low..high. Raises ImproperlyConfigured outside of it."""
    word = text(name, str(default))
    if not word.isascii() or not word.isdigit() or not low <= int(word) <= high:
        raise ImproperlyConfigured(f"{name} is {word!r}; set it to a whole number from {low} to {high}")
    return int(word)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without blanks and empty parts."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def url(name: str) -> str:
    """An http(s) URL or "" where absent. Raises ImproperlyConfigured for anything else."""
    value = text(name)
    if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
        raise ImproperlyConfigured(f"{name} is not an http(s) address; set it to one such as https://hooks.example/ct")
    return value


def networks(name: str) -> list[str]:
    """A list of CIDR networks. Raises ImproperlyConfigured naming the part that is none."""
    for part in words(name):
        try:
            ipaddress.ip_network(part)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {part!r} is not a network such as 10.1.0.0/16 ({error})") from error
    return words(name)


def database(default_path: Path) -> dict[str, Any]:
    """Django's database settings from DATABASE_URL: SQLite (default) or PostgreSQL.

    SQLite runs in WAL mode with IMMEDIATE transactions: with deferred ones, a read followed by a write fails at once
    under concurrent writers (tried: 0 of 22 chunks done, against 22 of 22).
    """
    value = text("DATABASE_URL", f"sqlite:///{default_path}")
    try:
        parsed: dict[str, Any] = dict(environ.Env.db_url_config(value))
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured("DATABASE_URL cannot be read; write postgresql://user:password@host/name") from error
    if parsed.get("ENGINE") == "django.db.backends.sqlite3":
        return parsed | {"OPTIONS": sqlite_options()}
    if parsed.get("ENGINE") == "django.db.backends.postgresql":
        return parsed | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    raise ImproperlyConfigured("DATABASE_URL names a database that is not supported; use sqlite:/// or postgresql://")


def sqlite_options() -> dict[str, Any]:
    """How the embedded database is opened; `timeout` in seconds, cache_size in negative KiB."""
    return {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-131072;",
    }


def secret_key(database_settings: dict[str, Any]) -> str:
    """SECRET_KEY from the environment, or one made once and kept beside the embedded database.

    With PostgreSQL several hosts must share the key (a changed key makes the task queue drop its tasks), so there it is
    required.
    """
    given = text("SECRET_KEY")
    if given:
        return given
    if not database_settings["ENGINE"].endswith("sqlite3"):
        raise ImproperlyConfigured("SECRET_KEY is not set; with PostgreSQL it is required, the same on every host")
    return kept_key(Path(str(database_settings["NAME"]) + ".secret"))


def kept_key(path: Path) -> str:
    """The key in `path`, made on first use, readable by its owner only; of two first users at once, one wins."""
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(draft)
            draft.unlink()
        except OSError as error:
            raise ImproperlyConfigured(f"SECRET_KEY is not set, {path} cannot be written: {error.strerror}") from error
    return path.read_text().strip()
