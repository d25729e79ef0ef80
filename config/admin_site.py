"""The Django admin, in the office's own words."""

from typing import Any, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.views.i18n import JavaScriptCatalog

# Packages whose apps have English names, untranslatable. (Their tables: config/admin.py.)
APP_NAMES = {"axes": "Đăng nhập"}


class StaffAdminSite(admin.AdminSite):
    site_header = "Tận Nhà · quản trị"
    site_title = "Tận Nhà"
    index_title = "Danh mục và thiết lập"
    enable_nav_sidebar = True

    def i18n_javascript(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Words for the admin's scripts; Django asks its own catalogue only, which lacks some of ours."""
        view = JavaScriptCatalog.as_view(packages=["django.contrib.admin", "config"])
        return cast(HttpResponse, view(request))


class StaffAdminConfig(AdminConfig):
    default_site = "config.admin_site.StaffAdminSite"

    def ready(self) -> None:
        for label, name in APP_NAMES.items():
            apps.get_app_config(label).verbose_name = name
        super().ready()
