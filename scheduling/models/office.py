"""When the office works and which times it offers."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class WorkingHours(models.Model):
    """One opening stretch of one weekday (morning and afternoon are two rows), valid for a while."""

    class Weekday(models.IntegerChoices):
        MONDAY = 1, "Thứ Hai"
        TUESDAY = 2, "Thứ Ba"
        WEDNESDAY = 3, "Thứ Tư"
        THURSDAY = 4, "Thứ Năm"
        FRIDAY = 5, "Thứ Sáu"
        SATURDAY = 6, "Thứ Bảy"
        SUNDAY = 7, "Chủ nhật"

    weekday = models.PositiveSmallIntegerField("thứ", choices=Weekday)
    opens_at = models.TimeField("mở")
    closes_at = models.TimeField("đóng")
    valid_from = models.DateField("áp dụng từ")
    valid_to = models.DateField("đến hết", null=True, blank=True)

    class Meta:
        verbose_name = "giờ làm việc"
        verbose_name_plural = "giờ làm việc"
        ordering = ["weekday", "opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="working_hours_close_after_they_open",
                violation_error_message="Giờ đóng phải sau giờ mở.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class BookingRules(models.Model):
    """How far ahead times are offered, how long a slot is, what is kept for staff. One row, edited in the admin."""

    horizon_days = models.PositiveSmallIntegerField(
        "mở lịch trước (ngày làm việc)", default=14, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    slot_minutes = models.PositiveSmallIntegerField(
        "độ dài một khung giờ (phút)", default=60, validators=[MinValueValidator(15), MaxValueValidator(240)]
    )
    reserved_places = models.PositiveSmallIntegerField(
        "số chỗ dành cho cán bộ", default=1, help_text="Mỗi khung giờ giữ lại bấy nhiêu chỗ để cán bộ tự xếp."
    )
    soonest_minutes = models.PositiveSmallIntegerField(
        "người dân đặt sớm nhất sau (phút làm việc)", default=120, help_text="120 phút là hai giờ làm việc."
    )
    latest_days = models.PositiveSmallIntegerField("người dân đặt xa nhất (ngày làm việc)", default=14)
    late_after_minutes = models.PositiveSmallIntegerField(
        "báo lãnh đạo khi chưa đến nơi sau (phút)",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        help_text="Tính từ giờ hẹn, hoặc từ giờ dự kiến đến mà người đi đã báo.",
    )

    class Meta:
        verbose_name = "quy tắc đặt lịch"
        verbose_name_plural = "quy tắc đặt lịch"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="booking_rules_are_one_row")]

    def __str__(self) -> str:
        return "Quy tắc đặt lịch"


class Closure(models.Model):
    """A day unlike its weekday: off (holiday, Tết, ad hoc) or worked (make-up Saturday). Proposed until confirmed."""

    class Kind(models.TextChoices):
        OFF = "off", "Nghỉ"
        WORK = "work", "Làm bù"

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Dự kiến"
        CONFIRMED = "confirmed", "Đã chốt"
        DISMISSED = "dismissed", "Không áp dụng"

    date = models.DateField("ngày")
    kind = models.CharField("loại", max_length=4, choices=Kind, default=Kind.OFF)
    # Null times: the whole day. Otherwise only that stretch is closed.
    starts_at = models.TimeField("từ giờ", null=True, blank=True)
    ends_at = models.TimeField("đến giờ", null=True, blank=True)
    name = models.CharField("lý do", max_length=200)
    source = models.CharField("căn cứ", max_length=200, blank=True)
    status = models.CharField("tình trạng", max_length=10, choices=Status, default=Status.CONFIRMED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="người chốt"
    )
    decided_at = models.DateTimeField("chốt lúc", null=True, blank=True)

    class Meta:
        verbose_name = "ngày nghỉ, ngày làm bù"
        verbose_name_plural = "ngày nghỉ, ngày làm bù"
        ordering = ["date", "starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["date", "kind", "starts_at"],
                nulls_distinct=False,
                name="closure_is_entered_once",
                violation_error_message="Ngày này đã được nhập.",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="closure_ends_after_it_starts",
                violation_error_message="Giờ kết thúc phải sau giờ bắt đầu.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.name}"


class Slot(models.Model):
    """A start time citizens can choose, with so many places. `booked` is moved only by guarded updates."""

    starts_at = models.DateTimeField("bắt đầu", unique=True)
    ends_at = models.DateTimeField("kết thúc")
    capacity = models.PositiveSmallIntegerField("số chỗ", default=0)
    # Of `capacity`, so many are kept for bookings staff make (phone, counter, moves).
    reserved = models.PositiveSmallIntegerField("dành cho cán bộ", default=0)
    booked = models.PositiveSmallIntegerField("đã đặt", default=0)
    # Of `booked`, so many were made by staff: they use up the reserve first.
    booked_by_staff = models.PositiveSmallIntegerField("cán bộ đặt", default=0)
    is_open = models.BooleanField("đang mở", default=True)
    is_set_by_hand = models.BooleanField(
        "chỉnh tay", default=False, help_text="Máy không tự đổi số chỗ và không tự đóng mở khung giờ này."
    )

    class Meta:
        verbose_name = "khung giờ"
        verbose_name_plural = "khung giờ"
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(booked__gte=0) & Q(booked__lte=F("capacity")),
                name="slot_is_never_booked_past_capacity",
                violation_error_message="Khung giờ này đã hết chỗ.",
            ),
            models.CheckConstraint(
                condition=Q(booked_by_staff__lte=F("booked")),
                name="slot_places_taken_by_staff_are_booked",
            ),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("capacity")),
                name="slot_reserve_fits_capacity",
                violation_error_message="Số chỗ dành cho cán bộ không được quá số chỗ.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="slot_ends_after_it_starts",
                violation_error_message="Giờ kết thúc phải sau giờ bắt đầu.",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%H:%M %d/%m/%Y}"
