"""What people ask about their own data, with the law's two clocks (Nghị định 356/2025/NĐ-CP Điều 5)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from registrations.models.people import Citizen


class DataRequest(models.Model):
    """A request to withdraw consent, delete, see or correct: to be answered and done by a day."""

    class Kind(models.TextChoices):
        WITHDRAW = "withdraw", "Rút lại đồng ý"
        DELETE = "delete", "Xóa dữ liệu"
        SEE = "see", "Xem dữ liệu"
        CORRECT = "correct", "Sửa dữ liệu"
        WRONG_PERSON = "wrong_person", "Nhắn nhầm người"

    class Channel(models.TextChoices):
        CHAT = "chat", "Nhắn Zalo"
        ZALO = "zalo", "Cài đặt Zalo"
        STAFF = "staff", "Qua cán bộ"
        WEB = "web", "Trang lịch hẹn"

    kind = models.CharField("yêu cầu", max_length=12, choices=Kind)
    channel = models.CharField("qua", max_length=5, choices=Channel)
    citizen = models.ForeignKey(
        Citizen, models.SET_NULL, null=True, blank=True, related_name="data_requests", verbose_name="người dân"
    )
    contact = models.ForeignKey(
        "zalo_bridge.Contact", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="Zalo"
    )
    received_at = models.DateTimeField("nhận lúc", default=timezone.now)
    answer_due_on = models.DateField("trả lời trước hết ngày")
    done_due_on = models.DateField("thực hiện trước hết ngày")
    answered_at = models.DateTimeField("đã trả lời lúc", null=True, blank=True)
    done_at = models.DateTimeField("xong lúc", null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="người làm"
    )
    # What was asked, in the person's words.
    note = models.CharField("nội dung yêu cầu", max_length=300, blank=True)
    is_refused = models.BooleanField("từ chối", default=False)
    extended_because = models.CharField("gia hạn vì", max_length=300, blank=True)
    # What staff did, oldest first: {"at", "by", "did", "words", "told"}. Proof that the person was answered in time.
    steps = models.JSONField("đã làm", default=list, blank=True)

    class Meta:
        verbose_name = "yêu cầu về dữ liệu cá nhân"
        verbose_name_plural = "yêu cầu về dữ liệu cá nhân"
        ordering = ["done_due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_due_on__gte=models.F("answer_due_on")),
                name="data_request_is_answered_before_done",
                violation_error_message="Hạn thực hiện không được trước hạn trả lời.",
            ),
            models.CheckConstraint(
                condition=Q(is_refused=False) | Q(done_at__isnull=False),
                name="data_request_refused_is_closed",
                violation_error_message="Yêu cầu bị từ chối phải được đóng.",
            ),
        ]
        indexes = [
            # What is still to do, most urgent first.
            models.Index(fields=["done_due_on"], name="data_request_open", condition=Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.received_at):%d/%m/%Y}"

    @property
    def answer_is_late(self) -> bool:
        return self.answered_at is None and self.done_at is None and self.answer_due_on < timezone.localdate()

    @property
    def is_late(self) -> bool:
        return self.done_at is None and self.done_due_on < timezone.localdate()
