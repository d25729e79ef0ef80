"""Figures for the manager; every one opens the list behind it."""

from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from registrations.charts import Chart, Place, Sketch, Twin, sketch, twin_bars
from registrations.counting import rated_words
from registrations.exports import CONTENT_TYPES, defused
from registrations.figure_lists import LISTS
from registrations.figure_tables import Table, came_in, one_of, tables, tiles
from registrations.models import Export
from registrations.periods import Period, usual_periods
from registrations.report_pdf import monthly_report
from registrations.report_words import Report, report_of
from registrations.statistics import KEPT_S, Figures, figures_of
from registrations.targets import overview, standing
from registrations.views.pages import StaffRequest, needs
from registrations.wordings import grouped, minutes_words
from scheduling import services as scheduling

MAY_SEE = "registrations.view_statistics"
LONGEST_DAYS = 1830
SOONEST_AGAIN_S = 5


@dataclass(frozen=True)
class AskedPeriod:
    """The period an address asks for and its word. `problem` says what is wrong with it; then it is this month."""

    period: Period
    word: str
    problem: str = ""


def asked_period(request: StaffRequest) -> AskedPeriod:
    usual = usual_periods(timezone.localdate())
    word = request.GET.get("ky", "")
    if word in usual:
        return AskedPeriod(usual[word][1], word)
    texts = [request.GET.get(name, "").strip()[:20] for name in ("tu", "den")]
    this_month = AskedPeriod(usual["thang"][1], "thang")
    if not word and not any(texts):
        return this_month
    first, last = (scheduling.parse_day(text) for text in texts)
    if first and last and first <= last and (last - first).days < LONGEST_DAYS:
        return AskedPeriod(Period(first, last), "")
    if first and last:
        why = "Ngày đầu phải trước ngày cuối" if first > last else "Kỳ dài nhất là 5 năm"
    elif wrong := next((text for text, day in zip(texts, (first, last), strict=True) if text and not day), ""):
        why = f"“{wrong}” không phải ngày xem được"
    else:
        why = "Chưa rõ từ ngày nào đến ngày nào"
    return replace(this_month, problem=f"{why} nên đây là số liệu tháng này. Ghi ngày như 25/11/2026.")


def period_of(request: StaffRequest) -> tuple[Period, str]:
    """The period asked for, and its word."""
    asked = asked_period(request)
    return asked.period, asked.word


@needs(MAY_SEE)
@require_GET
def statistics(request: StaffRequest) -> HttpResponse:
    asked = asked_period(request)
    period, word = asked.period, asked.word
    figures, before = figures_of(period), figures_of(period.before)
    made_at = min(figures.made_at, before.made_at)
    age_s = int((timezone.now() - made_at).total_seconds())
    return render(
        request,
        # A screen on the wall asks for its figures again once they are too old.
        "registrations/statistics.html#figures" if request.htmx else "registrations/statistics.html",
        {
            "period": period,
            "word": word,
            "problem": asked.problem,
            "made_at": made_at,
            "again_in_s": max(KEPT_S - age_s, SOONEST_AGAIN_S),
            "usual": usual_periods(timezone.localdate()),
            "figures": figures,
            "tiles": tiles(period, figures, before),
            "tables": tables(period, figures, before),
            "standing": overview(timezone.now()),
            "chart": chart_of(period, figures),
            "free_chart": free_chart_of(period, figures),
            "sketch": sketch_of(period, figures),
            "words": rated_words(period),
            "query": _query(period, word),
        },
    )


def _query(period: Period, word: str = "") -> str:
    return urlencode({"ky": word} if word else {"tu": period.first, "den": period.last})


def chart_of(period: Period, figures: Figures) -> Chart:
    return twin_bars(
        [
            Twin(name := _bar_name(period, day), f"{name}: {came} đăng ký, {filed} đã nộp", came, filed)
            for (day, came, filed) in figures.by_time
        ]
    )


def free_chart_of(period: Period, figures: Figures) -> Chart | None:
    """Hours to the first free time; None where nobody has written any down yet."""
    if not any(wait.readings for _, wait in figures.first_free):
        return None
    twins = []
    for day, wait in figures.first_free:
        name = _bar_name(period, day)
        words = f"{name}: trung vị {minutes_words(wait.middle)}, lâu nhất {minutes_words(wait.longest)}"
        twins.append(Twin(name, words, (wait.longest or 0) / 60, (wait.middle or 0) / 60))
    return twin_bars(twins)


