"""What citizens may ask for: procedures, the papers each needs, the words people use for it, and how it read before."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils import timezone


class VnFold(Func):
    """`vn_fold(text)` of the database (from the first migration): what `text.fold` does, where an index can use it."""

    function = "vn_fold"
    arity = 1
    output_field = models.TextField()


class Field(models.Model):
    """Lĩnh vực: how the national catalogue groups procedures."""

    code = models.SlugField("mã lĩnh vực", max_length=60, unique=True)
    name = models.CharField("lĩnh vực", max_length=200, unique=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)

    class Meta:
        verbose_name = "lĩnh vực"
        verbose_name_plural = "lĩnh vực"
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    def in_scope(self) -> "ProcedureQuerySet":
        """Those this office helps with at home; the others are kept to tell people where to turn."""
        return self.filter(is_in_scope=True)

    def in_force(self, on: date | None = None) -> "ProcedureQuerySet":
        """Those valid on a day (today in Việt Nam if not given). An open end means: until further notice."""
        day = on or timezone.localdate()
        started = Q(active_from__isnull=True) | Q(active_from__lte=day)
        not_ended = Q(active_to__isnull=True) | Q(active_to__gte=day)
        return self.filter(started, not_ended)

    def named(self, code: str) -> "ProcedureQuerySet":
        """By national code or, where it has none, by our own id."""
        return self.filter(Q(local_id=code) | (Q(code=code) & ~Q(code="")))


class Procedure(models.Model):
    """Thủ tục hành chính. Never deleted: registrations point at it. A retired one has `active_to` in the past."""

    class Action(models.TextChoices):
        NEW = "cap_moi", "Cấp mới"
        RENEW = "cap_lai", "Cấp lại"
        AMEND = "sua_doi", "Sửa đổi, bổ sung"
        REGISTER = "dang_ky", "Đăng ký"
        COMMIT = "cam_ket", "Cam kết"
        APPROVE = "phe_duyet", "Thẩm định, phê duyệt"
        OTHER = "khac", "Khác"

    code = models.CharField(
        "mã thủ tục quốc gia", max_length=40, blank=True, help_text="Ví dụ 2.000620. Để trống nếu chưa có mã."
    )
    local_id = models.CharField(
        "mã nội bộ", max_length=40, unique=True, help_text="Luôn có và không đổi. Trùng mã quốc gia nếu có."
    )
    name = models.CharField("tên thủ tục", max_length=500)
    short_name = models.CharField("tên gọi tắt", max_length=160, help_text="Tên dùng trong tin nhắn gửi người dân.")
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="procedures", verbose_name="lĩnh vực")
    family = models.SlugField(
        "nhóm giấy phép", max_length=120, help_text="Cấp mới, cấp lại, sửa đổi của cùng một giấy phép mang cùng nhóm."
    )
    action = models.CharField("loại việc", max_length=16, choices=Action)
    level = models.CharField("cấp giải quyết", max_length=200, blank=True)
    online_level = models.CharField("mức độ trực tuyến", max_length=200, blank=True)
    processing_days = models.PositiveSmallIntegerField("thời hạn (ngày làm việc)", null=True, blank=True)
    processing_note = models.CharField("ghi chú thời hạn", max_length=300, blank=True)
    fee = models.TextField("phí, lệ phí", blank=True)
    fee_is_certain = models.BooleanField(
        "phí đã xác nhận", default=False, help_text="Chỉ phí đã xác nhận mới hiện cho người dân."
    )
    papers_are_certain = models.BooleanField("giấy tờ đã xác nhận", default=False)
    legal_bases = models.TextField("căn cứ pháp lý", blank=True, help_text="Mỗi dòng một văn bản.")
    result = models.CharField("kết quả", max_length=300, blank=True)
    validity = models.CharField("thời hạn của giấy", max_length=200, blank=True)
    portal_url = models.URLField(
        "trang trên Cổng dịch vụ công", max_length=500, blank=True, help_text="Để trống: dùng mẫu địa chỉ theo mã."
    )
    visit_minutes = models.PositiveSmallIntegerField("phút cần tại nhà", default=45)
    is_in_scope = models.BooleanField("thuộc phạm vi hỗ trợ", default=True)
    refer_to = models.CharField(
        "nơi tiếp nhận", max_length=300, blank=True, help_text="Cho thủ tục ngoài phạm vi: người dân liên hệ ở đâu."
    )
    active_from = models.DateField("áp dụng từ", null=True, blank=True)
    active_to = models.DateField("áp dụng đến hết", null=True, blank=True)
    doubts = models.TextField("điều chưa chắc", blank=True, help_text="Chỉ cán bộ thấy.")
    sources = models.TextField("nguồn", blank=True, help_text="Chỉ cán bộ thấy.")
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    current_version = models.PositiveIntegerField("phiên bản", default=0, editable=False)
    updated_at = models.DateTimeField("cập nhật lúc", auto_now=True)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = "thủ tục"
        verbose_name_plural = "thủ tục"
        ordering = ["field__position", "position", "name"]
        indexes = [
            # The administration's search box finds a name typed without marks.
            GinIndex(OpClass(VnFold(F("name")), name="gin_trgm_ops"), name="procedure_name_folded"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="procedure_code_names_one_procedure",
                violation_error_message="Đã có thủ tục khác mang mã quốc gia này.",
            ),
            models.CheckConstraint(
                condition=Q(code="") | Q(code__regex=r"^[0-9]\.[0-9]{6}(\.[0-9A-Z.]+)?$"),
                name="procedure_code_is_of_the_national_catalogue",
                violation_error_message="Mã thủ tục quốc gia có dạng 2.000620. Chưa có mã thì để trống.",
            ),
            models.CheckConstraint(
                condition=Q(local_id__regex=r"^[0-9A-Z][0-9A-Z.-]*$"),
                name="procedure_local_id_fits_in_an_address",
                violation_error_message="Mã nội bộ chỉ gồm chữ in hoa không dấu, số, dấu chấm và gạch ngang.",
            ),
            models.CheckConstraint(
                condition=Q(is_in_scope=True) | ~Q(refer_to=""),
                name="procedure_out_of_scope_says_where_to_turn",
                violation_error_message="Thủ tục ngoài phạm vi phải ghi nơi tiếp nhận.",
            ),
            models.CheckConstraint(
                condition=Q(fee_is_certain=False) | ~Q(fee=""),
                name="procedure_certain_fee_is_written_down",
                violation_error_message="Phí đã xác nhận thì phải ghi mức phí (không thu thì ghi “Không”).",
            ),
            models.CheckConstraint(
                condition=Q(processing_days__isnull=True) | Q(processing_days__gte=1),
                name="procedure_takes_at_least_a_day",
                violation_error_message="Thời hạn giải quyết ít nhất một ngày làm việc; chưa rõ thì để trống.",
            ),
            models.CheckConstraint(
                condition=Q(visit_minutes__gte=15, visit_minutes__lte=240),
                name="procedure_visit_lasts_15_to_240_minutes",
                violation_error_message="Thời gian tại nhà từ 15 đến 240 phút.",
            ),
            models.CheckConstraint(
                condition=Q(active_from__isnull=True) | Q(active_to__isnull=True) | Q(active_to__gte=F("active_from")),
                name="procedure_ends_after_it_starts",
                violation_error_message="Ngày hết áp dụng không được trước ngày bắt đầu.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} · {self.short_name}"

    def get_absolute_url(self) -> str:
        return reverse("procedures:detail", args=[self.public_id])

    @property
    def public_id(self) -> str:
        """How this procedure is named outside: the national code, else our own id."""
        return self.code or self.local_id

    @property
    def portal_link(self) -> str:
        """Its page on the national portal, or "" where there is no code to find it by."""
        if self.portal_url:
            return self.portal_url
        return settings.PORTAL_URL_TEMPLATE.replace("{code}", self.code) if self.code else ""

    @property
    def fee_for_citizens(self) -> str:
        """What a citizen may be told: never an unconfirmed figure, so that nobody brings the wrong sum."""
        return self.fee if self.fee_is_certain else "Cán bộ sẽ báo lại khi gọi xác minh."

    def is_in_force(self, on: date | None = None) -> bool:
        """Whether it may be asked for on a day (today in Việt Nam if not given)."""
        day = on or timezone.localdate()
        return (self.active_from is None or self.active_from <= day) and (
            self.active_to is None or day <= self.active_to
        )


class DossierComponent(models.Model):
    """Thành phần hồ sơ: one paper to prepare, in the order a clerk asks for them."""

    procedure = models.ForeignKey(
        Procedure, on_delete=models.CASCADE, related_name="components", verbose_name="thủ tục"
    )
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    text = models.CharField("giấy tờ", max_length=500)

    class Meta:
        verbose_name = "giấy tờ cần chuẩn bị"
        verbose_name_plural = "giấy tờ cần chuẩn bị"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "text"],
                name="dossier_component_is_listed_once",
                violation_error_message="Giấy tờ này đã có trong danh sách.",
            ),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="dossier_component_is_written_down",
                violation_error_message="Hãy ghi tên giấy tờ.",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Keyword(models.Model):
    """A word or phrase people use for a procedure. Written with its marks: search reads the unmarked form by itself.

    A misleading one says the opposite: “nhà ga” holds the word “ga”, but whoever writes it is not asking about gas.
    """

    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="keywords", verbose_name="thủ tục")
    phrase = models.CharField("từ khóa", max_length=120)
    is_misleading = models.BooleanField(
        "từ dễ nhầm", default=False, help_text="Có cụm này thì KHÔNG phải thủ tục này, ví dụ “nhà ga” với gas."
    )
    folded = models.GeneratedField(
        expression=VnFold(F("phrase")), output_field=models.TextField("từ khóa không dấu"), db_persist=True
    )

    class Meta:
        verbose_name = "từ khóa"
        verbose_name_plural = "từ khóa"
        ordering = ["id"]
        indexes = [
            # The administration's search box finds a procedure by the words people use for it.
            GinIndex(OpClass(F("folded"), name="gin_trgm_ops"), name="keyword_folded"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "phrase"],
                name="keyword_is_listed_once",
                violation_error_message="Từ khóa này đã có trong danh sách.",
            ),
            models.CheckConstraint(
                condition=~Q(phrase=""), name="keyword_is_written_down", violation_error_message="Hãy ghi từ khóa."
            ),
        ]

    def __str__(self) -> str:
        return self.phrase


class ProcedureVersion(models.Model):
    """How a procedure read from one moment on. A registration keeps the number, so that it can be shown as it was."""

    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="versions", verbose_name="thủ tục")
    number = models.PositiveIntegerField("phiên bản")
    snapshot = models.JSONField("nội dung")
    reason = models.CharField("lý do", max_length=200)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="người sửa",
    )
    created_at = models.DateTimeField("từ lúc", auto_now_add=True)

    class Meta:
        verbose_name = "phiên bản thủ tục"
        verbose_name_plural = "phiên bản thủ tục"
        ordering = ["procedure", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "number"],
                name="procedure_version_number_is_used_once",
                violation_error_message="Số phiên bản này đã có.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} phiên bản {self.number}"


class CatalogueStamp(models.Model):
    """One row whose value changes whenever procedures, keywords or fields do; triggers of the first migration write it.

    Each process keeps the search index in memory and compares this number before every search.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="catalogue_has_one_stamp")]

    def __str__(self) -> str:
        return str(self.value)
