"""`company_master`: the companies, with the upstream data (domain, e-mail pattern) that a company target needs."""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from ctapp.gates import definition


class CompanyMaster(models.Model):
    """One company; `outreach_id` is the key that all outreach tables share. NULL means not known, never ''."""

    company_unique_id = models.TextField(primary_key=True)
    outreach_id = models.UUIDField(unique=True, default=uuid.uuid4)
    company_name = models.TextField()
    website_url = models.TextField(null=True, blank=True)  # noqa: DJ001 -- NULL is "not known" here, '' is refused
    domain = models.TextField(null=True, blank=True, db_index=True)  # noqa: DJ001
    domain_source = models.TextField(null=True, blank=True)  # noqa: DJ001
    domain_confidence = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    email_pattern = models.TextField(null=True, blank=True)  # noqa: DJ001
    email_pattern_source = models.TextField(null=True, blank=True)  # noqa: DJ001
    email_pattern_confidence = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    industry = models.TextField(null=True, blank=True)  # noqa: DJ001
    employee_count = models.PositiveIntegerField(null=True, blank=True)
    address_city = models.TextField(null=True, blank=True)  # noqa: DJ001
    address_state = models.TextField(null=True, blank=True)  # noqa: DJ001
    source_system = models.TextField(null=True, blank=True)  # noqa: DJ001
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "company_master"
        verbose_name = "company"
        verbose_name_plural = "companies"
        permissions = [
            ("import_companies", "Can import companies, targets and errors"),
            ("set_upstream", "Can set a domain or a pattern by hand"),
            ("export_records", "Can export lists, reports and the audit trail"),
            ("view_personal", "Can see personal values unmasked"),
        ]
        constraints = [
            models.CheckConstraint(name=name, condition=condition)
            for name, condition in definition.COMPANY_CHECKS.items()
        ]

    def __str__(self) -> str:
        return self.company_name

    def get_absolute_url(self) -> str:
        """The company's page: why it is, or is not, ready."""
        return reverse("company", args=[self.outreach_id])
