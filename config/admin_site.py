"""The Django admin, in the office's own words."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig


class StaffAdminSite(admin.AdminSite):
    site_header = "Tận Nhà · quản trị"
    site_title = "Tận Nhà"
    index_title = "Danh mục và thiết lập"
    enable_nav_sidebar = True


class StaffAdminConfig(AdminConfig):
    default_site = "config.admin_site.StaffAdminSite"
