"""People who asked for help, what they agreed to, and which of them turned out to be the same person."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Upper
from django.utils import timezone

from registrations.names import sort_key


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
    # How the name sorts here (see names.py). Compared byte by byte, whatever the database's own collation is.
    sort_key = models.CharField("khóa sắp xếp", max_length=400, blank=True, editable=False, db_collation="C")
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
            # Who is this? Part of a name (no marks) or of a phone number, when staff enter a request.
            GinIndex(
                OpClass(
                    Concat(VnFold("name"), Value(" "), "phone", output_field=models.TextField()), name="gin_trgm_ops"
                ),
                name="citizen_search",
            ),
            # Probably the same person: the same name at the same address.
            models.Index("sort_key", Upper("address_line"), name="citizen_same_place"),
            # The queue sorted by given name.
            models.Index(fields=["sort_key", "id"], name="citizen_by_given_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Here and not in one use case: a name saved anywhere must sort where a reader looks for it.
        self.sort_key = sort_key(self.name)
        if kwargs.get("update_fields") is not None and "name" in kwargs["update_fields"]:
            kwargs["update_fields"] = {*kwargs["update_fields"], "sort_key"}
        super().save(*args, **kwargs)

    @property
    def given_name(self) -> str:
        """The last word, by which people are called and sorted here."""
        return self.name.split()[-1] if self.name.split() else ""


class Consent(models.Model):
    """What a person agreed to, when, through what; kept as proof after it is withdrawn.

    Luật 91/2025/QH15 Điều 9, NĐ 356/2025/NĐ-CP Điều 6.
    """

    class Channel(models.TextChoices):
        ZALO_FORM = "zalo_form", "Phiếu chia sẻ trên Zalo"
        ZALO_WORDS = "zalo_words", "Nhắn đồng ý trên Zalo"
        PHONE = "phone", "Qua điện thoại"
        COUNTER = "counter", "Tại quầy"

    citizen = models.ForeignKey(
        Citizen, models.PROTECT, null=True, blank=True, related_name="consents", verbose_name="người dân"
    )
    contact = models.ForeignKey(
        "zalo_bridge.Contact", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="Zalo"
    )
    text_version = models.CharField("bản", max_length=20)
    text_sha256 = models.CharField("mã băm nội dung", max_length=64)
    channel = models.CharField("cách đồng ý", max_length=12, choices=Channel)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người ghi nhận",
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

    def __str__(self) -> str:
        return f"{self.get_channel_display()}, bản {self.text_version}"


class Merge(models.Model):
    """Two records found to be one person: which requests moved, so that it can be taken back."""

    kept = models.ForeignKey(Citizen, models.PROTECT, related_name="merges", verbose_name="giữ lại")
    absorbed = models.ForeignKey(
        Citizen, models.PROTECT, related_name="absorbed_in", verbose_name="gộp vào bản giữ lại"
    )
    registration_ids = models.JSONField("hồ sơ đã chuyển", default=list)
    consent_ids = models.JSONField("đồng ý đã chuyển", default=list)
    # What the kept record lacked and took from the other, so that undoing gives it back: {"phone": "+84…"}.
    taken = models.JSONField("đã bổ sung", default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="cán bộ")
    at = models.DateTimeField("lúc", default=timezone.now)
    undone_at = models.DateTimeField("tách lại lúc", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người tách"
    )

    class Meta:
        verbose_name = "gộp trùng"
        verbose_name_plural = "gộp trùng"
        constraints = [
            models.CheckConstraint(
                condition=~Q(kept=F("absorbed")),
                name="merge_joins_two_people",
                violation_error_message="Không thể gộp một người với chính mình.",
            ),
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=Q(undone_at__isnull=True),
                name="citizen_is_absorbed_once",
                violation_error_message="Người này đã được gộp rồi.",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.absorbed_id} → #{self.kept_id}"
