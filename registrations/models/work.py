"""The work around a request: calls, the checklist, who is on it, who follows it, who looked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from registrations.models.requests import Registration


class ContactAttempt(models.Model):
    """A call made to a citizen, or a call still owed because no message could reach them."""

    class Outcome(models.TextChoices):
        OWED = "owed", "Cần gọi"
        REACHED = "reached", "Gặp được"
        NO_ANSWER = "no_answer", "Không nghe máy"
        BUSY = "busy", "Máy bận"
        WRONG_NUMBER = "wrong_number", "Sai số"
        CALL_LATER = "call_later", "Hẹn gọi lại"

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="calls", verbose_name="hồ sơ")
    outcome = models.CharField("kết quả", max_length=12, choices=Outcome)
    note = models.CharField("ghi chú", max_length=500, blank=True)
    # For calls owed: the notice that could not be delivered, so that one notice makes one call task.
    notice_key = models.CharField("thay cho tin", max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cán bộ"
    )
    at = models.DateTimeField("lúc", default=timezone.now)
    call_again_at = models.DateTimeField("gọi lại lúc", null=True, blank=True)

    class Meta:
        verbose_name = "cuộc gọi"
        verbose_name_plural = "cuộc gọi"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice_key"], condition=~Q(notice_key=""), name="call_is_owed_once_per_notice"
            ),
        ]
        indexes = [
            models.Index(fields=["registration", "at"], name="call_timeline"),  # the timeline
            models.Index(fields=["at"], name="call_owed", condition=Q(outcome="owed")),  # the call queue
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class Checklist(models.Model):
    """What was checked in the call before a visit is promised. Null: not asked yet."""

    registration = models.OneToOneField(Registration, models.CASCADE, related_name="checklist", verbose_name="hồ sơ")
    is_right_person = models.BooleanField("đúng người đăng ký", null=True, blank=True)
    is_right_procedure = models.BooleanField("đúng thủ tục", null=True, blank=True)
    has_device = models.BooleanField("có điện thoại hoặc máy tính", null=True, blank=True)
    has_internet = models.BooleanField("có mạng ở nhà", null=True, blank=True)
    is_address_found = models.BooleanField("tìm được địa chỉ", null=True, blank=True)
    is_time_good = models.BooleanField("giờ hẹn vẫn tiện", null=True, blank=True)
    papers_ready = models.JSONField("giấy tờ đã có", default=list, blank=True)  # texts of the papers the citizen has
    # Texts of the papers whoever went there has held in hand; a visit at another time starts afresh.
    papers_seen = models.JSONField("giấy tờ đã kiểm tại nhà", default=list, blank=True)
    note = models.CharField("dặn người đi", max_length=500, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cán bộ"
    )
    updated_at = models.DateTimeField("lúc", default=timezone.now)

    LABELS = {
        "is_right_person": "Đúng người đăng ký",
        "is_right_procedure": "Đúng thủ tục cần làm",
        "is_address_found": "Địa chỉ tìm được",
        "is_time_good": "Giờ hẹn vẫn tiện",
        "has_device": "Có điện thoại thông minh hoặc máy tính",
        "has_internet": "Có mạng ở nhà",
    }

    class Meta:
        verbose_name = "phiếu xác minh"
        verbose_name_plural = "phiếu xác minh"

    def __str__(self) -> str:
        return f"Phiếu xác minh {self.registration_id}"


class PersonalDataView(models.Model):
    """Who looked at a phone number or a full address, and when."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="looks", verbose_name="hồ sơ")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="cán bộ")
    what = models.CharField("đã xem", max_length=40)
    at = models.DateTimeField("lúc", default=timezone.now)

    class Meta:
        verbose_name = "lượt xem dữ liệu cá nhân"
        verbose_name_plural = "lượt xem dữ liệu cá nhân"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["registration", "at"], name="look_timeline")]  # the timeline

    def __str__(self) -> str:
        return f"{self.what} #{self.registration_id}"


class CaseLock(models.Model):
    """Who has a request open to work on it. A courtesy, not a wall: it fades after minutes without a sign of life."""

    registration = models.OneToOneField(Registration, models.CASCADE, related_name="lock", verbose_name="hồ sơ")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="cán bộ")
    since = models.DateTimeField("từ lúc", default=timezone.now)
    seen_at = models.DateTimeField("còn mở lúc", default=timezone.now)

    class Meta:
        verbose_name = "đang xử lý"
        verbose_name_plural = "đang xử lý"

    def __str__(self) -> str:
        return f"#{self.registration_id}"


class Follow(models.Model):
    """A member of staff wants to hear what happens to a request."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="follows", verbose_name="hồ sơ")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows", verbose_name="cán bộ")
    since = models.DateTimeField("từ lúc", default=timezone.now)

    class Meta:
        verbose_name = "theo dõi"
        verbose_name_plural = "theo dõi"
        constraints = [models.UniqueConstraint(fields=["registration", "user"], name="follow_is_once_per_person")]

    def __str__(self) -> str:
        return f"#{self.registration_id}"


class Notification(models.Model):
    """A word to a member of staff inside this system: mentioned, or something they follow has moved."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", verbose_name="cán bộ"
    )
    registration = models.ForeignKey(
        Registration, models.CASCADE, null=True, blank=True, related_name="notifications", verbose_name="hồ sơ"
    )
    text = models.CharField("nội dung", max_length=300)
    # What it warns of, where that may be settled without this person; then it no longer asks to be read.
    warns_of = models.CharField("báo động về", max_length=20, blank=True)
    at = models.DateTimeField("lúc", default=timezone.now)
    read_at = models.DateTimeField("đã xem lúc", null=True, blank=True)

    class Meta:
        verbose_name = "thông báo"
        verbose_name_plural = "thông báo"
        indexes = [
            # "Thông báo của tôi" and the number beside it.
            models.Index(fields=["user", "-at"], name="notification_trail"),
            models.Index(fields=["user"], name="notification_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.text


class Receipt(models.Model):
    """A form already acted on: a second tap, or a phone that sends again when the signal returns, finds it here."""

    key = models.CharField("khóa", max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="cán bộ")
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="+", verbose_name="hồ sơ")
    sentence = models.CharField("đã làm", max_length=300)
    at = models.DateTimeField("lúc", default=timezone.now)
    # When the button was pressed, where the phone had no signal and sent it later.
    pressed_at = models.DateTimeField("bấm lúc", null=True, blank=True)
    # How the request stood before and after, so that whoever acted can take it back (see undo.py). No personal data.
    before = models.JSONField("trước đó", null=True, blank=True)
    after = models.JSONField("sau đó", null=True, blank=True)
    undone_at = models.DateTimeField("hoàn tác lúc", null=True, blank=True)

    class Meta:
        verbose_name = "lần gửi đã xử lý"
        verbose_name_plural = "lần gửi đã xử lý"

    def __str__(self) -> str:
        return self.key
