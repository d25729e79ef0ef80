"""What staff write when they act on a request."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone

from procedures.services import Procedure
from registrations.case import papers_of
from registrations.models import Checklist, Citizen, ContactAttempt, Note, Registration, SavedView
from registrations.phones import read_phone, show_phone
from registrations.states import State
from scheduling import services as scheduling
from scheduling.errors import ReasonMissing
from scheduling.services import StaffMember, Ward

# However long a phone was without signal, a press is not dated further back than this.
OLDEST_PRESS = timedelta(hours=12)
DELAYS = (10, 20, 30, 45, 60)  # minutes


def choice_field(form: forms.Form, name: str) -> forms.ChoiceField:
    """A field whose choices are filled in when the form is made."""
    return cast(forms.ChoiceField, form.fields[name])


class ActionForm(forms.Form):
    """What an action asks before it is done; the request it is for may shape it."""

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class NothingMore(ActionForm):
    """For what one press does."""


class PressForm(ActionForm):
    """A press on the road. `ago`: seconds since then, from a phone that had no signal; `at` is made of it."""

    ago = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, registration=registration, **kwargs)
        self.registration = registration

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("ago"):
            now = timezone.now()
            pressed_at = now - min(timedelta(seconds=facts["ago"]), OLDEST_PRESS)
            # Never before what is known to have happened first, whatever the clock of the phone says.
            known = (self.registration.state_changed_at, self.registration.set_off_at)
            facts["at"] = min(now, max(pressed_at, *filter(None, known)))
        return facts


class DelayForm(PressForm):
    minutes = forms.TypedChoiceField(
        label="Còn bao lâu nữa tới nơi",
        coerce=int,
        choices=[(minutes, f"khoảng {minutes} phút") for minutes in DELAYS],
        initial=20,
    )


class PapersForm(PressForm):
    """Which of the papers to prepare were really there."""

    papers = forms.MultipleChoiceField(label="Giấy tờ đã kiểm", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, registration=registration, **kwargs)
        choice_field(self, "papers").choices = [(paper, paper) for paper in papers_of(registration)]
        saved = Checklist.objects.filter(registration=registration).first()
        self.initial["papers"] = saved.papers_seen if saved else []


class PhotoForm(PressForm):
    photo = forms.FileField(
        label="Ảnh biên nhận",
        help_text="Ảnh JPEG, PNG hoặc WebP, tối đa 10 MB. Chỉ cán bộ xem được, ai xem đều được ghi lại.",
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class ReasonForm(ActionForm):
    reason = forms.CharField(label="Lý do", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self, *args: Any, registration: Registration, label: str = "Lý do", hint: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, registration=registration, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = hint


class AskForMoreForm(ReasonForm):
    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(
            *args,
            registration=registration,
            label="Cần bổ sung gì",
            hint="Người dân nhận được đúng câu này qua Zalo.",
            **kwargs,
        )


class RejectForm(ReasonForm):
    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(
            *args, registration=registration, label="Lý do từ chối", hint="Người dân sẽ đọc lý do này.", **kwargs
        )


class CancelForm(ReasonForm):
    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(
            *args, registration=registration, label="Lý do hủy", hint="Người dân sẽ đọc lý do này.", **kwargs
        )


class UnassignForm(ReasonForm):
    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, registration=registration, label="Vì sao bỏ phân công", **kwargs)


class NotAtHomeForm(PressForm):
    reason = forms.CharField(
        label="Ghi chú", max_length=500, required=False, help_text="Ví dụ: đã gọi cửa 10 phút, hàng xóm nói đi vắng."
    )


class DossierForm(PressForm):
    dossier_number = forms.CharField(
        label="Mã hồ sơ trên Cổng dịch vụ công",
        max_length=60,
        help_text="Chép đúng mã Cổng trả về, ví dụ H32.15-261125-0001.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class AssignForm(ActionForm):
    """Only who can go is offered; the page says beside it why the others cannot."""

    staff = forms.ModelChoiceField(
        label="Ai đi", queryset=StaffMember.objects.filter(is_active=True), widget=forms.HiddenInput
    )
    code = forms.ChoiceField(
        label="Vì sao chọn người này",
        choices=[("", "Người đứng đầu gợi ý"), *scheduling.REASONS.items()],
        required=False,
        help_text="Cử người khác với người đứng đầu gợi ý thì cần chọn lý do.",
    )
    reason = forms.CharField(
        label="Ghi thêm", max_length=250, required=False, help_text="Cần ghi khi chọn “Lý do khác”."
    )

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, registration=registration, **kwargs)
        appointment = registration.appointment
        self.candidates = scheduling.candidates(appointment=appointment) if appointment and appointment.is_live else []

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        staff = facts.get("staff")
        # Who cannot go at all is refused with the cause when it is tried; asking why first would mislead.
        able = staff in [candidate.staff for candidate in self.able]
        try:
            facts["reason"] = scheduling.reason_said(
                code=facts.get("code", ""),
                words=facts.get("reason", ""),
                is_needed=staff is not None and able and not scheduling.is_first(staff, self.candidates),
            )
        except ReasonMissing as error:
            self["code"].help_text = ""  # the error says the same
            self.add_error("reason" if facts.get("code") == scheduling.OTHER else "code", error.sentence)
        return facts

    @property
    def able(self) -> list[scheduling.Candidate]:
        return [candidate for candidate in self.candidates if candidate.can_go]

    @property
    def unable(self) -> list[scheduling.Candidate]:
        return [candidate for candidate in self.candidates if not candidate.can_go]


class TimeForm(ActionForm):
    """Free places of the coming days, for staff."""

    slot = forms.TypedChoiceField(label="Giờ mới", coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, registration=registration, **kwargs)
        minutes = registration.procedure.visit_minutes if registration.procedure else 45
        self.days = [day for day in scheduling.free_days(days=14, audience="staff", minutes=minutes) if day.slots]
        choice_field(self, "slot").choices = [
            (slot.id, f"{timezone.localtime(slot.starts_at):%H:%M %d/%m}") for day in self.days for slot in day.slots
        ]


class CallForm(ActionForm):
    """How a call went."""

    outcome = forms.ChoiceField(
        label="Kết quả cuộc gọi",
        choices=[choice for choice in ContactAttempt.Outcome.choices if choice[0] != ContactAttempt.Outcome.OWED],
        widget=forms.RadioSelect,
    )
    call_again_at = forms.DateTimeField(
        label="Gọi lại lúc",
        required=False,
        widget=forms.DateTimeInput(attrs={"placeholder": "dd/mm/yyyy hh:mm"}, format="%d/%m/%Y %H:%M"),
        error_messages={"invalid": "Hãy ghi ngày và giờ có thật, ví dụ 25/11/2026 14:30."},
    )
    note = forms.CharField(label="Ghi chú", max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("outcome") == ContactAttempt.Outcome.CALL_LATER and not facts.get("call_again_at"):
            self.add_error("call_again_at", "Chọn giờ gọi lại.")
        return facts


ADVICE = {
    "several": "Chỉ nhập một số điện thoại.",
    "foreign": "Chỉ nhận số điện thoại ở Việt Nam.",
    "premium": "Đây là số dịch vụ. Hãy nhập số di động hoặc số bàn.",
}


def read_phone_field(text: str) -> str:
    """E.164 for a Vietnamese mobile or landline written in any way, "" for nothing. Raises ValidationError."""
    if not text.strip():
        return ""
    reading = read_phone(text)
    if reading.e164 is not None:
        return reading.e164
    if reading.suggestion:
        raise forms.ValidationError(
            f"Số cũ 11 chữ số. Nay có thể là {show_phone(reading.suggestion)}, hãy hỏi lại rồi nhập."
        )
    raise forms.ValidationError(ADVICE.get(reading.problem or "", "Số điện thoại chưa đúng. Ví dụ: 0905 123 456."))


class PhoneField(forms.CharField):
    """Any way of writing a Vietnamese number; cleaned to E.164."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        return read_phone_field(super().clean(value))