def _bar_name(period: Period, day: date) -> str:
    return f"{day:%m/%Y}" if period.unit == "month" else f"{day:%d/%m}"


def sketch_of(period: Period, figures: Figures) -> Sketch:
    counts = {row.key: row for row in figures.wards}
    places = []
    for ward in scheduling.served_wards():
        row = counts.pop(ward.pk, None)
        n = row.registered if row else 0
        url = came_in(period, **one_of("phuong", ward.pk)) if n else ""
        places.append(Place(ward.short_name, n, grouped(n), url, ward.sketch_row, ward.sketch_column))
    others = [
        Place(row.name, row.registered, grouped(row.registered), came_in(period, **one_of("phuong", row.key)))
        for row in counts.values()
    ]
    return sketch([*places, *others])


@needs(MAY_SEE)
@require_GET
def behind_figure(request: StaffRequest, slug: str) -> HttpResponse:
    """The list behind a figure that does not count requests."""
    if slug not in LISTS:
        raise Http404
    asked = asked_period(request)
    period = asked.period
    listed = LISTS[slug](period, request.GET.get("trang", "1"))
    context = {"period": period, "problem": asked.problem, "table": listed.table, "page": listed.page}
    context["query"] = _query(period)
    return render(request, "registrations/figure_list.html", context)


@needs(MAY_SEE)
@require_GET
def at_risk(request: StaffRequest) -> HttpResponse:
    """What is late against the office's targets, and what will be."""
    return render(request, "registrations/targets.html", {"standing": standing(timezone.now())})


@needs(MAY_SEE)
@require_GET
def export(request: StaffRequest) -> HttpResponse:
    """The same figures as a workbook, one sheet a table."""
    period, _ = period_of(request)
    figures, before = figures_of(period), figures_of(period.before)
    book = import_module("openpyxl").Workbook(write_only=True)
    sheet = book.create_sheet("Tổng hợp")
    sheet.append(["Chỉ số", "Giá trị", "Kỳ trước", "Ghi chú"])
    sheet.append(["Từ ngày", f"{period.first:%d/%m/%Y}", f"{period.before.first:%d/%m/%Y}"])
    sheet.append(["Đến ngày", f"{period.last:%d/%m/%Y}", f"{period.before.last:%d/%m/%Y}"])
    for tile in tiles(period, figures, before):
        sheet.append([tile.title, _plain(tile.value), _plain(tile.before), tile.hint])
    for table in tables(period, figures, before).values():
        write_sheet(book, table)
    stream = BytesIO()
    book.save(stream)
    response = HttpResponse(stream.getvalue(), content_type=CONTENT_TYPES[Export.Format.XLSX])
    response["Content-Disposition"] = f'attachment; filename="thong-ke-{_file_days(period)}.xlsx"'
    return response


def write_sheet(book: Any, table: Table) -> None:
    sheet = book.create_sheet(table.title[:31])
    sheet.freeze_panes = "A2"
    sheet.append(list(table.head))
    for row in table.rows:
        sheet.append([defused(cell.value) if isinstance(cell.value, str) else cell.value for cell in row])


def _plain(text: str) -> str | int:
    """A count as a number again, so that a spreadsheet can add it up."""
    digits = text.replace(".", "")
    return int(digits) if digits.isdecimal() else text


def _file_days(period: Period) -> str:
    return f"{period.first:%Y%m%d}-{period.last:%Y%m%d}"


def _report(period: Period) -> Report:
    return report_of(
        period,
        figures_of(period),
        figures_of(period.before),
        today=timezone.localdate(),
        office=settings.OFFICE_NAME,
        parent=settings.OFFICE_PARENT,
        symbol=settings.OFFICE_SYMBOL,
        place=settings.OFFICE_PLACE,
        signer=settings.OFFICE_SIGNER,
    )


@needs(MAY_SEE)
@require_GET
def report(request: StaffRequest) -> HttpResponse:
    """One page for the monthly meeting, laid out after Nghị định 30/2020/NĐ-CP, to read on screen."""
    asked = asked_period(request)
    context = {"report": _report(asked.period), "period": asked.period, "problem": asked.problem}
    context["query"] = _query(asked.period, asked.word)
    return render(request, "registrations/report.html", context)


@needs(MAY_SEE)
@require_GET
def report_file(request: StaffRequest) -> HttpResponse:
    """The same page as a PDF file."""
    period, _ = period_of(request)
    response = HttpResponse(monthly_report(_report(period)), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="bao-cao-{_file_days(period)}.pdf"'
    return response
