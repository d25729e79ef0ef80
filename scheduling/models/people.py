"""Where citizens live, who can be sent there, and when they cannot."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone


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
    # A place on the sketch of the served area: hexagons in rows, columns counted in half cells, so that wards that
    # touch can touch on the sketch too. Null: below the placed ones.
    sketch_row = models.PositiveSmallIntegerField(
        "hàng trên sơ đồ", null=True, blank=True, help_text="0 là hàng trên cùng (phía bắc)."
    )
    sketch_column = models.PositiveSmallIntegerField(
        "cột trên sơ đồ",
        null=True,
        blank=True,
        help_text="Tính bằng nửa ô, 0 là bên trái (phía tây). Hai ô sát nhau trong một hàng cách nhau 2.",
    )
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
