"""The smallest admin that has the company import in it."""

from django.contrib.admin import ModelAdmin
from django.urls import path

from ctapp.admin.company_import import CompanyImportMixin
from ctapp.admin.site import CtAdminSite
from ctapp.models import CompanyMaster


class CompanyAdmin(CompanyImportMixin, ModelAdmin):
    """Nothing but the import."""


site = CtAdminSite(name="admin")
site.register(CompanyMaster, CompanyAdmin)
urlpatterns = [path("admin/", site.urls)]
