"""What managers fill in: absences, closures."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from scheduling.absences import Period, repeated
from scheduling.board import given_name_key
from scheduling.hours import on
from scheduling.models import Absence, StaffMember

DATE = {"placeholder": "dd/mm/yyyy", "class": "form-control"}
DAYS = [
    MinValueValidator(date(2000, 1, 1), "Năm chưa đúng."),
    MaxValueValidator(date(2100, 12, 31), "Năm chưa đúng."),
]
TIME = {"placeholder": "hh:mm", "class": "form-control"}
EVERY = {"": "Không lặp", "1": "Mỗi ngày", "7": "Mỗi tuần", "14": "Hai tuần một lần"}


def _day_field(label: str, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs=DATE, format="%d/%m/%Y")
    messages = {"invalid": "Hãy ghi ngày có thật, ví dụ 25/11/2026."}
    return forms.DateField(label=label, required=required, widget=widget, error_messages=messages, validators=DAYS)


def _time_field(label: str, *, required: bool = True, initial: time | None = None) -> forms.TimeField:
    widget = forms.TimeInput(attrs=TIME, format="%H:%M")
    messages = {"invalid": "Hãy ghi giờ có thật, ví dụ 14:30."}
    return forms.TimeField(label=label, required=required, initial=initial, widget=widget, error_messages=messages)


class AbsenceForm(forms.Form):
    """Somebody cannot be sent from one moment to another, perhaps again every week."""

    staff = forms.ModelChoiceField(
        StaffMember.objects.filter(is_active=True), label="Cán bộ", widget=forms.Select(attrs={"class": "form-select"})
    )
    reason = forms.ChoiceField(
        label="Lý do", choices=Absence.Reason.choices, widget=forms.Select(attrs={"class": "form-select"})
    )
    from_day = _day_field("Từ ngày")
    from_time = _time_field("Từ giờ", initial=time(7))
    to_day = _day_field("Đến ngày")
    to_time = _time_field("Đến giờ", initial=time(17))
    every = forms.ChoiceField(
        label="Lặp lại",
        choices=list(EVERY.items()),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    until = _day_field("Lặp đến hết ngày", required=False)
    note = forms.CharField(
        label="Ghi chú", max_length=200, required=False, widget=forms.TextInput(attrs={"class": "form-control"})
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = sorted(StaffMember.objects.filter(is_active=True), key=lambda person: given_name_key(person.name))
        field = self.fields["staff"]
        if isinstance(field, forms.ModelChoiceField):
            field.choices = [("", "Chọn cán bộ"), *((person.pk, person.name) for person in people)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("every") and not data.get("until"):
            self.add_error("until", "Lặp lại thì cần ngày cuối.")
        if {"from_day", "from_time", "to_day", "to_time"} <= data.keys():
            starts, ends = self._period(data)
            if ends <= starts:
                self.add_error("to_time", "Giờ kết thúc phải sau giờ bắt đầu.")
        return data

    def periods(self) -> list[Period]:
        """The stretch and its repeats. Only for a valid form."""
        data = self.cleaned_data
        until = data.get("until")
        end: datetime | None = on(until, time(23, 59)) if until else None
        return repeated(self._period(data), every_days=int(data["every"] or 0), until=end)

    def _period(self, data: dict[str, Any]) -> Period:
        return on(data["from_day"], data["from_time"]), on(data["to_day"], data["to_time"])


class ClosureForm(forms.Form):
    """A day or part of a day on which nobody is visited."""

    day = _day_field("Ngày nghỉ")
    starts_at = _time_field("Từ giờ", required=False)
    ends_at = _time_field("Đến giờ", required=False)
    name = forms.CharField(label="Lý do", max_length=200, widget=forms.TextInput(attrs={"class": "form-control"}))
    source = forms.CharField(
        label="Căn cứ (số văn bản)",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if (starts is None) != (ends is None):
            self.add_error("ends_at", "Nghỉ cả ngày thì để trống cả hai giờ; nghỉ một lúc thì ghi cả hai.")
        elif starts and ends and ends <= starts:
            self.add_error("ends_at", "Giờ kết thúc phải sau giờ bắt đầu.")
        return data
