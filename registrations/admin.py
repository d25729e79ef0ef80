"""The administration. What is history is read-only here; requests change only through their own page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from registrations import text_admin  # noqa: F401  (registers the screens for texts and data requests)
from registrations.models import (
    Citizen,
    Consent,
    Merge,
    PersonalDataView,
    Registration,
    SavedView,
    Transition,
    WorkRules,
)
from registrations.phones import mask_phone


class ReadOnly(admin.ModelAdmin):
    """Looked at, never changed by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Registration)
class RegistrationAdmin(ReadOnly):
    list_display = ("code", "citizen", "procedure", "state", "created_at")
    list_select_related = ("citizen", "procedure")
    list_filter = ("state", "channel")
    search_fields = ("code",)
    date_hierarchy = "created_at"
    show_full_result_count = False
    exclude = ("search_text",)


@admin.register(Citizen)
class CitizenAdmin(ReadOnly):
    list_display = ("name", "masked_phone", "ward", "created_at", "merged_into", "erased_at")
    list_select_related = ("ward", "merged_into")
    # Not by name: the administration writes what is searched into the address.
    search_fields = ("registrations__code",)
    search_help_text = "Tìm theo mã hồ sơ. Tên và số điện thoại: tìm ở trang Hồ sơ."
    show_full_result_count = False
    exclude = ("phone", "sort_key")
    readonly_fields = ("masked_phone",)
    ordering = ("sort_key", "id")

    @admin.display(description="điện thoại")
    def masked_phone(self, citizen: Citizen) -> str:
        return mask_phone(citizen.phone)


@admin.register(Transition)
class TransitionAdmin(ReadOnly):
    list_display = ("at", "registration", "from_state", "to_state", "actor_kind", "actor", "reason")
    list_select_related = ("registration", "actor")
    list_filter = ("to_state", "actor_kind")
    show_full_result_count = False
    ordering = ("-at", "-id")


@admin.register(Consent)
class ConsentAdmin(ReadOnly):
    list_display = ("given_at", "citizen", "channel", "text_version", "taken_by", "withdrawn_at")
    list_select_related = ("citizen", "taken_by")
    list_filter = ("channel", "text_version")
    ordering = ("-given_at",)


@admin.register(PersonalDataView)
class PersonalDataViewAdmin(ReadOnly):
    list_display = ("at", "user", "what", "registration")
    list_select_related = ("user", "registration")
    list_filter = ("user",)
    ordering = ("-at", "-id")


@admin.register(Merge)
class MergeAdmin(ReadOnly):
    list_display = ("at", "kept", "absorbed", "by", "undone_at", "undone_by")
    list_select_related = ("kept", "absorbed", "by", "undone_by")
    ordering = ("-at",)


@admin.register(SavedView)
class SavedViewAdmin(admin.ModelAdmin):
    list_display = ("user", "name", "query")
    list_select_related = ("user",)


@admin.register(WorkRules)
class WorkRulesAdmin(admin.ModelAdmin):
    """Targets and habits of the office: one row."""

    fieldsets = (
        (
            "Hạn làm việc",
            {
                "fields": (
                    *("call_within_minutes", "warn_before_minutes", "assign_before_hours", "visit_within_days"),
                    *("needs_info_days", "warn_before_hours"),
                )
            },
        ),
        ("Gọi điện", {"fields": ("calls_before_message", "call_again_minutes", "close_unreachable_days")}),
        ("Màn hình", {"fields": ("lock_minutes", "export_in_background_over")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not WorkRules.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: WorkRules, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)
