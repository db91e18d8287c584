"""Supervising: web server and worker cluster as children of one process; a cluster that has gone silent is replaced."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from ctapp.models import WorkerHeartbeat

SILENCE = timedelta(minutes=3)
DRAIN_SECONDS = 60
LOOK_EVERY_SECONDS = 1.0


class Child:
    """One child process in a session of its own, so that Ctrl-C reaches it through us alone."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name, self.command = name, command
        self.start()

    def start(self) -> None:
        """Start it, now."""
        self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603 -- commands of ours
        self.started_at = timezone.now()

    @property
    def ended(self) -> bool:
        """Whether it is no longer there."""
        return self.process.poll() is not None

    def stop(self, seconds: float = DRAIN_SECONDS) -> None:
        """SIGTERM to the main process alone, which drains what is in flight; after `seconds` the group is killed."""
        if not self.ended:
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """End what is left of its group: a sentinel that died leaves workers that go on unguarded."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self.process.wait()


def web_command(bind: str) -> list[str]:
    """gunicorn with threads: the pages wait for the database, not for the processor."""
    gunicorn = ["-m", "gunicorn", "config.wsgi", "--bind", bind, "--workers", "2", "--threads", "4"]
    return [sys.executable, *gunicorn, "--timeout", "120", "--log-level", "warning"]


def cluster_command() -> list[str]:
    """django-q2's cluster, its scheduler included."""
    return [sys.executable, "manage.py", "qcluster"]


def silent_since(started_at: datetime) -> datetime | None:
    """When the cluster was last heard, where that is too long ago; its start counts as a first word.

    A database that cannot be asked says nothing about the cluster: None.
    """
    try:
        beat = WorkerHeartbeat.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()
    except DatabaseError:
        return None
    finally:
        connection.close()
    heard = max(filter(None, (beat, started_at)))
    return heard if timezone.now() - heard > SILENCE else None


def supervise(bind: str, tell: Callable[[str], None], stopping: Callable[[], bool]) -> None:
    """Keep both children running until `stopping()`; then stop them, the cluster draining first."""
    children = [Child("web server", web_command(bind)), Child("worker cluster", cluster_command())]
    cluster = children[1]
    try:
        while not stopping():
            _restart_ended(children, tell)
            heard = silent_since(cluster.started_at)
            if heard:
                tell(f"worker cluster silent since {heard:%H:%M:%S} UTC: killed and started again")
                cluster.kill()
                cluster.start()
            time.sleep(LOOK_EVERY_SECONDS)
    finally:
        tell("stopping: work in flight is finished first")
        for child in reversed(children):
            child.stop()


def _restart_ended(children: Sequence[Child], tell: Callable[[str], None]) -> None:
    for child in children:
        if child.ended:
            tell(f"{child.name} ended with code {child.process.returncode}: started again")
            child.kill()
            time.sleep(LOOK_EVERY_SECONDS)  # one that cannot start must not spin
            child.start()
