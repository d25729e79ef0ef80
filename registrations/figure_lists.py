"""Lists behind figures that do not count requests: who followed, who agreed, when the first free time was read."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Max, QuerySet

from registrations.figure_tables import Cell, Table
from registrations.models import Consent, FirstFree
from registrations.periods import Period
from registrations.wordings import minutes_words, short_when
from zalo_bridge.services import Contact

PAGE_SIZE = 50


@dataclass(frozen=True)
class Listed:
    """One page of a list, as a table, and how many rows there are in all."""

    table: Table
    page: Page


def followers(period: Period, page: str) -> Listed:
    start, end = period.bounds
    rows = Contact.objects.filter(created_at__gte=start, created_at__lt=end).order_by("-created_at", "-pk")
    found = _page(rows, page)
    lines = [
        [
            _text(contact.display_name or "Chưa rõ tên"),
            _text(short_when(contact.created_at)),
            _text("Đang quan tâm" if contact.is_following else "Đã bỏ quan tâm"),
        ]
        for contact in found
    ]
    return Listed(Table("quan-tam", "Người quan tâm OA", ("Tên trên Zalo", "Từ lúc", "Bây giờ"), lines), found)


def consents(period: Period, page: str) -> Listed:
    """Each person on Zalo once, with what they agreed to last."""
    start, end = period.bounds
    within = Consent.objects.filter(given_at__gte=start, given_at__lt=end, contact__isnull=False)
    latest = within.order_by().values("contact").annotate(latest=Max("pk")).values("latest")
    rows = Consent.objects.filter(pk__in=latest).select_related("citizen", "contact")
    found = _page(rows.order_by("-given_at", "-pk"), page)
    lines = [
        [
            _text(consent.citizen.name if consent.citizen else str(consent.contact)),
            _text(short_when(consent.given_at)),
            _text(f"{consent.get_channel_display()}, bản {consent.text_version}"),
            _text("Đã rút" if consent.withdrawn_at else "Còn hiệu lực"),
        ]
        for consent in found
    ]
    head = ("Người dân", "Lúc", "Cách đồng ý", "Bây giờ")
    return Listed(Table("dong-y", "Người đã đồng ý qua Zalo", head, lines), found)


def first_free_times(period: Period, page: str) -> Listed:
    start, end = period.bounds
    found = _page(FirstFree.objects.filter(read_at__gte=start, read_at__lt=end).order_by("-read_at"), page)
    lines = [
        [
            _text(short_when(reading.read_at)),
            _text(short_when(reading.free_at) if reading.free_at else "không còn giờ nào"),
            _text(minutes_words((reading.free_at - reading.read_at).total_seconds() / 60) if reading.free_at else "–"),
        ]
        for reading in found
    ]
    head = ("Ghi lúc", "Giờ trống đầu tiên", "Phải chờ")
    return Listed(Table("gio-trong", "Giờ trống đầu tiên", head, lines, "Chưa ghi lần nào."), found)


LISTS = {"quan-tam": followers, "dong-y": consents, "gio-trong": first_free_times}


def _page(rows: QuerySet, page: str) -> Page:
    return Paginator(rows, PAGE_SIZE).get_page(page)


def _text(words: str) -> Cell:
    return Cell(words, words)
