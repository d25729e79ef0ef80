"""What cannot be counted afterwards and is therefore read while it is so."""

from django.db import models


class FirstFree(models.Model):
    """The first time a citizen could book, read once an hour while the office is open (a visit of the usual length)."""

    read_at = models.DateTimeField("ghi lúc", unique=True)
    # Null: nothing was free as far ahead as citizens may book.
    free_at = models.DateTimeField("giờ trống sớm nhất", null=True, blank=True)

    class Meta:
        verbose_name = "giờ trống sớm nhất"
        verbose_name_plural = "giờ trống sớm nhất"

    def __str__(self) -> str:
        return f"{self.read_at:%d/%m/%Y %H:%M}"
