"""What passed between Zalo and us: contacts, inbox, outbox, the credential. Bytes in, bytes out; no business words."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from zalo_bridge import names


class Contact(models.Model):
    """A person as Zalo names them to one Official Account. The id is per OA and exceeds 2^53, so it is text."""

    oa_id = models.CharField("OA", max_length=32)
    user_id = models.CharField("mã người dùng Zalo", max_length=64)
    display_name = models.CharField("tên trên Zalo", max_length=200, blank=True)
    is_following = models.BooleanField("đang quan tâm", default=False)
    # Latest moment of a follow event or an unfollow event: an older one arriving late must not overwrite the newer.
    follow_changed_at = models.DateTimeField("đổi quan tâm lúc", null=True, blank=True)
    # Opens Zalo's 48 h and 7 day windows. Only real interactions move it, never receipts.
    last_interaction_at = models.DateTimeField("tương tác gần nhất", null=True, blank=True)
    last_event_at = models.DateTimeField("sự kiện gần nhất", null=True, blank=True)
    created_at = models.DateTimeField("tạo lúc", default=timezone.now)
    withdrawn_at = models.DateTimeField("rút đồng ý lúc", null=True, blank=True)

    class Meta:
        verbose_name = "người liên hệ Zalo"
        verbose_name_plural = "người liên hệ Zalo"
        constraints = [
            models.UniqueConstraint(fields=["oa_id", "user_id"], name="contact_is_one_per_oa_and_user"),
        ]

    def __str__(self) -> str:
        return self.display_name or f"Zalo …{self.user_id[-4:]}"


class WebhookEventQuerySet(models.QuerySet["WebhookEvent"]):
    def about(self, user_id: str) -> Self:
        """One person's events. Asked for in two halves, because each has an index of its own: see Meta."""
        is_waiting = Q(state__in=WebhookEvent.WAITING_STATES)
        return self.filter(Q(user_id=user_id) & is_waiting | Q(user_id=user_id) & ~is_waiting)


