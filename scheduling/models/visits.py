"""Booked places, who goes, changes made on the board, and who waits for a place."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from scheduling.models.office import Slot
from scheduling.models.people import StaffMember, Ward

# Which assignments count when nobody may be in two places. The exclusion constraint, the services and the oracle of the
# tests all use this one; a test compares it with the constraint in the database.
LIVE = Q(is_active=True)
# How the request of a visit stands once the visit is over, by the names registrations gives its states.
OVER = ("completed", "no_show")


class Appointment(models.Model):
    """A booked place in a slot: a visit at a ward, so long, for a field of work."""

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="appointments", verbose_name="khung giờ")
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="appointments", verbose_name="phường")
    field = models.ForeignKey(
        "procedures.Field", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lĩnh vực"
    )
    starts_at = models.DateTimeField("bắt đầu")
    ends_at = models.DateTimeField("kết thúc")
    # A long visit keeps a person busy past the end of its slot: it holds a place in these following slots too.
    also_holds = ArrayField(models.BigIntegerField(), verbose_name="giữ thêm khung giờ", default=list, blank=True)
    # Whether the place came from those kept for staff; freed as it was taken.
    is_by_staff = models.BooleanField("cán bộ đặt", default=False)
    is_live = models.BooleanField("còn hiệu lực", default=True)
    created_at = models.DateTimeField("đặt lúc", default=timezone.now)
    released_at = models.DateTimeField("trả chỗ lúc", null=True, blank=True)
    # Bumped on every move or cancellation; calendar feeds send it as SEQUENCE.
    sequence = models.PositiveIntegerField("lần đổi", default=0)
    is_time_pinned = models.BooleanField("giờ đã hẹn chắc", default=False)

    class Meta:
        verbose_name = "lịch hẹn"
        verbose_name_plural = "lịch hẹn"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="appointment_ends_after_it_starts",
                violation_error_message="Giờ kết thúc phải sau giờ bắt đầu.",
            ),
            models.CheckConstraint(
                condition=Q(is_live=True, released_at__isnull=True) | Q(is_live=False, released_at__isnull=False),
                name="appointment_released_has_a_time",
            ),
        ]
        indexes = [
            # The day board and the planner: live visits of a day.
            models.Index(fields=["starts_at"], name="appointment_live_by_time", condition=Q(is_live=True)),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%H:%M %d/%m/%Y}"


class Assignment(models.Model):
    """Who goes. Rows are never edited into another person: a change ends this row and adds one."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="assignments", verbose_name="lịch hẹn")
    staff = models.ForeignKey(StaffMember, models.PROTECT, related_name="assignments", verbose_name="cán bộ")
    # Half-open [start, end): the visit and the shortest way to another door. What a longer way needs on top is checked
    # by the service, which holds the person's row.
    period = DateTimeRangeField("thời gian giữ")
    is_active = models.BooleanField("đang hiệu lực", default=True)
    is_lead = models.BooleanField("người chính", default=True)
    is_pinned = models.BooleanField("giữ người này", default=False)
    reason = models.CharField("vì sao chọn", max_length=300, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người phân công",
    )
    assigned_at = models.DateTimeField("phân công lúc", default=timezone.now)
    ended_at = models.DateTimeField("thôi lúc", null=True, blank=True)
    end_reason = models.CharField("vì sao thôi", max_length=300, blank=True)

    class Meta:
        verbose_name = "phân công"
        verbose_name_plural = "phân công"
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], condition=LIVE & Q(is_lead=True), name="appointment_has_one_active_lead"
            ),
            models.UniqueConstraint(fields=["appointment", "staff"], condition=LIVE, name="person_is_on_a_visit_once"),
            ExclusionConstraint(
                name="nobody_is_in_two_places",
                expressions=[("staff", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=LIVE,
                violation_error_message="Cán bộ đã có lịch trùng giờ này.",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, ended_at__isnull=True) | Q(is_active=False, ended_at__isnull=False),
                name="assignment_ended_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} · {self.appointment}"


class BoardChange(models.Model):
    """A change made on the board, kept so that it can be taken back before the citizen is told."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="board_changes", verbose_name="lịch hẹn")
    from_staff = models.ForeignKey(StaffMember, models.PROTECT, null=True, related_name="+", verbose_name="từ cán bộ")
    to_staff = models.ForeignKey(StaffMember, models.PROTECT, null=True, related_name="+", verbose_name="sang cán bộ")
    from_slot = models.ForeignKey(Slot, models.PROTECT, related_name="+", verbose_name="từ giờ")
    to_slot = models.ForeignKey(Slot, models.PROTECT, related_name="+", verbose_name="sang giờ")
    reason = models.CharField("lý do", max_length=300, blank=True)
    # What whoever carried it out wants to know when it is taken back; opaque here, nothing personal.
    memo = models.JSONField("ghi nhớ", default=dict, blank=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người đổi")
    at = models.DateTimeField("lúc", default=timezone.now)
    undone_at = models.DateTimeField("lấy lại lúc", null=True, blank=True)

    class Meta:
        verbose_name = "thay đổi trên bảng lịch"
        verbose_name_plural = "thay đổi trên bảng lịch"

    def __str__(self) -> str:
        return f"{self.appointment} · {self.by}"


class WaitingPlace(models.Model):
    """Someone who would take a time that gets free, in the order they asked."""

    class State(models.TextChoices):
        WAITING = "waiting", "Đang chờ"
        OFFERED = "offered", "Đã mời"
        TAKEN = "taken", "Đã nhận"
        LEFT = "left", "Thôi chờ"

    # What it is for, in the words of whoever asked (a registration's code). One open wait each.
    subject = models.CharField("cho", max_length=60)
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="+", verbose_name="phường, xã")
    field = models.ForeignKey(
        "procedures.Field", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lĩnh vực"
    )
    minutes = models.PositiveSmallIntegerField("số phút", default=45)
    from_day = models.DateField("từ ngày")
    to_day = models.DateField("đến ngày")
    part = models.CharField(
        "buổi", max_length=10, blank=True, choices=[("morning", "Sáng"), ("afternoon", "Chiều")], default=""
    )
    state = models.CharField("tình trạng", max_length=8, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField("xin chờ lúc", default=timezone.now)
    # The offered place is really booked for them meanwhile; it is released when the offer lapses.
    offer = models.OneToOneField(
        Appointment, models.SET_NULL, null=True, blank=True, related_name="offered_to", verbose_name="chỗ đang mời"
    )
    offer_ends_at = models.DateTimeField("mời đến", null=True, blank=True)
    offers_missed = models.PositiveSmallIntegerField("số lần lỡ", default=0)
    # Slots they were offered and let lapse: nobody is asked twice about the same place.
    missed_slots = ArrayField(models.BigIntegerField(), verbose_name="khung giờ đã lỡ", default=list, blank=True)

    class Meta:
        verbose_name = "chờ giờ trống"
        verbose_name_plural = "chờ giờ trống"
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_day__gte=F("from_day")),
                name="wait_ends_after_it_starts",
                violation_error_message="Ngày cuối phải từ ngày đầu trở đi.",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offer__isnull=False, offer_ends_at__isnull=False),
                name="wait_offered_holds_a_place",
            ),
            models.UniqueConstraint(
                fields=["subject"], condition=Q(state__in=["waiting", "offered"]), name="wait_is_asked_for_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} · {self.from_day:%d/%m}–{self.to_day:%d/%m}"
