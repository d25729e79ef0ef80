"""Forms of `/gia-lap/`."""

from typing import Any

from django import forms

from zalo_bridge.simulator.citizen import info_in_new_shape, info_in_old_shape
from zalo_bridge.simulator.records import Person

PATHS = [
    ("*", "Mọi lời gọi"),
    ("/v3.0/oa/message/cs", "Gửi tin tư vấn (/v3.0/oa/message/cs)"),
    ("/v3.0/oa/message/template", "Gửi mẫu theo mã người dùng (/v3.0/oa/message/template)"),
    ("/message/template", "Gửi mẫu theo số điện thoại (/message/template)"),
    ("/v4/oa/access_token", "Xin và làm mới token (/v4/oa/access_token)"),
    ("/v3.0/oa/user/detail", "Xem người dùng (/v3.0/oa/user/detail)"),
    ("/v2.0/oa/*", "Các lời gọi /v2.0/oa/…"),
]
KINDS = [
    ("error", "Mã lỗi của Zalo (HTTP 200)"),
    ("http", "Lỗi HTTP"),
    ("html", "Trang HTML thay vì JSON"),
    ("empty", "Trả lời rỗng"),
    ("hang", "Treo, không trả lời"),
    ("cut", "Cắt kết nối"),
    ("delay", "Trả lời chậm"),
]
TIMES = [("1", "1 lần"), ("3", "3 lần"), ("10", "10 lần"), ("", "đến khi bỏ")]


class PersonForm(forms.Form):
    name = forms.CharField(label="Tên", max_length=60)
    phone = forms.RegexField(
        r"^0\d{9}$", label="Số điện thoại", required=False, help_text="Để nhận tin theo mẫu. Ví dụ 0900000021."
    )

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"])
        return f"84{phone[1:]}" if phone else ""


class ShareInfoForm(forms.Form):
    """Figure 5 of the office's notice. The district is asked only in the old shape."""

    name = forms.CharField(label="Họ tên", max_length=100)
    phone = forms.CharField(label="Số điện thoại", max_length=20)
    address = forms.CharField(label="Địa chỉ", max_length=200, required=False)
    city = forms.CharField(label="Tỉnh / thành phố", max_length=60, required=False)
    district = forms.CharField(label="Quận / huyện", max_length=60, required=False)
    ward = forms.CharField(label="Phường / xã", max_length=60, required=False)
    agreed = forms.BooleanField(error_messages={"required": "Đánh dấu vào ô đồng ý rồi mới gửi được."})

    def __init__(self, *args: Any, old_shape: bool, oa_name: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.old_shape = old_shape
        self.fields["agreed"].label = f"Đồng ý cung cấp thông tin cho {oa_name}"
        if not old_shape:
            del self.fields["district"]
        for name, entry in self.fields.items():
            if name != "agreed":
                entry.widget.attrs["placeholder"] = entry.label
                entry.widget.attrs["autocomplete"] = "off"

    def info(self) -> dict[str, Any]:
        """The event's `info`, phone as `84…` when it looks like a number here."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "agreed"}
        digits = "".join(letter for letter in values["phone"] if letter.isdigit())
        if len(digits) == 10 and digits.startswith("0"):
            values["phone"] = f"84{digits[1:]}"
        return info_in_old_shape(**values) if self.old_shape else info_in_new_shape(**values)


class FaultForm(forms.Form):
    path = forms.ChoiceField(label="Lời gọi", choices=PATHS)
    kind = forms.ChoiceField(label="Hỏng thế nào", choices=KINDS)
    code = forms.IntegerField(
        label="Mã lỗi hoặc mã HTTP", required=False, help_text="Ví dụ -230, -32, -216; hoặc 500, 502."
    )
    seconds = forms.FloatField(label="Số giây (treo, chậm)", required=False, min_value=0, max_value=120)
    times = forms.ChoiceField(label="Bao nhiêu lần", choices=TIMES, required=False, initial="1")
    user_id = forms.ChoiceField(label="Với ai", required=False)
    is_after_work = forms.BooleanField(
        label="Làm xong việc rồi mới hỏng (tin đã đi, người gọi không biết)", required=False
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = [("", "mọi người"), *((person.user_id, person.name) for person in people)]
        self.fields["user_id"] = forms.ChoiceField(label="Với ai", required=False, choices=choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, code = cleaned.get("kind"), cleaned.get("code")
        if kind == "error" and not code:
            self.add_error("code", "Cho biết mã lỗi, ví dụ -230.")
        if kind in ("http", "html") and code and not 200 <= code <= 599:
            self.add_error("code", "Mã HTTP từ 200 đến 599.")
        if kind in ("hang", "delay") and not cleaned.get("seconds"):
            self.add_error("seconds", "Cho biết bao nhiêu giây.")
        return cleaned

    def fault(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {
            "path": values["path"],
            "kind": values["kind"],
            "code": values["code"] or 0,
            "seconds": values["seconds"] or 0.0,
            "times": int(values["times"]) if values["times"] else None,
            "is_after_work": values["is_after_work"],
            "user_id": values["user_id"],
        }


class OptionsForm(forms.Form):
    """How the platform behaves; the fields are named as in `store.Options`."""

    webhook_url = forms.URLField(label="Địa chỉ webhook", assume_scheme="http", max_length=300)
    webhook_enabled = forms.BooleanField(label="Webhook đang bật", required=False)
    duplicate_percent = forms.IntegerField(label="Gửi trùng (%)", min_value=0, max_value=100)
    late_seconds = forms.FloatField(label="Sự kiện đến muộn (giây)", min_value=0, max_value=600)
    shuffle = forms.BooleanField(label="Đảo thứ tự sự kiện", required=False)
    ladder_scale = forms.FloatField(
        label="Hệ số thời gian gửi lại", min_value=0, max_value=1, help_text="1 là thật: 30 giây, 5, 15, 30, 60 phút."
    )
    receipts = forms.BooleanField(label="Báo đã gửi, đã nhận, đã xem", required=False)
    auto_seen = forms.BooleanField(label="Người dân xem ngay", required=False)
    button_shapes = forms.ChoiceField(
        label="Kiểu nút được nhận",
        choices=[("", "không kiểu nào"), ("A", "A"), ("B", "B"), ("C", "C"), ("ABC", "cả ba")],
        required=False,
    )
    refresh_reuse = forms.ChoiceField(
        label="Refresh token dùng lại", choices=[("error", "lỗi -14014"), ("empty", "HTTP 200 rỗng")]
    )
    package_quota = forms.IntegerField(label="Hạn mức 48 giờ – 7 ngày", min_value=0, max_value=10**6)
    template_quota = forms.IntegerField(label="Hạn mức tin mẫu một ngày", min_value=0, max_value=10**6)
    calls_per_minute = forms.IntegerField(label="Lời gọi mỗi phút (0: không giới hạn)", min_value=0, max_value=10**6)