class WebhookEvent(models.Model):
    """One event as Zalo delivered it: stored before the 200, thought about later."""

    class State(models.TextChoices):
        RECEIVED = "received", "Mới nhận"
        PROCESSING = "processing", "Đang xử lý"
        DONE = "done", "Đã xử lý"
        IGNORED = "ignored", "Bỏ qua"
        FAILED = "failed", "Lỗi"
        QUARANTINED = "quarantined", "Cách ly"

    WAITING_STATES = (State.RECEIVED, State.PROCESSING)

    dedupe_key = models.CharField("khóa chống trùng", max_length=200)
    event_name = models.CharField("loại sự kiện", max_length=64, blank=True)
    # Who the event is about. Text, not a foreign key: intake must stay one INSERT.
    user_id = models.CharField("mã người dùng Zalo", max_length=64, blank=True)
    raw = models.BinaryField("nội dung gốc")
    headers = models.JSONField("tiêu đề", default=dict, blank=True)
    happened_at = models.DateTimeField("xảy ra lúc")  # Zalo's own timestamp; received_at when it is unreadable
    received_at = models.DateTimeField("nhận lúc", default=timezone.now)
    state = models.CharField("trạng thái", max_length=12, choices=State, default=State.RECEIVED)
    attempts = models.PositiveSmallIntegerField("số lần xử lý", default=0)
    next_attempt_at = models.DateTimeField("xử lý lại lúc", null=True, blank=True)
    started_at = models.DateTimeField("bắt đầu xử lý lúc", null=True, blank=True)
    finished_at = models.DateTimeField("xong lúc", null=True, blank=True)
    note = models.TextField(
        "ghi chú", blank=True
    )  # why ignored, quarantined or failed: codes and class names, never personal data
    deliveries = models.PositiveSmallIntegerField("số lần Zalo gửi", default=1)

    objects = WebhookEventQuerySet.as_manager()

    class Meta:
        verbose_name = "sự kiện đến"
        verbose_name_plural = "sự kiện đến"
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key"], name="event_is_stored_once"),
        ]
        indexes = [
            # The worker and the sweep: what is still to do, oldest first per person.
            models.Index(
                fields=["user_id", "happened_at", "id"],
                name="event_waiting",
                condition=Q(state__in=("received", "processing")),
            ),
            # The console: failed and quarantined events, newest first.
            models.Index(
                fields=["state", "-received_at"],
                name="event_needs_staff",
                condition=Q(state__in=("failed", "quarantined")),
            ),
            # Housekeeping deletes by age. BRIN, because rows arrive in that order and intake pays for every index.
            BrinIndex(fields=["received_at"], name="event_by_age", autosummarize=True),
            # One person's trail on the request page and in the console. Finished events only: intake writes one index
            # less, and those still waiting are in the first index.
            models.Index(
                fields=["user_id", "-happened_at"],
                name="event_trail",
                condition=~Q(state__in=("received", "processing")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} #{self.pk}"

    @property
    def title(self) -> str:
        return names.event_title(self.event_name)


class OutboundMessage(models.Model):
    """One thing we owe one person through one channel. Written in the business transaction, sent after it."""

    class State(models.TextChoices):
        QUEUED = "queued", "Chờ gửi"
        SENDING = "sending", "Đang gửi"
        SENT = "sent", "Đã gửi"
        DELIVERED = "delivered", "Đã nhận"
        SEEN = "seen", "Đã xem"
        RETRY = "retry", "Chờ gửi lại"
        UNKNOWN = "unknown", "Chưa rõ đã tới"
        FAILED = "failed", "Không gửi được"
        EXPIRED = "expired", "Quá hạn gửi"
        SUPERSEDED = "superseded", "Đã thay bằng tin khác"

    WAITING_STATES = (State.QUEUED, State.RETRY, State.SENDING, State.UNKNOWN)
    # Has not left: it can still be called back.
    UNSENT_STATES = (State.QUEUED, State.RETRY)
    ARRIVED_STATES = (State.SENT, State.DELIVERED, State.SEEN)

    class Channel(models.TextChoices):
        CHAT = "chat", "Tin nhắn OA"
        TEMPLATE_BY_USER = "template_user", "Mẫu tin theo người dùng"
        TEMPLATE_BY_PHONE = "template_phone", "Mẫu tin theo số điện thoại"

    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name="người liên hệ"
    )
    phone = models.CharField("số điện thoại", max_length=20, blank=True)  # E.164; only for the template by phone
    channel = models.CharField("kênh", max_length=16, choices=Channel, default=Channel.CHAT)
    kind = models.CharField("loại tin", max_length=40)  # the sender's word for it, e.g. "confirmation"
    dedupe_key = models.CharField("khóa chống trùng", max_length=200)
    payload = models.JSONField("nội dung")  # vendor-neutral: text, buttons, card, template parameters
    # What the business knows it by, e.g. "registration:123"; opaque here.
    subject = models.CharField("về việc", max_length=64, blank=True)
    is_reply = models.BooleanField("trả lời trực tiếp", default=False)  # may go out at night
    state = models.CharField("trạng thái", max_length=12, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField("số lần gửi", default=0)
    next_attempt_at = models.DateTimeField("gửi lúc", default=timezone.now)
    give_up_at = models.DateTimeField("thôi gửi sau", null=True, blank=True)
    claimed_at = models.DateTimeField("bắt đầu gửi lúc", null=True, blank=True)
    # How often we looked whether a message of unknown fate had arrived after all.
    look_count = models.PositiveSmallIntegerField("số lần dò lại", default=0)
    created_at = models.DateTimeField("tạo lúc", default=timezone.now)
    sent_at = models.DateTimeField("gửi xong lúc", null=True, blank=True)
    delivered_at = models.DateTimeField("tới máy lúc", null=True, blank=True)
    seen_at = models.DateTimeField("xem lúc", null=True, blank=True)
    vendor_id = models.CharField("mã tin của Zalo", max_length=64, blank=True)
    # Zalo's word for what a chat message was counted against (reply, sub_quota, purchase_quota); blank: none.
    counted_as = models.CharField("Zalo tính vào", max_length=20, blank=True)
    error_code = models.IntegerField("mã lỗi", null=True, blank=True)
    note = models.TextField("ghi chú", blank=True)
    # The step of the channel ladder this one replaces (chat → template by user → template by phone).
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="thay cho"
    )
    written_by = models.CharField(
        "người viết", max_length=150, blank=True
    )  # a name when staff typed it; blank: the bot

    class Meta:
        verbose_name = "tin đi"
        verbose_name_plural = "tin đi"
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key"], name="message_is_owed_once"),
            models.CheckConstraint(
                condition=Q(contact__isnull=False) | ~Q(phone=""),
                name="message_has_someone_to_reach",
                violation_error_message="Tin phải có người nhận: một liên hệ Zalo hoặc một số điện thoại.",
            ),
            models.CheckConstraint(
                condition=Q(channel="template_phone") | Q(contact__isnull=False),
                name="message_to_a_zalo_user_has_a_contact",
                violation_error_message="Tin nhắn OA và mẫu tin theo người dùng cần một liên hệ Zalo.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("sent", "delivered", "seen")) | Q(sent_at__isnull=False),
                name="message_sent_has_a_time",
                violation_error_message="Tin đã gửi phải có giờ gửi.",
            ),
        ]
        indexes = [
            # The delivery worker and the sweep: what is due, oldest first.
            models.Index(
                fields=["next_attempt_at", "id"],
                name="message_due",
                condition=Q(state__in=("queued", "retry", "sending", "unknown")),
            ),
            # Order per citizen: is an earlier message of this contact still waiting?
            models.Index(
                fields=["contact", "id"],
                name="message_order",
                condition=Q(state__in=("queued", "retry", "sending", "unknown")),
            ),
            # Receipts and echoes find their message by Zalo's id.
            models.Index(fields=["vendor_id"], name="message_by_vendor_id", condition=~Q(vendor_id="")),
            # The request page: every notice about one request.
            models.Index(fields=["subject", "created_at"], name="message_by_subject", condition=~Q(subject="")),
            # The chat panel: one person's messages in order.
            models.Index(fields=["contact", "-created_at"], name="message_trail"),
            # The console: failures, newest first.
            models.Index(
                fields=["state", "-created_at"],
                name="message_needs_staff",
                condition=Q(state__in=("failed", "expired", "unknown")),
            ),
            # Statistics and the list by day. BRIN, because rows arrive in that order.
            BrinIndex(fields=["created_at"], name="message_by_day", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.title} #{self.pk}"

    @property
    def title(self) -> str:
        return names.kind_title(self.kind)

    @property
    def waits_until(self) -> datetime | None:
        """Before when it will not leave: the night is over, a failure is tried again, a press can be taken back."""
        is_held = self.state in (self.State.QUEUED, self.State.RETRY) and self.next_attempt_at > timezone.now()
        return self.next_attempt_at if is_held else None


class DeliveryAttempt(models.Model):
    """One HTTP call made for a message: when, how long, what came back."""

    message = models.ForeignKey(OutboundMessage, models.CASCADE, related_name="trail", verbose_name="tin")
    started_at = models.DateTimeField("bắt đầu", default=timezone.now)
    duration_ms = models.PositiveIntegerField("mất (ms)", default=0)
    http_status = models.PositiveSmallIntegerField("HTTP", null=True, blank=True)
    error_code = models.IntegerField("mã lỗi Zalo", null=True, blank=True)
    outcome = models.CharField("kết quả", max_length=20)
    detail = models.CharField("chi tiết", max_length=500, blank=True)

    class Meta:
        verbose_name = "lần gửi"
        verbose_name_plural = "lần gửi"
        ordering = ["started_at", "id"]


class OACredential(models.Model):
    """The token pair of one OA, encrypted. A refresh token works once; the pair before is kept."""

    oa_id = models.CharField("OA", max_length=32, unique=True)
    access_token = models.BinaryField("token truy cập (mã hóa)")
    refresh_token = models.BinaryField("token làm mới (mã hóa)")
    previous_access_token = models.BinaryField("token truy cập trước (mã hóa)", null=True, blank=True)
    previous_refresh_token = models.BinaryField("token làm mới trước (mã hóa)", null=True, blank=True)
    expires_at = models.DateTimeField("hết hạn lúc")
    refreshed_at = models.DateTimeField("làm mới lúc", default=timezone.now)
    refresh_failed_at = models.DateTimeField("làm mới lỗi lúc", null=True, blank=True)
    needs_reauthorisation = models.BooleanField("cần cấp quyền lại", default=False)
    note = models.TextField("ghi chú", blank=True)

    class Meta:
        verbose_name = "quyền truy cập OA"
        verbose_name_plural = "quyền truy cập OA"

    def __str__(self) -> str:
        return f"OA {self.oa_id}"


class Incident(models.Model):
    """Something a person must mend (configuration, money, token). One per cause while it lasts, not one per message."""

    cause = models.CharField("nguyên nhân", max_length=64)
    opened_at = models.DateTimeField("từ lúc", default=timezone.now)
    closed_at = models.DateTimeField("hết lúc", null=True, blank=True)
    last_seen_at = models.DateTimeField("thấy lần cuối", default=timezone.now)
    count = models.PositiveIntegerField("số lần", default=1)
    # What stands still meanwhile: a channel of OutboundMessage, "all", or nothing.
    channel = models.CharField("kênh tạm dừng", max_length=16, blank=True)
    next_probe_at = models.DateTimeField("thử lại lúc", null=True, blank=True)
    detail = models.TextField("chi tiết", blank=True)

    class Meta:
        verbose_name = "sự cố"
        verbose_name_plural = "sự cố"
        constraints = [
            models.UniqueConstraint(
                fields=["cause"], condition=Q(closed_at__isnull=True), name="incident_is_open_once_per_cause"
            ),
        ]

    def __str__(self) -> str:
        return self.cause


class NoticeTemplate(models.Model):
    """Which approved Zalo template carries which kind of notice when the chat window is closed."""

    kind = models.CharField("loại tin", max_length=40)
    channel = models.CharField(
        "kênh",
        max_length=16,
        choices=[c for c in OutboundMessage.Channel.choices if c[0] != OutboundMessage.Channel.CHAT],
    )
    template_id = models.CharField("mã mẫu tin", max_length=32)
    # [{"name": "customer_name", "value": "name", "max_length": 30, "type": "text"}]: our parameter → the template's.
    parameters = models.JSONField("tham số", default=list, blank=True)
    is_enabled = models.BooleanField("đang dùng", default=True)

    class Meta:
        verbose_name = "mẫu tin"
        verbose_name_plural = "mẫu tin"
        constraints = [
            models.UniqueConstraint(fields=["kind", "channel"], name="notice_has_one_template_per_channel"),
        ]

    def __str__(self) -> str:
        return f"{names.kind_title(self.kind)} · {self.template_id}"


class MessagePrice(models.Model):
    """What one message costs in đồng from a day on. People enter it: Zalo shows prices per template, bills by month."""

    channel = models.CharField("kênh", max_length=16, choices=OutboundMessage.Channel)
    kind = models.CharField(
        "loại tin", max_length=40, blank=True, help_text="Để trống: mọi loại tin của kênh này chưa có giá riêng."
    )
    dong = models.PositiveIntegerField("giá một tin (đồng)")
    valid_from = models.DateField("áp dụng từ ngày")
    is_certain = models.BooleanField(
        "đã đối chiếu", default=False, help_text="Đánh dấu khi giá đã khớp với hóa đơn hoặc bảng giá của Zalo."
    )
    source = models.CharField("căn cứ", max_length=200, blank=True)

    class Meta:
        verbose_name = "giá tin nhắn"
        verbose_name_plural = "giá tin nhắn"
        ordering = ["channel", "kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "kind", "valid_from"],
                name="message_price_is_one_per_day",
                violation_error_message="Giá của kênh và loại tin này từ ngày ấy đã có.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.dong} đ"


class Remembered(models.Model):
    """Small facts learnt from Zalo's answers (button shape refused, quota left) that outlive a restart."""

    key = models.CharField("điều nhớ", max_length=64, unique=True)
    value = models.JSONField("giá trị", default=dict)
    noted_at = models.DateTimeField("ghi lúc", default=timezone.now)

    class Meta:
        verbose_name = "điều đã biết về Zalo"
        verbose_name_plural = "điều đã biết về Zalo"
