"""Citizens and their requests, from the first message to the rating."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from registrations.states import CLOSED_STATES, State


class VnFold(Func):
    """SQL `vn_fold(text)`: lower case, no marks, đ as d. Immutable, so it can be indexed."""

    function = "vn_fold"
    output_field = models.TextField()


class Citizen(models.Model):
    """A person who asked for help. Exists only after consent."""

    class Priority(models.TextChoices):
        NONE = "", "Không"
        ELDERLY = "elderly", "Người cao tuổi"
        DISABLED = "disabled", "Người khuyết tật"
        MERIT = "merit", "Người có công"

    name = models.CharField("họ tên", max_length=150)
    # How the name sorts here: by given name (last word), Vietnamese alphabet. Filled on save.
    sort_key = models.CharField("khóa sắp xếp", max_length=400, blank=True, editable=False)
    phone = models.CharField("điện thoại", max_length=20, blank=True)  # E.164
    address_line = models.CharField("địa chỉ", max_length=300, blank=True)
    ward = models.ForeignKey(
        "scheduling.Ward", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="phường, xã"
    )
    contact = models.ForeignKey(
        "zalo_bridge.Contact", models.SET_NULL, null=True, blank=True, related_name="citizens", verbose_name="Zalo"
    )
    priority = models.CharField("đối tượng ưu tiên", max_length=10, choices=Priority, blank=True, default="")
    created_at = models.DateTimeField("tạo lúc", default=timezone.now)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="gộp vào"
    )
    # Set when a withdrawal or the end of the retention period removed what was personal.
    erased_at = models.DateTimeField("xóa dữ liệu lúc", null=True, blank=True)

    class Meta:
        verbose_name = "người dân"
        verbose_name_plural = "người dân"
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(phone="", address_line=""),
                name="citizen_erased_holds_nothing_personal",
                violation_error_message="Người dân đã rút đồng ý: không lưu điện thoại, địa chỉ.",
            ),
        ]
        indexes = [
            # A returning citizen is found by phone; so are doubles.
            models.Index(fields=["phone"], name="citizen_by_phone", condition=~Q(phone="")),
            # The queue's search box: part of a name (no marks) or of a phone number.
            GinIndex(
                OpClass(Concat(VnFold("name"), Value(" "), "phone", output_field=models.TextField()), name="gin_trgm_ops"),
                name="citizen_search",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Consent(models.Model):
    """What a person agreed to, when, through what; kept as proof after it is withdrawn (Luật 91/2025/QH15 Điều 9, NĐ 356/2025 Điều 6)."""

    class Channel(models.TextChoices):
        ZALO_FORM = "zalo_form", "Phiếu chia sẻ trên Zalo"
        ZALO_WORDS = "zalo_words", "Nhắn đồng ý trên Zalo"
        PHONE = "phone", "Qua điện thoại"
        COUNTER = "counter", "Tại quầy"

    citizen = models.ForeignKey(Citizen, models.PROTECT, null=True, blank=True, related_name="consents", verbose_name="người dân")
    contact = models.ForeignKey("zalo_bridge.Contact", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="Zalo")
    text_version = models.CharField("bản", max_length=20)
    text_sha256 = models.CharField("mã băm nội dung", max_length=64)
    channel = models.CharField("cách đồng ý", max_length=12, choices=Channel)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="người ghi nhận"
    )
    given_at = models.DateTimeField("đồng ý lúc", default=timezone.now)
    withdrawn_at = models.DateTimeField("rút lúc", null=True, blank=True)

    class Meta:
        verbose_name = "đồng ý"
        verbose_name_plural = "đồng ý"
        indexes = [
            # Is there a standing consent of this contact?
            models.Index(fields=["contact"], name="consent_standing", condition=Q(withdrawn_at__isnull=True)),
        ]


class Registration(models.Model):
    """One request for a visit."""

    class Channel(models.TextChoices):
        ZALO = "zalo", "Zalo"
        PHONE = "phone", "Điện thoại"
        COUNTER = "counter", "Tại quầy"

    code = models.CharField("mã đăng ký", max_length=12, unique=True)
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="registrations", verbose_name="người dân")
    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, null=True, blank=True, related_name="registrations", verbose_name="thủ tục"
    )
    procedure_version = models.PositiveIntegerField("bản thủ tục", null=True, blank=True)
    words = models.CharField("lời người dân", max_length=500, blank=True)  # as typed
    appointment = models.OneToOneField(
        "scheduling.Appointment", models.SET_NULL, null=True, blank=True, related_name="registration", verbose_name="lịch hẹn"
    )
    # Where the visit goes; may differ from the citizen's own address (a parent's house).
    address_line = models.CharField("nơi hẹn", max_length=300, blank=True)
    ward = models.ForeignKey(
        "scheduling.Ward", models.PROTECT, null=True, blank=True, related_name="registrations", verbose_name="phường, xã"
    )
    channel = models.CharField("nguồn", max_length=8, choices=Channel, default=Channel.ZALO)
    state = models.CharField("tình trạng", max_length=12, choices=State, default=State.SUBMITTED)
    state_changed_at = models.DateTimeField("đổi tình trạng lúc", default=timezone.now)
    state_reason = models.CharField("lý do", max_length=500, blank=True)  # what is missing, why refused, why cancelled
    # When staff must have called by; computed from office hours when the request comes in.
    call_due_at = models.DateTimeField("hạn gọi", null=True, blank=True)
    next_call_at = models.DateTimeField("gọi lại lúc", null=True, blank=True)
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

    class Meta:
        verbose_name = "hồ sơ"
        verbose_name_plural = "hồ sơ"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=State.COMPLETED) | ~Q(dossier_number=""),
                name="registration_completed_has_a_dossier_number",
                violation_error_message="Hồ sơ đã nộp phải có mã hồ sơ trên cổng dịch vụ công.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.VERIFIED, State.ASSIGNED, State.IN_PROGRESS]) | Q(procedure__isnull=False),
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
            models.Index(fields=["call_due_at", "id"], name="registration_to_call", condition=Q(state__in=["submitted", "needs_info"])),
            # The search box: the citizen's own words, without marks.
            GinIndex(OpClass(VnFold("words"), name="gin_trgm_ops"), name="registration_words_search"),
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

    class Meta:
        verbose_name = "chuyển tình trạng"
        verbose_name_plural = "chuyển tình trạng"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(actor_kind="staff", actor__isnull=False) | ~Q(actor_kind="staff"),
                name="transition_by_staff_names_the_person",
            ),
        ]
        indexes = [
            # The timeline of one request.
            models.Index(fields=["registration", "at"], name="transition_timeline"),
            # Statistics: what happened in a period.
            models.Index(fields=["to_state", "at"], name="transition_by_state"),
        ]


class FieldChange(models.Model):
    """An edit of a request's facts: old value, new value, who, when."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="changes", verbose_name="hồ sơ")
    field = models.CharField("mục", max_length=40)
    old = models.CharField("cũ", max_length=500, blank=True)
    new = models.CharField("mới", max_length=500, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cán bộ")
    actor_kind = models.CharField("ai", max_length=8, default="staff")
    at = models.DateTimeField("lúc", default=timezone.now)

    class Meta:
        verbose_name = "chỉnh sửa"
        verbose_name_plural = "chỉnh sửa"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["registration", "at"], name="change_timeline")]  # the timeline


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
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cán bộ")
    at = models.DateTimeField("lúc", default=timezone.now)
    call_again_at = models.DateTimeField("gọi lại lúc", null=True, blank=True)

    class Meta:
        verbose_name = "cuộc gọi"
        verbose_name_plural = "cuộc gọi"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["notice_key"], condition=~Q(notice_key=""), name="call_is_owed_once_per_notice"),
        ]
        indexes = [
            models.Index(fields=["registration", "at"], name="call_timeline"),  # the timeline
            models.Index(fields=["at"], name="call_owed", condition=Q(outcome="owed")),  # the call queue
        ]


