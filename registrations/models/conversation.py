"""The conversation with a citizen: where it stands, what they sent, what they must be reminded of."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from registrations.models.requests import Registration


class Reminder(models.Model):
    """A reminder owed to a citizen before a visit; rows are recomputed in the transaction that changes the visit."""

    class Kind(models.TextChoices):
        DAY_BEFORE = "day_before", "Hôm trước"
        SOON = "soon", "Trước hai giờ"

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="reminders", verbose_name="hồ sơ")
    kind = models.CharField("loại", max_length=12, choices=Kind)
    due_at = models.DateTimeField("gửi lúc")
    sent_at = models.DateTimeField("đã giao gửi lúc", null=True, blank=True)

    class Meta:
        verbose_name = "nhắc hẹn"
        verbose_name_plural = "nhắc hẹn"
        constraints = [
            models.UniqueConstraint(fields=["registration", "kind", "due_at"], name="reminder_is_owed_once"),
        ]
        indexes = [
            # The minute task: what is due now.
            models.Index(fields=["due_at"], name="reminder_due", condition=Q(sent_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.registration_id}"


class Attachment(models.Model):
    """A photo or file about a request, kept outside the web root and shown only to staff."""

    registration = models.ForeignKey(
        Registration, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name="hồ sơ"
    )
    contact = models.ForeignKey(
        "zalo_bridge.Contact", models.CASCADE, null=True, blank=True, related_name="+", verbose_name="Zalo"
    )
    kind = models.CharField("loại", max_length=20)
    name = models.CharField("tên tệp", max_length=200, blank=True)
    # A member of staff who took it (a receipt); empty: the citizen sent it.
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cán bộ"
    )
    file = models.FileField("tệp", upload_to="giay-to/%Y/%m/", blank=True)
    source_url = models.URLField("nguồn", max_length=1000, blank=True)  # Zalo's CDN, may expire: fetched soon after
    size = models.PositiveIntegerField("cỡ (byte)", null=True, blank=True)
    # A picture is fetched only after the citizen has said that it is no identity card.
    awaits_answer = models.BooleanField("chờ người dân cho biết là gì", default=False)
    fetched_at = models.DateTimeField("tải về lúc", null=True, blank=True)
    fetch_attempts = models.PositiveSmallIntegerField("số lần tải", default=0)
    refused_because = models.CharField("không lưu vì", max_length=200, blank=True)
    at = models.DateTimeField("lúc", default=timezone.now)

    class Meta:
        verbose_name = "giấy tờ, ảnh"
        verbose_name_plural = "giấy tờ, ảnh"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.name or self.kind


class Dialogue(models.Model):
    """Where a conversation stands. Facts a person gave live here only after consent."""

    contact = models.OneToOneField("zalo_bridge.Contact", models.CASCADE, related_name="dialogue", verbose_name="Zalo")
    step = models.CharField("bước", max_length=40, default="idle")
    data = models.JSONField("dữ liệu", default=dict, blank=True)
    # While a person writes to the citizen the bot is silent.
    paused_until = models.DateTimeField("bot im tới", null=True, blank=True)
    paused_by = models.CharField("người tiếp", max_length=150, blank=True)
    # Since when this citizen has been waiting for a person; empty when nobody is needed.
    wants_human_since = models.DateTimeField("chờ người từ", null=True, blank=True)
    wants_human_because = models.CharField("vì sao cần người", max_length=200, blank=True)
    updated_at = models.DateTimeField("cập nhật lúc", default=timezone.now)

    class Meta:
        verbose_name = "hội thoại"
        verbose_name_plural = "hội thoại"
        indexes = [
            # The list of chats that need a person, longest waiting first.
            models.Index(
                fields=["wants_human_since"], name="dialogue_wants_human", condition=Q(wants_human_since__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.step
