"""The application's start: signals that keep the gates in the database, and the admin site it uses."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate, pre_migrate


class CtAppConfig(AppConfig):
    """Company Target itself."""

    name = "ctapp"
    verbose_name = "Company Target"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lift the gates before a migration that changes something, reinstall them after every one."""
        from ctapp import installation

        pre_migrate.connect(installation.before_migrate, sender=self)
        post_migrate.connect(installation.after_migrate, sender=self)


class CtAdminConfig(AdminConfig):
    """Django's admin with our site, so that admin and pages are one place."""

    default_site = "ctapp.admin.site.CtAdminSite"
