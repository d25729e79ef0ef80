"""Lists and settings a manager keeps: wards, hours, people, rules. Days off and absences have their own screens."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from scheduling.models import (
    Absence,
    BookingRules,
    CalendarFeed,
    Closure,
    Slot,
    StaffMember,
    TravelTime,
    Ward,
    WorkingHours,
)
from scheduling.slots import misfits, open_slots


class RefitsSlots(admin.ModelAdmin):
    """What is edited here decides which times are open: the slots follow with the save.

    Visits stay where they are and nobody is told; who edits hears of those that no longer fit.
    """

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self._refit(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        self._refit(request)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        super().delete_queryset(request, queryset)
        self._refit(request)

    def _refit(self, request: HttpRequest) -> None:
        open_slots()
        if left := len(misfits()):
            words = "{} lượt đã hẹn nằm ngoài giờ làm việc, chưa ai được báo. <a href='{}'>Xem dời được sang đâu</a>"
            self.message_user(request, format_html(words, left, reverse("scheduling:outside_hours")), messages.WARNING)


@admin.register(Ward)
class WardAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "district", "valid_from", "valid_to", "is_served")
    list_filter = ("is_served", "kind", ("valid_to", admin.EmptyFieldListFilter))
    search_fields = ("name", "code")
    filter_horizontal = ("neighbours", "successors")


@admin.register(WorkingHours)
class WorkingHoursAdmin(RefitsSlots):
    list_display = ("weekday", "opens_at", "closes_at", "valid_from", "valid_to")
    list_filter = ("weekday",)


@admin.register(BookingRules)
class BookingRulesAdmin(RefitsSlots):
    list_display = ("__str__", "horizon_days", "slot_minutes", "reserved_places", "soonest_minutes", "latest_days")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not BookingRules.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: BookingRules | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: BookingRules, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(TravelTime)
class TravelTimeAdmin(admin.ModelAdmin):
    list_display = ("distance", "minutes")
    list_editable = ("minutes",)


@admin.register(StaffMember)
class StaffMemberAdmin(RefitsSlots):
    list_display = ("name", "title", "phone", "is_active")
    list_filter = ("is_active", "wards")
    search_fields = ("name", "user__username")
    filter_horizontal = ("fields",)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "wards":
            kwargs["queryset"] = Ward.objects.filter(is_served=True, valid_to__isnull=True)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: StaffMember | None = None) -> bool:
        # Whoever has visited stays in the history: take away "đang làm" instead.
        return False


@admin.register(Slot)
class SlotAdmin(admin.ModelAdmin):
    list_display = ("starts_at", "capacity", "reserved", "booked", "is_open", "is_set_by_hand")
    list_filter = ("is_open", "is_set_by_hand")
    date_hierarchy = "starts_at"
    fields = ("starts_at", "ends_at", "capacity", "reserved", "is_open", "booked", "booked_by_staff")
    readonly_fields = ("booked", "booked_by_staff")

    def save_model(self, request: HttpRequest, obj: Slot, form: Any, change: bool) -> None:
        """Mark as set by hand, and write only what was edited: the counters belong to bookings."""
        obj.is_set_by_hand = True
        if change:
            obj.save(update_fields=[*form.changed_data, "is_set_by_hand"])
        else:
            obj.save()

    def has_delete_permission(self, request: HttpRequest, obj: Slot | None = None) -> bool:
        return False


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):
    """Read only: entering one must show the visits it hits, which its own screen does."""

    list_display = ("staff", "reason", "period", "note")
    list_filter = ("reason",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Absence | None = None) -> bool:
        return False


@admin.register(Closure)
class ClosureAdmin(RefitsSlots):
    list_display = ("date", "kind", "name", "status", "source")
    list_filter = ("status", "kind")
    date_hierarchy = "date"
    search_fields = ("name",)
    exclude = ("decided_by", "decided_at")


@admin.register(CalendarFeed)
class CalendarFeedAdmin(admin.ModelAdmin):
    list_display = ("staff", "created_at", "last_read_at", "revoked_at")
    readonly_fields = ("staff", "token_sha256", "created_at", "last_read_at", "revoked_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
