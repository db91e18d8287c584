"""The URL root: the pages of the product at /, Django's admin at /admin/."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("ctapp.web.urls")),
]
