"""Wards, hours, closures, slots, staff, absences, appointments, assignments: who can be where, when."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

# Which assignments count when nobody may be in two places. The exclusion constraint, the services and the oracle of the
# tests all use this one; a test compares it with the constraint in the database.
LIVE = Q(is_active=True)


class Ward(models.Model):
    """A commune-level unit while it existed. A code is reused after a merger, so the key is code + valid_from."""

    code = models.CharField("mã", max_length=10)
    name = models.CharField("tên", max_length=100)  # with its kind: "Phường Bắc Nha Trang"
    short_name = models.CharField("tên gọn", max_length=100)
    kind = models.CharField("loại", max_length=20)  # Phường, Xã, Thị trấn, Đặc khu
    district = models.CharField("quận/huyện cũ", max_length=100, blank=True)
    province = models.CharField("tỉnh", max_length=100, blank=True)
    valid_from = models.DateField("từ ngày", null=True, blank=True)  # null: before the earliest period we know
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)  # null: today's unit
    is_served = models.BooleanField("thuộc địa bàn", default=False)
    successors = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="predecessors", verbose_name="nay là"
    )
    neighbours = models.ManyToManyField("self", symmetrical=True, blank=True, verbose_name="giáp ranh")
    note = models.TextField("ghi chú", blank=True)

    class Meta:
        verbose_name = "phường, xã"
        verbose_name_plural = "phường, xã"
        ordering = ["name", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"], nulls_distinct=False, name="ward_is_one_per_code_and_start"
            ),
            models.CheckConstraint(
                condition=Q(is_served=False) | Q(valid_to__isnull=True),
                name="ward_served_exists_today",
                violation_error_message="Chỉ phường, xã hiện nay mới thuộc địa bàn phục vụ.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


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


class StaffMember(models.Model):
    """A person who can be sent. The user signs in; wards and fields say what they cover."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="staff_member", verbose_name="tài khoản"
    )
    name = models.CharField("họ tên", max_length=150)
    title = models.CharField("xưng hô", max_length=10, blank=True)  # anh, chị
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    wards = models.ManyToManyField(
        Ward, blank=True, related_name="staff", verbose_name="địa bàn", help_text="Để trống: đi được mọi phường, xã."
    )
    fields = models.ManyToManyField(
        "procedures.Field",
        blank=True,
        related_name="staff",
        verbose_name="lĩnh vực",
        help_text="Để trống: mọi lĩnh vực.",
    )
    is_active = models.BooleanField("đang làm", default=True)

    class Meta:
        verbose_name = "cán bộ"
        verbose_name_plural = "cán bộ"

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """How colleagues speak of this person: "chị Lan", or just "Lan" where the title is not known."""
        return f"{self.title} {self.given_name}".strip()

    @property
    def given_name(self) -> str:
        """The last word, by which people are called and sorted here."""
        return self.name.split()[-1] if self.name else ""


class Absence(models.Model):
    """A stretch in which a staff member cannot be sent."""

    class Reason(models.TextChoices):
        LEAVE = "leave", "Nghỉ phép"
        SICK = "sick", "Nghỉ ốm"
        TRAINING = "training", "Tập huấn"
        OTHER_WORK = "other_work", "Việc khác"

    staff = models.ForeignKey(StaffMember, models.CASCADE, related_name="absences", verbose_name="cán bộ")
    period = DateTimeRangeField("thời gian")
    reason = models.CharField("lý do", max_length=12, choices=Reason, default=Reason.LEAVE)
    note = models.CharField("ghi chú", max_length=200, blank=True)
    # Rows entered at once as a repeat ("mỗi thứ Ba") share it, so that they can be taken back at once.
    series = models.UUIDField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="người nhập"
    )

    class Meta:
        verbose_name = "vắng mặt"
        verbose_name_plural = "vắng mặt"
        constraints = [
            ExclusionConstraint(
                name="absence_of_one_person_does_not_overlap",
                expressions=[("staff", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message="Cán bộ đã có một lần vắng mặt trùng thời gian này.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} · {self.get_reason_display()}"


class TravelTime(models.Model):
    """Minutes to allow between two visits, by how the wards lie."""

    class Distance(models.TextChoices):
        SAME = "same", "Cùng phường"
        NEIGHBOUR = "neighbour", "Phường giáp ranh"
        FAR = "far", "Phường xa"

    distance = models.CharField("khoảng cách", max_length=10, choices=Distance, unique=True)
    minutes = models.PositiveSmallIntegerField("phút đi đường")

    class Meta:
        verbose_name = "thời gian đi đường"
        verbose_name_plural = "thời gian đi đường"

    def __str__(self) -> str:
        return f"{self.get_distance_display()}: {self.minutes} phút"


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
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người đổi")
    at = models.DateTimeField("lúc", default=timezone.now)
    undone_at = models.DateTimeField("lấy lại lúc", null=True, blank=True)

    class Meta:
        verbose_name = "thay đổi trên bảng lịch"
        verbose_name_plural = "thay đổi trên bảng lịch"

    def __str__(self) -> str:
        return f"{self.appointment} · {self.by}"


class CalendarFeed(models.Model):
    """A secret address under which a person's calendar program reads their visits. Only a hash of it is kept."""

    staff = models.ForeignKey(StaffMember, models.CASCADE, related_name="feeds", verbose_name="cán bộ")
    token_sha256 = models.CharField("mã băm", max_length=64, unique=True)
    created_at = models.DateTimeField("tạo lúc", default=timezone.now)
    last_read_at = models.DateTimeField("đọc lần cuối", null=True, blank=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)

    class Meta:
        verbose_name = "lịch đăng ký trên điện thoại"
        verbose_name_plural = "lịch đăng ký trên điện thoại"

    def __str__(self) -> str:
        return f"{self.staff} · {self.created_at:%d/%m/%Y}"


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
