"""The daily checks: the gates and the audit trail, and a checkpoint where both hold."""

import logging
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ctapp.actions.caller import Caller
from ctapp.audit import checkpoint, verification
from ctapp.audit.chain import append
from ctapp.audit.events import Draft
from ctapp.gates import verification as gates

logger = logging.getLogger(__name__)


def check_daily(caller: Caller) -> bool:
    """Check everything, record the result in the trail, and keep a checkpoint if all holds; True where it does.

    The trail is held against every earlier checkpoint first, so that a forged one cannot hide behind a new line.
    """
    path = settings.CT_AUDIT_CHECKPOINT_FILE
    kept = checkpoint.read_all(path) if path and Path(path).exists() else []
    broken = [check.sentence for check in gates.verify() if not check.holds]
    trail = verification.verify(kept or None)
    holds = not broken and trail.holds
    after = {"gates_broken": broken, "audit": trail.message, "holds": holds}
    with transaction.atomic():
        append(caller.actor, [Draft("daily_check", "audit", "chain", None, after)])
    if not holds:
        logger.error("daily check failed: %s", "; ".join([*broken, *([] if trail.holds else [trail.message])]))
    elif path:
        checkpoint.append_checkpoint(path)
    return holds
