"""The queue's filters, all in the address bar."""

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from procedures.services import Procedure
from registrations.models import Citizen, Registration, Transition
from registrations.states import State
from scheduling.services import StaffMember, Ward


def midnight(day: date) -> datetime:
    """When a local day begins. Compared as a moment, so that the index on the column serves."""
    return timezone.make_aware(datetime.combine(day, time.min))


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _wards(request: Any) -> QuerySet[Ward]:
    return Ward.objects.filter(is_served=True).order_by("name")


def _staff(request: Any) -> QuerySet[StaffMember]:
    return StaffMember.objects.filter(is_active=True).order_by("name")


def _procedures(request: Any) -> QuerySet[Procedure]:
    return Procedure.objects.filter(is_in_scope=True).order_by("short_name")


class QueueFilter(django_filters.FilterSet):
    """Every filter is optional; a value nobody can have chosen is ignored with a word in the form."""

    thu_tuc = django_filters.ModelChoiceFilter(
        field_name="procedure", label="Thủ tục", queryset=_procedures, empty_label="Tất cả"
    )
    phuong = django_filters.ModelChoiceFilter(
        field_name="ward", label="Phường, xã", queryset=_wards, empty_label="Tất cả"
    )
    can_bo = django_filters.ModelChoiceFilter(
        label="Cán bộ", queryset=_staff, empty_label="Tất cả", method="filter_staff"
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
    tu = django_filters.DateFilter(label="Đăng ký từ", widget=DayInput(), method="filter_from")
    den = django_filters.DateFilter(label="Đăng ký đến", widget=DayInput(), method="filter_until")
    hen_tu = django_filters.DateFilter(label="Hẹn từ", widget=DayInput(), method="filter_from")
    hen_den = django_filters.DateFilter(label="Hẹn đến", widget=DayInput(), method="filter_until")
    danh_gia = django_filters.ChoiceFilter(
        field_name="rating", label="Đánh giá", choices=[(n, f"{n} sao") for n in range(1, 6)], empty_label="Tất cả"
    )

    # How a figure of the statistics opens the list behind it: who took this step between these days.
    buoc = django_filters.ChoiceFilter(
        label="Đã qua bước", choices=State.choices, empty_label="Tất cả", method="filter_step"
    )
    buoc_tu = django_filters.DateFilter(label="Qua bước từ", widget=DayInput(), method="keep")
    buoc_den = django_filters.DateFilter(label="Qua bước đến", widget=DayInput(), method="keep")

    class Meta:
        model = Registration
        fields: list[str] = []

    def filter_from(self, queryset: QuerySet[Registration], name: str, value: date) -> QuerySet[Registration]:
        return queryset.filter(**{f"{self._field(name)}__gte": midnight(value)})

    def filter_until(self, queryset: QuerySet[Registration], name: str, value: date) -> QuerySet[Registration]:
        return queryset.filter(**{f"{self._field(name)}__lt": midnight(value + timedelta(days=1))})

    def filter_step(self, queryset: QuerySet[Registration], name: str, value: str) -> QuerySet[Registration]:
        steps = Transition.objects.filter(to_state=value)
        if first := self.form.cleaned_data.get("buoc_tu"):
            steps = steps.filter(at__gte=midnight(first))
        if last := self.form.cleaned_data.get("buoc_den"):
            steps = steps.filter(at__lt=midnight(last + timedelta(days=1)))
        return queryset.filter(pk__in=steps.values("registration"))

    def keep(self, queryset: QuerySet[Registration], name: str, value: date) -> QuerySet[Registration]:
        """Read by `filter_step`."""
        return queryset

    def _field(self, name: str) -> str:
        return "appointment__starts_at" if name.startswith("hen") else "created_at"

    def filter_staff(self, queryset: QuerySet[Registration], name: str, value: StaffMember) -> QuerySet[Registration]:
        return queryset.filter(appointment__assignments__staff=value, appointment__assignments__is_active=True)
