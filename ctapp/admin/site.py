"""The admin site that admin and pages share."""

from django.contrib.admin import AdminSite


class CtAdminSite(AdminSite):
    """Django's admin under the product's name."""

    site_header = "Company Target"
    site_title = "Company Target"
    index_title = "Administration"
