"""Editing what citizens read: every text with its preview, its checks and its versions.

Saved texts are never changed, only followed.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from registrations.models import ConsentWording, DataRequest, MessageText
from registrations.notices import Notice
from registrations.wording import (
    LONGEST_TEXT,
    PLACEHOLDERS,
    TEXTS,
    Wording,
    WordingRefused,
    faults,
    longest,
    placeholders_in,
    sample,
    save_text,
)

GROUPS = (("notice_", "Tin báo về hồ sơ"), ("loi_dong_y", "Xin đồng ý"), ("", "Hội thoại"))


@dataclass(frozen=True)
class TextRow:
    key: str
    title: str  # "" where a text is known by its first line
    first_line: str
    version: str


NAMED = {"loi_dong_y": "Nội dung xin đồng ý", "notice_confirmation_no_time": "Xác nhận, chưa có giờ"}


def title_of(key: str) -> str:
    kind = key.removeprefix("notice_")
    if key.startswith("notice_") and kind in Notice.values:
        return str(Notice(kind).label)
    # What the bot says in between has no name of its own: people know it by how it begins.
    return NAMED.get(key) or f"“{_first_line(TEXTS[key])}”"


def _first_line(text: str) -> str:
    return text.split("\n")[0][:110]


@admin.register(MessageText)
class MessageTextAdmin(admin.ModelAdmin):
    """Rows are versions; what an editor opens is a text, so the usual lists and forms give way to two screens."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MessageText | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.list_texts), name="registrations_messagetext_changelist"),
            path("<slug:key>/", wrap(self.edit_text), name="registrations_messagetext_edit"),
        ]

    def list_texts(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        wording = Wording.current()
        groups: dict[str, list[TextRow]] = {title: [] for _, title in GROUPS}
        for key in TEXTS:
            group = next(title for start, title in GROUPS if key.startswith(start))
            title, first_line = title_of(key), _first_line(wording.text(key))
            groups[group].append(TextRow(key, "" if title[0] == "“" else title, first_line, wording.version(key)))
        context = {**self.admin_site.each_context(request), "title": "Lời nhắn", "groups": groups, "opts": self.opts}
        return TemplateResponse(request, "admin/registrations/messagetext/list.html", context)

    def edit_text(self, request: HttpRequest, key: str) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        if key not in TEXTS:
            raise Http404
        wording = Wording.current()
        text, reason = wording.text(key), ""
        problems: list[str] = []
        version = int(wording.version(key)) if wording.version(key).isdigit() else 0
        if request.method == "POST":
            text, reason = request.POST.get("text", ""), request.POST.get("reason", "")
            problems = faults(key, text)
            if request.POST.get("viec") == "luu" and not problems and isinstance(request.user, User):
                started_from = request.POST.get("version", "")
                try:
                    save_text(
                        key=key,
                        text=text,
                        reason=reason,
                        author=request.user,
                        expected_version=int(started_from) if started_from.isdecimal() else -1,
                    )
                except WordingRefused as error:
                    problems = error.sentences
                else:
                    messages.success(request, f"Đã lưu “{title_of(key)}”. Tin gửi từ bây giờ dùng bản mới.")
                    return HttpResponseRedirect(reverse("admin:registrations_messagetext_edit", args=[key]))
        allowed = placeholders_in(TEXTS[key]) | {"xung_ho", "Xung_ho", "ten_goi", "co_quan", "dien_thoai_co_quan"}
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": title_of(key),
            "opts": self.opts,
            "key": key,
            "text": text,
            "reason": reason,
            "version": version,
            "problems": problems,
            "preview": sample(text),
            "longest": longest(text),
            "limit": LONGEST_TEXT,
            "placeholders": [(name, PLACEHOLDERS[name]) for name in sorted(allowed) if name in PLACEHOLDERS],
            "original": TEXTS[key],
            "history": list(MessageText.objects.filter(key=key).select_related("author").order_by("-version")[:50]),
        }
        status = 400 if problems and request.method == "POST" else 200
        return TemplateResponse(request, "admin/registrations/messagetext/edit.html", context, status=status)


@admin.register(ConsentWording)
class ConsentWordingAdmin(admin.ModelAdmin):
    """The words people were shown: proof, so to read only."""

    list_display = ("version", "first_shown_at", "sha256")
    readonly_fields = ("version", "sha256", "text", "first_shown_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ConsentWording | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ConsentWording | None = None) -> bool:
        return False


@admin.register(DataRequest)
class DataRequestAdmin(admin.ModelAdmin):
    """What people asked about their data, most urgent first, with the law's two days."""

    list_display = ("kind", "channel", "received_at", "answer_due_on", "answered_at", "done_due_on", "done_at")
    list_filter = ("kind", ("done_at", admin.EmptyFieldListFilter))
    date_hierarchy = "received_at"
    readonly_fields = ("kind", "channel", "citizen", "contact", "received_at", "answer_due_on", "done_due_on")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DataRequest | None = None) -> bool:
        return False
