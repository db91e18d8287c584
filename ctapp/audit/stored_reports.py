"""Whether each stored report is the one that the chain recorded: digest, content and event agree."""

import hashlib
import json
from collections.abc import Iterator

from ctapp.models import AuditEvent, Report

ACTION = "report_stored"


def report_faults() -> Iterator[str]:
    """One line for each report whose content, digest and event do not agree, and for each that vanished."""
    recorded = dict(_recorded())
    for report in Report.objects.order_by("run_id").iterator(chunk_size=20):
        name = f"report of run {report.run_id}"
        if hashlib.sha256(report.content.encode()).hexdigest() != report.digest:
            yield f"{name}: its content does not give its digest"
        digest = recorded.pop(str(report.run_id), None)
        if digest is None:
            yield f"{name}: no event {ACTION} recorded it"
        elif digest != report.digest:
            yield f"{name}: its digest is not the one that its event recorded"
    for run in recorded:
        yield f"report of run {run}: an event {ACTION} recorded it, but it is not stored"


def _recorded() -> Iterator[tuple[str, str | None]]:
    """Run → digest by its last event; a run has one report, so this is small."""
    events = AuditEvent.objects.filter(action=ACTION, object_type="run").order_by("seq")
    for key, payload in events.values_list("object_key", "payload").iterator():
        yield key, (json.loads(payload)["after"] or {}).get("report_digest")
