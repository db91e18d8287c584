"""The tables, one module each; import them from here."""

from ctapp.models.audit import AuditEvent, ChainHead
from ctapp.models.company import CompanyMaster
from ctapp.models.demo import DemoMark
from ctapp.models.error import CompanyTargetError
from ctapp.models.report import Report
from ctapp.models.run import Chunk, Outcome, Run, RunItem, RunLog
from ctapp.models.target import CompanyTarget
from ctapp.models.worker import WorkerHeartbeat

__all__ = [
    "AuditEvent",
    "ChainHead",
    "Chunk",
    "CompanyMaster",
    "CompanyTarget",
    "CompanyTargetError",
    "DemoMark",
    "Outcome",
    "Report",
    "Run",
    "RunItem",
    "RunLog",
    "WorkerHeartbeat",
]
