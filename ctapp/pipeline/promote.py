"""Promote: a CT record that is DONE becomes TIER_0 unless a blocking error is open."""

from ctapp.pipeline.record import OpenError, Record


def hindering(record: Record, *, succeeded_stage: str | None = None) -> list[OpenError]:
    """The open errors that forbid promotion; those that `succeeded_stage` had opened are resolved by its success."""
    return [error for error in record.open_errors if error.pipeline_stage != succeeded_stage]