class EditForm(forms.Form):
    """The facts of a request. `expected_version` is what the screen showed; `overwrite` means the clerk saw both."""

    name = forms.CharField(label="Họ tên", max_length=150)
    phone = PhoneField(label="Điện thoại", max_length=40, required=False)
    priority = forms.ChoiceField(label="Đối tượng ưu tiên", choices=Citizen.Priority.choices, required=False)
    procedure = forms.ModelChoiceField(
        label="Thủ tục",
        queryset=Procedure.objects.filter(is_in_scope=True).order_by("short_name"),
        required=False,
        empty_label="Chưa rõ",
    )
    address_line = forms.CharField(label="Nơi hẹn (số nhà, tổ, thôn)", max_length=300, required=False)
    ward = forms.ModelChoiceField(
        label="Phường, xã",
        queryset=Ward.objects.filter(is_served=True).order_by("name"),
        required=False,
        empty_label="Chưa rõ",
    )
    time_wish = forms.CharField(label="Giờ mong muốn", max_length=200, required=False)
    expected_version = forms.IntegerField(widget=forms.HiddenInput)

    FIELDS = ("name", "phone", "priority", "procedure", "address_line", "ward", "time_wish")

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        citizen = registration.citizen
        kwargs["initial"] = {
            "name": citizen.name,
            "phone": show_phone(citizen.phone) if citizen.phone else "",
            "priority": citizen.priority,
            "procedure": registration.procedure,
            "address_line": registration.address_line,
            "ward": registration.ward,
            "time_wish": registration.time_wish,
            "expected_version": registration.version,
        }
        super().__init__(*args, **kwargs)
        if registration.state not in (State.SUBMITTED, State.NEEDS_INFO):
            self.fields["procedure"].required = True

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.FIELDS}


