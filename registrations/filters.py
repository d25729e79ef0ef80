"""The queue's filters, all in the address bar."""

from datetime import date, datetime, time, timedelta

import django_filters
from django import forms
from django.core.cache import cache
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone

from procedures.services import Procedure
from registrations.behind import behind
from registrations.models import Citizen, Registration, Transition
from registrations.names import sort_key
from registrations.states import State
from scheduling.services import StaffMember, Ward

CHOICES_KEPT_S = 60
# The calendar ends at 31/12/9999: the day after it is no day.
DAYS = [
    MinValueValidator(date(2000, 1, 1), "Năm chưa đúng."),
    MaxValueValidator(date(2100, 12, 31), "Năm chưa đúng."),
]


def midnight(day: date) -> datetime:
    """When a local day begins. Compared as a moment, so that the index on the column serves."""
    return timezone.make_aware(datetime.combine(day, time.min))


class DayInput(forms.DateInput):
    """As people here write days: a browser's own calendar would follow the browser's language (mm/dd/yyyy)."""

    def __init__(self) -> None:
        super().__init__(attrs={"placeholder": "dd/mm/yyyy"}, format="%d/%m/%Y")


def choices() -> dict[str, list[tuple[str, str]]]:
    """Wards, staff and procedures to filter by. Kept a minute: three queries less on every page of the queue."""
    known: dict[str, list[tuple[str, str]]] | None = cache.get("registrations:filter-choices")
    if known is None:
        staff = StaffMember.objects.filter(is_active=True)
        wards = Ward.objects.filter(is_served=True).order_by("name")
        procedures = Procedure.objects.filter(is_in_scope=True).order_by("short_name")
        known = {
            "phuong": [(str(pk), name) for pk, name in wards.values_list("pk", "name")],
            "can_bo": sorted(((str(m.pk), m.name) for m in staff), key=lambda pair: sort_key(pair[1])),
            "thu_tuc": [(str(pk), name) for pk, name in procedures.values_list("pk", "short_name")],
        }
        cache.set("registrations:filter-choices", known, CHOICES_KEPT_S)
    return known


class QueueFilter(django_filters.FilterSet):
    """Every filter is optional; a value nobody can have chosen is ignored with a word in the form."""

    thu_tuc = django_filters.ChoiceFilter(
        field_name="procedure_id", label="Thủ tục", choices=lambda: choices()["thu_tuc"], empty_label="Tất cả"
    )
    phuong = django_filters.ChoiceFilter(
        field_name="ward_id", label="Phường, xã", choices=lambda: choices()["phuong"], empty_label="Tất cả"
    )
    can_bo = django_filters.ChoiceFilter(
        label="Cán bộ", choices=lambda: choices()["can_bo"], empty_label="Tất cả", method="filter_staff"
    )
    tinh_trang = django_filters.ChoiceFilter(
        field_name="state", label="Tình trạng", choices=State.choices, empty_label="Tất cả"
    )
    nguon = django_filters.ChoiceFilter(
        field_name="channel", label="Nguồn", choices=Registration.Channel.choices, empty_label="Tất cả"
    )
    uu_tien = django_filters.ChoiceFilter(
        field_name="citizen__priority",
        label="Ưu tiên",
        choices=[choice for choice in Citizen.Priority.choices if choice[0]],
        empty_label="Tất cả",
    )
    tu = django_filters.DateFilter(label="Đăng ký từ", widget=DayInput(), validators=DAYS, method="filter_from")
    den = django_filters.DateFilter(label="Đăng ký đến", widget=DayInput(), validators=DAYS, method="filter_until")
    hen_tu = django_filters.DateFilter(label="Hẹn từ", widget=DayInput(), validators=DAYS, method="filter_from")
    hen_den = django_filters.DateFilter(label="Hẹn đến", widget=DayInput(), validators=DAYS, method="filter_until")
    danh_gia = django_filters.ChoiceFilter(
        field_name="rating", label="Đánh giá", choices=[(n, f"{n} sao") for n in range(1, 6)], empty_label="Tất cả"
    )

    # How a figure of the statistics opens the list behind it: who took this step between these days.
    buoc = django_filters.ChoiceFilter(
        label="Đã qua bước", choices=State.choices, empty_label="Tất cả", method="filter_step"
    )
    buoc_tu = django_filters.DateFilter(label="Qua bước từ", widget=DayInput(), validators=DAYS, method="keep")
    buoc_den = django_filters.DateFilter(label="Qua bước đến", widget=DayInput(), validators=DAYS, method="keep")

    # The figure this list stands behind, where no filter above says it.
    so = django_filters.CharFilter(widget=forms.HiddenInput(), max_length=40, method="filter_figure")

    class Meta:
        model = Registration
        fields: list[str] = []

    def filter_from(self, queryset: QuerySet[Registration], name: str, value: date) -> QuerySet[Registration]:
        return queryset.filter(**{f"{self._field(name)}__gte": midnight(value)})

    def filter_until(self, queryset: QuerySet[Registration], name: str, value: date) -> QuerySet[Registration]:
        return queryset.filter(**{f"{self._field(name)}__lt": midnight(value + timedelta(days=1))})

    def filter_step(self, queryset: QuerySet[Registration], name: str, value: str) -> QuerySet[Registration]:
        start, end = self._step_bounds()
        steps = Transition.objects.that_stand().filter(to_state=value)
        if start is not None:
            steps = steps.filter(at__gte=start)
        if end is not None:
            steps = steps.filter(at__lt=end)
            # Nobody takes a step before they come in: said, so that the list begins where the period ends.
            queryset = queryset.filter(created_at__lt=end)
        return queryset.filter(pk__in=steps.values("registration"))

    def filter_figure(self, queryset: QuerySet[Registration], name: str, value: str) -> QuerySet[Registration]:
        return behind(queryset, value, *self._step_bounds())

    def _step_bounds(self) -> tuple[datetime | None, datetime | None]:
        first, last = self.form.cleaned_data.get("buoc_tu"), self.form.cleaned_data.get("buoc_den")
        return midnight(first) if first else None, midnight(last + timedelta(days=1)) if last else None

    def keep(self, queryset: QuerySet[Registration], name: str, value: date) -> QuerySet[Registration]:
        """Read by `filter_step` and `filter_figure`."""
        return queryset

    def _field(self, name: str) -> str:
        return "appointment__starts_at" if name.startswith("hen") else "created_at"

    def filter_staff(self, queryset: QuerySet[Registration], name: str, value: str) -> QuerySet[Registration]:
        return queryset.filter(appointment__assignments__staff_id=int(value), appointment__assignments__is_active=True)
