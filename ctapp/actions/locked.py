"""One company, one target, one error, locked for an action in the order in which everyone locks."""

from uuid import UUID

from ctapp.actions.caller import Refused
from ctapp.models import CompanyMaster, CompanyTarget, CompanyTargetError


def locked_company(outreach_id: UUID) -> CompanyMaster:
    """The company, its row locked until the transaction ends. Raises Refused where there is none."""
    company = CompanyMaster.objects.select_for_update(no_key=True).filter(outreach_id=outreach_id).first()
    if company is None:
        raise Refused(f"there is no company with the outreach_id {outreach_id}")
    return company


def locked_target(company: CompanyMaster) -> CompanyTarget | None:
    """The target of a company that is locked already."""
    return CompanyTarget.objects.select_for_update(no_key=True).filter(outreach=company).first()


def locked_error(error_id: UUID) -> tuple[CompanyMaster, CompanyTargetError]:
    """An error and its company, the company locked first. Raises Refused where there is none."""
    outreach_id = (
        CompanyTargetError.objects.filter(error_id=error_id).values_list("outreach__outreach_id", flat=True).first()
    )
    if outreach_id is None:
        raise Refused(f"there is no error {error_id}")
    company = locked_company(outreach_id)
    error = (
        CompanyTargetError.objects.select_for_update(no_key=True).filter(error_id=error_id, outreach=company).first()
    )
    if error is None:
        raise Refused(f"there is no error {error_id} any more")
    return company, error


def required(text: str, what: str) -> str:
    """The text without surrounding blanks. Raises Refused where nothing is left, or a NUL byte is in it."""
    stripped = text.strip()
    if not stripped:
        raise Refused(f"{what} is missing; say it in a few words, it stays in the audit trail")
    if "\0" in stripped:
        raise Refused(f"{what} holds a NUL byte; leave it out")
    return stripped
