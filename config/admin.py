"""Tables of other packages in the administration: in the office's words, and without those that do nothing here."""

from typing import Any

from axes.admin import AccessAttemptAdmin, AccessFailureLogAdmin, AccessLogAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, SetUnusablePasswordMixin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from config import two_step

VERBS = {"add": "thêm", "change": "sửa", "delete": "xóa", "view": "xem"}
# Everybody sets up their own second step, whose keys are nobody else's to see; here it can only be turned off.
ONES_OWN = (TOTPDevice, StaticDevice)


def words_of(permission: Permission) -> str:
    """A permission as the office would say it; Django keeps English names of its own four in the database."""
    model = permission.content_type.model_class()
    verb, _, name = permission.codename.partition("_")
    words = permission.name
    if model is not None and verb in VERBS and name == model._meta.model_name:
        words = f"{VERBS[verb]} {model._meta.verbose_name}"
    return f"{apps.get_app_config(permission.content_type.app_label).verbose_name} | {words}"


class PermissionField(forms.ModelMultipleChoiceField):
    """Permissions to tick, said in words."""

    def label_from_instance(self, obj: Any) -> str:
        return words_of(obj)


class PasswordForm(AdminPasswordChangeForm):
    usable_password_help_text = SetUnusablePasswordMixin.usable_password_help_text + format_html(
        '<ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
        "Nếu tắt, mật khẩu hiện tại của người này sẽ mất.",
    )


class PermissionsInWords(admin.ModelAdmin):
    """Lists of permissions are offered in words, without those of the tables not shown."""

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.remote_field.model is Permission:
            hidden = [model._meta.app_label for model in ONES_OWN]
            offered = Permission.objects.exclude(content_type__app_label__in=hidden).select_related("content_type")
            kwargs |= {"form_class": PermissionField, "queryset": offered}
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class Users(PermissionsInWords, UserAdmin):
    change_password_form = PasswordForm
    list_display = ("username", "email", "first_name", "last_name", "is_staff", "two_steps")
    actions = ("turn_off_two_step",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        devices = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).annotate(has_two_steps=Exists(devices))

    @admin.display(description="Hai bước", boolean=True, ordering="has_two_steps")
    def two_steps(self, user: Any) -> bool:
        return bool(user.has_two_steps)

    @admin.action(description="Tắt đăng nhập hai bước (mất điện thoại)", permissions=["change"])
    def turn_off_two_step(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            if two_step.turn_off(user):
                self.log_change(request, user, "Tắt đăng nhập hai bước")
                self.message_user(request, f"Đã tắt đăng nhập hai bước của {user}.", messages.SUCCESS)
            else:
                self.message_user(request, f"Vốn không bật đăng nhập hai bước: {user}.", messages.WARNING)


class Groups(PermissionsInWords, GroupAdmin):  # type: ignore[misc]  # theirs also does without a request
    pass


class History:
    """What is written down of signing in: read as a list, neither opened nor deleted."""

    list_display_links = None
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Attempts(AccessAttemptAdmin):
    @admin.display(description="Tình trạng")
    def status(self, obj: AccessAttempt) -> str:
        return super().status(obj)


class SignIns(History, AccessLogAdmin):
    pass


class RefusedSignIns(History, AccessFailureLogAdmin):
    pass


for model in (*ONES_OWN, User, Group, AccessAttempt, AccessLog, AccessFailureLog):
    admin.site.unregister(model)
admin.site.register(User, Users)
admin.site.register(Group, Groups)
admin.site.register(AccessAttempt, Attempts)
admin.site.register(AccessLog, SignIns)
admin.site.register(AccessFailureLog, RefusedSignIns)
