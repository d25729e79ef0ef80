"""Texts as the office words them, and the consent texts people were shown."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class MessageText(models.Model):
    """One version of one text. Saved rows stay: the newest counts, older ones can be read and taken back."""

    key = models.CharField("tin", max_length=60)
    version = models.PositiveIntegerField("bản")
    text = models.TextField("nội dung")
    reason = models.CharField("vì sao sửa", max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="người sửa"
    )
    created_at = models.DateTimeField("sửa lúc", default=timezone.now)

    class Meta:
        verbose_name = "lời nhắn"
        verbose_name_plural = "lời nhắn"
        ordering = ["key", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "version"],
                name="message_text_version_is_used_once",
                violation_error_message="Có người vừa sửa tin này. Anh/chị mở lại rồi sửa tiếp.",
            ),
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="message_text_says_something",
                violation_error_message="Tin không được để trống.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}, bản {self.version}"


class ConsentWording(models.Model):
    """The exact words somebody was shown, kept as proof for as long as consents point at them by hash."""

    version = models.CharField("bản", max_length=20)
    sha256 = models.CharField("mã băm", max_length=64, unique=True)
    text = models.TextField("nội dung")
    first_shown_at = models.DateTimeField("hiện lần đầu", default=timezone.now)

    class Meta:
        verbose_name = "nội dung xin đồng ý"
        verbose_name_plural = "nội dung xin đồng ý"

    def __str__(self) -> str:
        return f"bản {self.version} ({self.sha256[:8]})"
