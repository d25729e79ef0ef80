"""Figures for the manager; every one opens the list behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET
from openpyxl import Workbook

from registrations.charts import bars_by_time
from registrations.exports import CONTENT_TYPES, defused
from registrations.models import Export
from registrations.states import State
from registrations.statistics import Figures, Period, Spread, figures_of, rated_words, unit_of, usual_periods
from registrations.views.pages import StaffRequest, day_in, needs
from registrations.wordings import grouped, minutes_words

MAY_SEE = "registrations.view_statistics"
LONGEST_DAYS = 1830
STEPS = (
    (State.VERIFIED, "Đã xác minh"),
    (State.IN_PROGRESS, "Đã đến nhà"),
    (State.COMPLETED, "Đã nộp hồ sơ"),
    (State.REJECTED, "Từ chối"),
    (State.CANCELLED, "Đã hủy"),
    (State.NO_SHOW, "Không gặp"),
)


@dataclass(frozen=True)
class Tile:
    """One figure: what it was in the period before, and the list behind it ("" where there is none)."""

    title: str
    value: str
    before: str
    url: str
    hint: str = ""


def period_of(request: StaffRequest) -> tuple[Period, str]:
    """The period asked for, and its word. Days that make no sense give this month."""
    usual = usual_periods(timezone.localdate())
    word = request.GET.get("ky", "")
    if word in usual:
        return usual[word][1], word
    first, last = day_in(request.GET.get("tu", "")), day_in(request.GET.get("den", ""))
    if first and last and first <= last and (last - first).days < LONGEST_DAYS:
        return Period(first, last), ""
    return usual["thang"][1], "thang"


@needs(MAY_SEE)
@require_GET
def statistics(request: StaffRequest) -> HttpResponse:
    period, word = period_of(request)
    figures, before = figures_of(period), figures_of(period.before)
    return render(
        request,
        "registrations/statistics.html",
        {
            "period": period,
            "word": word,
            "usual": usual_periods(timezone.localdate()),
            "figures": figures,
            "tiles": tiles(period, figures, before),
            "chart": bars_by_time(figures.by_time, unit_of(period)),
            "words": rated_words(period),
            "list_query": urlencode({"tu": period.first, "den": period.last}),
            "reasons": [(State(state).label, reason, n) for state, reason, n in figures.reasons],
            "query": urlencode({"ky": word} if word else {"tu": period.first, "den": period.last}),
        },
    )


def tiles(period: Period, figures: Figures, before: Figures) -> list[Tile]:
    here = urlencode({"tab": "tat-ca", "tu": period.first, "den": period.last})
    found = [Tile("Đăng ký", grouped(figures.registered), grouped(before.registered), f"/ho-so/?{here}")]
    for state, title in STEPS:
        query = urlencode({"tab": "tat-ca", "buoc": state, "buoc_tu": period.first, "buoc_den": period.last})
        found.append(Tile(title, grouped(figures.steps[state]), grouped(before.steps[state]), f"/ho-so/?{query}"))
    spreads = (
        ("Đến cuộc gọi đầu", figures.to_call, before.to_call),
        ("Đến lúc tới nhà", figures.to_visit, before.to_visit),
        ("Đến lúc nộp", figures.to_filing, before.to_filing),
        ("Chờ đến giờ hẹn", figures.wait_for_slot, before.wait_for_slot),
    )
    found += [Tile(title, middle(now), middle(then), "", hint=tail(now)) for title, now, then in spreads]
    return found


def middle(spread: Spread) -> str:
    return minutes_words(spread.median)


def tail(spread: Spread) -> str:
    return f"9/10 dưới {minutes_words(spread.ninetieth)}" if spread.ninetieth is not None else ""


@needs(MAY_SEE)
@require_GET
def export(request: StaffRequest) -> HttpResponse:
    """The same figures as a workbook, one sheet a table."""
    period, _ = period_of(request)
    figures = figures_of(period)
    book = Workbook(write_only=True)
    for title, rows in tables(period, figures):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([defused(cell) if isinstance(cell, str) else cell for cell in row])
    stream = BytesIO()
    book.save(stream)
    response = HttpResponse(stream.getvalue(), content_type=CONTENT_TYPES[Export.Format.XLSX])
    response["Content-Disposition"] = f'attachment; filename="thong-ke-{period.first:%Y%m%d}-{period.last:%Y%m%d}.xlsx"'
    return response


def tables(period: Period, figures: Figures) -> list[tuple[str, Sequence[Sequence[object]]]]:
    """Title and rows (head first) of each table."""
    head: Sequence[object] = ["Tên", "Đăng ký", "Đã nộp", "Không gặp"]
    totals: Sequence[Sequence[object]] = [
        ["Chỉ số", "Giá trị"],
        ["Từ ngày", f"{period.first:%d/%m/%Y}"],
        ["Đến ngày", f"{period.last:%d/%m/%Y}"],
        ["Đăng ký", figures.registered],
        *[[title, figures.steps[state]] for state, title in STEPS],
        ["Đến cuộc gọi đầu, trung vị (phút)", figures.to_call.median],
        ["Đến cuộc gọi đầu, 9/10 dưới (phút)", figures.to_call.ninetieth],
        ["Đến lúc tới nhà, trung vị (phút)", figures.to_visit.median],
        ["Đến lúc nộp, trung vị (phút)", figures.to_filing.median],
        ["Điểm đánh giá trung bình", figures.rating_average],
    ]
    return [
        ("Tổng hợp", totals),
        ("Phường, xã", [head, *[[r.name, r.registered, r.filed, r.missed] for r in figures.wards]]),
        ("Thủ tục", [head, *[[r.name, r.registered, r.filed, r.missed] for r in figures.procedures]]),
        (
            "Cán bộ",
            [
                ["Tên", "Lượt đi", "Đã nộp", "Không gặp", "Phút hẹn", "Đánh giá"],
                *[[r.name, r.registered, r.filed, r.missed, r.minutes, r.rating] for r in figures.staff],
            ],
        ),
        ("Theo thời gian", [["Ngày", "Đăng ký", "Đã nộp"], *[[f"{d:%d/%m/%Y}", a, b] for d, a, b in figures.by_time]]),
    ]


@needs(MAY_SEE)
@require_GET
def report(request: StaffRequest) -> HttpResponse:
    """One page for the monthly meeting, laid out after Nghị định 30/2020/NĐ-CP, to print or save as PDF."""
    period, _ = period_of(request)
    figures = figures_of(period)
    return render(
        request,
        "registrations/report.html",
        {
            "period": period,
            "figures": figures,
            "before": figures_of(period.before),
            "today": timezone.localdate(),
            "place": settings.OFFICE_PLACE,
            "steps": [(title, figures.steps[state]) for state, title in STEPS],
            "to_call": (middle(figures.to_call), tail(figures.to_call)),
            "to_visit": (middle(figures.to_visit), tail(figures.to_visit)),
            "to_filing": (middle(figures.to_filing), tail(figures.to_filing)),
        },
    )