class NewRequestForm(forms.Form):
    """A request taken by phone or at the counter. Consent is asked aloud and noted."""

    channel = forms.ChoiceField(
        label="Nguồn",
        choices=[choice for choice in Registration.Channel.choices if choice[0] != Registration.Channel.ZALO],
        widget=forms.RadioSelect,
        initial=Registration.Channel.PHONE,
    )
    phone = PhoneField(label="Điện thoại", max_length=40)
    name = forms.CharField(label="Họ tên", max_length=150)
    priority = forms.ChoiceField(label="Đối tượng ưu tiên", choices=Citizen.Priority.choices, required=False)
    address_line = forms.CharField(label="Nơi hẹn (số nhà, tổ, thôn)", max_length=300)
    ward = forms.ModelChoiceField(
        label="Phường, xã",
        queryset=Ward.objects.filter(is_served=True).order_by("name"),
        empty_label="Chọn phường, xã",
    )
    procedure = forms.ModelChoiceField(
        label="Thủ tục",
        queryset=Procedure.objects.filter(is_in_scope=True).order_by("short_name"),
        required=False,
        empty_label="Chưa rõ",
    )
    words = forms.CharField(label="Lời người dân", max_length=500, required=False)
    slot = forms.TypedChoiceField(label="Giờ hẹn", coerce=int, required=False, empty_value=None)
    time_wish = forms.CharField(label="Giờ mong muốn (nếu chưa có giờ phù hợp)", max_length=200, required=False)
    consent = forms.BooleanField(
        label="Đã đọc cho người dân nghe mục đích, dữ liệu, nơi giữ và thời hạn; người dân đồng ý.",
        error_messages={"required": "Chưa có đồng ý thì chưa được lưu thông tin của người dân."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = scheduling.free_days(days=14, audience="staff")
        choice_field(self, "slot").choices = [("", "Chưa chọn giờ")] + [
            (slot.id, f"{timezone.localtime(slot.starts_at):%H:%M} · còn {slot.places} chỗ · {day.day:%d/%m}")
            for day in days
            for slot in day.slots
        ]


class ChecklistForm(forms.Form):
    """The checklist of the call: yes, no, or not asked yet."""

    ANSWERS = (("", "Chưa hỏi"), ("yes", "Có"), ("no", "Không"))
    papers = forms.MultipleChoiceField(label="Giấy tờ đã có", required=False, widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(label="Dặn người đi", max_length=500, required=False)

    def __init__(self, *args: Any, papers: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in Checklist.LABELS.items():
            self.fields[name] = forms.ChoiceField(
                label=label, choices=self.ANSWERS, required=False, widget=forms.RadioSelect
            )
        choice_field(self, "papers").choices = [(paper, paper) for paper in papers]
        self.order_fields([*Checklist.LABELS, "papers", "note"])

    @staticmethod
    def initial_of(saved: Checklist | None) -> dict[str, Any]:
        """The form as it was left."""
        if saved is None:
            return {}
        words = {True: "yes", False: "no", None: ""}
        answers = {name: words[getattr(saved, name)] for name in Checklist.LABELS}
        return {**answers, "papers": saved.papers_ready, "note": saved.note}

    def answers(self) -> dict[str, bool | None]:
        meaning = {"yes": True, "no": False, "": None}
        return {name: meaning[self.cleaned_data[name]] for name in Checklist.LABELS}


class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
        fields = ["text"]
        labels = {"text": "Ghi chú nội bộ"}
        widgets = {
            "text": forms.Textarea(
                attrs={"rows": 2, "class": "form-control", "placeholder": "Gõ @tên đăng nhập để nhắc đồng nghiệp"}
            )
        }


class SavedViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ["name", "query"]
