"""How staff like to work: rules of the office, saved views, columns, exports."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone


def _within(least: int, most: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(least), MaxValueValidator(most)]


class WorkRules(models.Model):
    """The office's targets and habits, one row. Minutes are working minutes unless the name says otherwise."""

    call_within_minutes = models.PositiveSmallIntegerField(
        "gọi xác minh trong (phút làm việc)", default=120, validators=_within(5, 4800)
    )
    warn_before_minutes = models.PositiveSmallIntegerField(
        "báo trước khi trễ (phút)", default=30, validators=_within(1, 600)
    )
    assign_before_hours = models.PositiveSmallIntegerField(
        "phân công trước giờ hẹn (giờ)", default=16, validators=_within(1, 240)
    )
    visit_within_days = models.PositiveSmallIntegerField(
        "đến nhà trong (ngày làm việc)", default=7, validators=_within(1, 60)
    )
    warn_before_hours = models.PositiveSmallIntegerField(
        "báo trước các hạn dài (giờ)",
        default=8,
        validators=_within(1, 120),
        help_text="Cho các hạn phân công, đến nhà và bổ sung; hạn gọi báo trước theo phút.",
    )
    needs_info_days = models.PositiveSmallIntegerField(
        "chờ người dân bổ sung (ngày làm việc)", default=3, validators=_within(1, 30)
    )
    calls_before_message = models.PositiveSmallIntegerField(
        "số lần gọi không gặp thì nhắn tin", default=3, validators=_within(1, 10)
    )
    call_again_minutes = models.PositiveSmallIntegerField(
        "gọi lại sau (phút làm việc)", default=60, validators=_within(5, 960)
    )
    close_unreachable_days = models.PositiveSmallIntegerField(
        "đóng sau khi nhắn mà không gặp (ngày làm việc)", default=1, validators=_within(1, 30)
    )
    lock_minutes = models.PositiveSmallIntegerField("giữ hồ sơ đang mở (phút)", default=5, validators=_within(1, 60))
    export_in_background_over = models.PositiveIntegerField("xuất nền khi quá (dòng)", default=2000)

    class Meta:
        verbose_name = "quy định làm việc"
        verbose_name_plural = "quy định làm việc"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="work_rules_are_one_row"),
        ]

    def __str__(self) -> str:
        return "Quy định làm việc"

    @classmethod
    def current(cls) -> "WorkRules":
        """The saved rules, or the defaults where nobody has saved any."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class SavedView(models.Model):
    """A tab, filters and order somebody wants back with one click."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name="cán bộ"
    )
    name = models.CharField("tên", max_length=60)
    query = models.CharField("bộ lọc", max_length=1000)
    created_at = models.DateTimeField("tạo lúc", default=timezone.now)

    class Meta:
        verbose_name = "danh sách đã lưu"
        verbose_name_plural = "danh sách đã lưu"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="saved_view_name_is_used_once",
                violation_error_message="Anh/chị đã có danh sách tên này.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DeskPreference(models.Model):
    """What one person wants to see and hear at the queue."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="desk", verbose_name="cán bộ")
    columns = models.JSONField("cột", default=list, blank=True)
    rings = models.BooleanField("kêu khi có hồ sơ mới", default=False)

    class Meta:
        verbose_name = "tùy chọn bàn làm việc"
        verbose_name_plural = "tùy chọn bàn làm việc"

    def __str__(self) -> str:
        return f"#{self.user_id}"


class Export(models.Model):
    """A list being written to a file in the background."""

    class State(models.TextChoices):
        WAITING = "waiting", "Đang chờ"
        WRITING = "writing", "Đang ghi"
        READY = "ready", "Xong"
        FAILED = "failed", "Lỗi"

    class Format(models.TextChoices):
        XLSX = "xlsx", "XLSX"
        CSV = "csv", "CSV"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports", verbose_name="cán bộ")
    query = models.TextField("bộ lọc", blank=True)
    format = models.CharField("định dạng", max_length=4, choices=Format)
    state = models.CharField("tình trạng", max_length=8, choices=State, default=State.WAITING)
    rows_total = models.PositiveIntegerField("tổng số dòng", default=0)
    rows_done = models.PositiveIntegerField("đã ghi", default=0)
    file = models.FileField("tệp", upload_to="xuat/%Y/%m/", blank=True)
    created_at = models.DateTimeField("tạo lúc", default=timezone.now)
    # By the worker that has it now; one that does not finish in its time is dead, and another takes over.
    started_at = models.DateTimeField("bắt đầu ghi lúc", null=True, blank=True)
    finished_at = models.DateTimeField("xong lúc", null=True, blank=True)

    class Meta:
        verbose_name = "tệp xuất"
        verbose_name_plural = "tệp xuất"

    def __str__(self) -> str:
        return f"{self.get_format_display()} #{self.pk}"
