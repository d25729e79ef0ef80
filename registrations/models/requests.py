"""A request for a visit and what happened to it."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from registrations.models.people import Citizen
from registrations.states import CLOSED_STATES, State


class Registration(models.Model):
    """One request for a visit."""

    class Channel(models.TextChoices):
        ZALO = "zalo", "Zalo"
        PHONE = "phone", "Điện thoại"
        COUNTER = "counter", "Tại quầy"

    code = models.CharField("mã đăng ký", max_length=12, unique=True)
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="registrations", verbose_name="người dân")
    procedure = models.ForeignKey(
        "procedures.Procedure",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name="thủ tục",
    )
    procedure_version = models.PositiveIntegerField("bản thủ tục", null=True, blank=True)
    words = models.CharField("lời người dân", max_length=500, blank=True)  # as typed
    appointment = models.OneToOneField(
        "scheduling.Appointment",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="registration",
        verbose_name="lịch hẹn",
    )
    # Where the visit goes; may differ from the citizen's own address (a parent's house).
    address_line = models.CharField("nơi hẹn", max_length=300, blank=True)
    ward = models.ForeignKey(
        "scheduling.Ward",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name="phường, xã",
    )
    channel = models.CharField("nguồn", max_length=8, choices=Channel, default=Channel.ZALO)
    state = models.CharField("tình trạng", max_length=12, choices=State, default=State.SUBMITTED)
    state_changed_at = models.DateTimeField("đổi tình trạng lúc", default=timezone.now)
    state_reason = models.CharField("lý do", max_length=500, blank=True)  # what is missing, why refused, why cancelled
    # When staff must have called by; computed from office hours when the request comes in.
    call_due_at = models.DateTimeField("hạn gọi", null=True, blank=True)
    # Calls nobody answered since the last one that was; after so many (see WorkRules) a message goes out.
    missed_calls = models.PositiveSmallIntegerField("lần gọi không gặp", default=0)
    first_called_at = models.DateTimeField("gọi lần đầu lúc", null=True, blank=True)
    next_call_at = models.DateTimeField("gọi lại lúc", null=True, blank=True)
    # Set when the citizen was told by message that nobody could reach them by phone.
    unreachable_told_at = models.DateTimeField("đã nhắn không gọi được lúc", null=True, blank=True)
    set_off_at = models.DateTimeField("lên đường lúc", null=True, blank=True)
    # When whoever goes says to be there; empty: at the time of the visit.
    expected_at = models.DateTimeField("dự kiến đến lúc", null=True, blank=True)
    # When the managers were told that nobody had arrived in time; emptied when the miss no longer stands.
    missed_at = models.DateTimeField("báo chưa đến lúc", null=True, blank=True)
    arrived_at = models.DateTimeField("đến nơi lúc", null=True, blank=True)
    finished_at = models.DateTimeField("xong lúc", null=True, blank=True)
    dossier_number = models.CharField("mã hồ sơ trên cổng", max_length=60, blank=True)
    rating = models.PositiveSmallIntegerField("đánh giá", null=True, blank=True)
    rating_words = models.TextField("lời đánh giá", blank=True)
    rated_at = models.DateTimeField("đánh giá lúc", null=True, blank=True)
    time_wish = models.CharField("giờ mong muốn", max_length=200, blank=True)  # when no open time suited
    created_at = models.DateTimeField("đăng ký lúc", default=timezone.now)
    # Counts saved edits, so that the second of two people editing at once is told.
    version = models.PositiveIntegerField("lần sửa", default=1)
    # Everything the search box looks at, folded. Written by triggers (migration 0002), so it is right whoever writes.
    search_text = models.TextField("để tìm", blank=True, default="", editable=False)

    class Meta:
        verbose_name = "hồ sơ"
        verbose_name_plural = "hồ sơ"
        permissions = [
            ("see_personal_data", "Xem số điện thoại đầy đủ"),
            ("verify_registration", "Gọi, xác minh, từ chối hồ sơ"),
            ("assign_registration", "Phân công cán bộ"),
            ("work_on_own_visits", "Đi hỗ trợ và báo kết quả lịch của mình"),
            ("export_registration", "Xuất danh sách"),
            ("view_statistics", "Xem thống kê"),
            ("merge_citizen", "Gộp, tách người dân trùng"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=State.COMPLETED) | ~Q(dossier_number=""),
                name="registration_completed_has_a_dossier_number",
                violation_error_message="Hồ sơ đã nộp phải có mã hồ sơ trên cổng dịch vụ công.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.VERIFIED, State.ASSIGNED, State.IN_PROGRESS])
                | Q(procedure__isnull=False),
                name="registration_verified_has_a_procedure",
                violation_error_message="Cần chọn thủ tục trước khi xác minh.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.ASSIGNED, State.IN_PROGRESS]) | Q(appointment__isnull=False),
                name="registration_assigned_has_an_appointment",
                violation_error_message="Cần có giờ hẹn trước khi phân công.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.REJECTED, State.NEEDS_INFO, State.CANCELLED]) | ~Q(state_reason=""),
                name="registration_turned_away_has_a_reason",
                violation_error_message="Cần ghi rõ lý do.",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5),
                name="registration_rating_is_1_to_5",
                violation_error_message="Đánh giá từ 1 đến 5.",
            ),
        ]
        indexes = [
            # Each queue tab: one state, newest first, keyset pages.
            models.Index(fields=["state", "-created_at", "-id"], name="registration_queue"),
            # The tab "Tất cả".
            models.Index(fields=["-created_at", "-id"], name="registration_all"),
            # The call queue: who is due next.
            models.Index(fields=["call_due_at", "id"], name="registration_to_call", condition=Q(state="submitted")),
            # The number beside "Cần gọi", counted without touching the rows.
            models.Index(
                fields=["state", "next_call_at", "id"],
                name="registration_call_again",
                condition=Q(state__in=["submitted", "needs_info", "no_show"]),
            ),
            # The search box.
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="registration_search"),
            # Low ratings, and every rated visit of a period.
            models.Index(
                fields=["rating", "-created_at"], name="registration_by_rating", condition=Q(rating__isnull=False)
            ),
            # Statistics: the words of a period. Few of the rated wrote any.
            models.Index(fields=["rated_at"], name="registration_rated_words", condition=~Q(rating_words="")),
            # A citizen's other requests; filters by ward and procedure.
            models.Index(fields=["citizen", "-created_at"], name="registration_of_citizen"),
            models.Index(fields=["ward", "-created_at"], name="registration_by_ward"),
            models.Index(fields=["procedure", "-created_at"], name="registration_by_procedure"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED_STATES


class TransitionQuerySet(models.QuerySet["Transition"]):
    def that_stand(self) -> "TransitionQuerySet":
        """Steps that count: neither taken back nor the taking back itself."""
        return self.filter(undoes=None).exclude(pk__in=Transition.objects.filter(undoes__isnull=False).values("undoes"))


class Transition(models.Model):
    """One change of state: append-only."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="transitions", verbose_name="hồ sơ")
    from_state = models.CharField("từ", max_length=12, choices=State, blank=True)  # blank: the first
    to_state = models.CharField("sang", max_length=12, choices=State)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cán bộ"
    )
    actor_kind = models.CharField(
        "ai", max_length=8, choices=[("staff", "Cán bộ"), ("citizen", "Người dân"), ("system", "Hệ thống")]
    )
    reason = models.CharField("lý do", max_length=500, blank=True)
    at = models.DateTimeField("lúc", default=timezone.now)
    # The step this line takes back. Both stay in the history; neither counts as a step in the figures.
    undoes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_index=False, related_name="undone_by", verbose_name="hoàn tác"
    )

    objects = TransitionQuerySet.as_manager()

    class Meta:
        verbose_name = "chuyển tình trạng"
        verbose_name_plural = "chuyển tình trạng"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(actor_kind="staff", actor__isnull=False) | ~Q(actor_kind="staff"),
                name="transition_by_staff_names_the_person",
            ),
            # Also the index that finds the few lines taken back.
            models.UniqueConstraint(
                fields=["undoes"], condition=Q(undoes__isnull=False), name="transition_is_taken_back_once"
            ),
        ]
        indexes = [
            # The timeline of one request.
            models.Index(fields=["registration", "at"], name="transition_timeline"),
            # Statistics: what happened in a period.
            models.Index(fields=["to_state", "at"], name="transition_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.from_state or '·'} → {self.to_state}"


class FieldChange(models.Model):
    """An edit of a request's facts: old value, new value, who, when."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="changes", verbose_name="hồ sơ")
    field = models.CharField("mục", max_length=40)
    old = models.CharField("cũ", max_length=500, blank=True)
    new = models.CharField("mới", max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cán bộ"
    )
    actor_kind = models.CharField("ai", max_length=8, default="staff")
    at = models.DateTimeField("lúc", default=timezone.now)

    class Meta:
        verbose_name = "chỉnh sửa"
        verbose_name_plural = "chỉnh sửa"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["registration", "at"], name="change_timeline")]  # the timeline

    def __str__(self) -> str:
        return f"{self.field} #{self.registration_id}"


class Note(models.Model):
    """An internal word between colleagues about a request. Citizens never see it."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="notes", verbose_name="hồ sơ")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người viết")
    text = models.TextField("nội dung")
    mentions = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="mentioned_in", verbose_name="nhắc tới"
    )
    at = models.DateTimeField("lúc", default=timezone.now)

    class Meta:
        verbose_name = "ghi chú"
        verbose_name_plural = "ghi chú"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["registration", "at"], name="note_timeline")]  # the timeline

    def __str__(self) -> str:
        return f"#{self.registration_id}"