class Note(models.Model):
    """An internal word between colleagues about a request. Citizens never see it."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="notes", verbose_name="hồ sơ")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người viết")
    text = models.TextField("nội dung")
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="mentioned_in", verbose_name="nhắc tới")
    at = models.DateTimeField("lúc", default=timezone.now)

    class Meta:
        verbose_name = "ghi chú"
        verbose_name_plural = "ghi chú"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["registration", "at"], name="note_timeline")]  # the timeline


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


class Attachment(models.Model):
    """A photo or file a citizen sent, kept outside the web root and shown only to staff."""

    registration = models.ForeignKey(
        Registration, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name="hồ sơ"
    )
    contact = models.ForeignKey("zalo_bridge.Contact", models.CASCADE, null=True, blank=True, related_name="+", verbose_name="Zalo")
    kind = models.CharField("loại", max_length=20)
    name = models.CharField("tên tệp", max_length=200, blank=True)
    file = models.FileField("tệp", upload_to="giay-to/%Y/%m/", blank=True)
    source_url = models.URLField("nguồn", max_length=1000, blank=True)  # Zalo's CDN, may expire: fetched soon after
    size = models.PositiveIntegerField("cỡ (byte)", null=True, blank=True)
    fetched_at = models.DateTimeField("tải về lúc", null=True, blank=True)
    refused_because = models.CharField("không lưu vì", max_length=200, blank=True)
    at = models.DateTimeField("lúc", default=timezone.now)

    class Meta:
        verbose_name = "tệp người dân gửi"
        verbose_name_plural = "tệp người dân gửi"
        ordering = ["at", "id"]


class Dialogue(models.Model):
    """Where a conversation stands. Facts a person gave live here only after consent."""

    contact = models.OneToOneField("zalo_bridge.Contact", models.CASCADE, related_name="dialogue", verbose_name="Zalo")
    step = models.CharField("bước", max_length=40, default="idle")
    data = models.JSONField("dữ liệu", default=dict, blank=True)
    # While a person writes to the citizen the bot is silent.
    paused_until = models.DateTimeField("bot im tới", null=True, blank=True)
    paused_by = models.CharField("người tiếp", max_length=150, blank=True)
    updated_at = models.DateTimeField("cập nhật lúc", default=timezone.now)

    class Meta:
        verbose_name = "hội thoại"
        verbose_name_plural = "hội thoại"
