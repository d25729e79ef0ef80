"""What the monthly report says: the same words for the screen and for the PDF file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from registrations.counting import Row
from registrations.figure_tables import STEPS, decimal, dong, middle, tail
from registrations.periods import Period
from registrations.statistics import Figures
from registrations.wordings import grouped

# What one page usually holds of wards and of procedures; a crowded one shows fewer.
ROWS_SHOWN = 6
NBSP = "\u00a0"


@dataclass(frozen=True)
class Grid:
    """A table of the report: first column words, the others numbers."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Report:
    parent: str
    office: str
    number: str
    dated: str
    title: str
    about: str
    opening: str
    steps: Grid
    times: str
    ward_rows: Sequence[Row]
    procedure_rows: Sequence[Row]
    messages: str
    signer: str

    def wards(self, shown: int = ROWS_SHOWN) -> Grid:
        return _places("Phường, xã", self.ward_rows, shown)

    def procedures(self, shown: int = ROWS_SHOWN) -> Grid:
        return _places("Thủ tục", self.procedure_rows, shown)


def report_of(
    period: Period, figures: Figures, before: Figures, *, today: date, office: str, parent: str, symbol: str,
    place: str, signer: str,
) -> Report:  # fmt: skip
    """The report of a period, dated today."""
    return Report(
        parent=parent,
        office=office.upper(),
        number=f"Số:{NBSP * 10}/BC-{symbol}",
        dated=f"{place}, {dated(today)}",
        title="BÁO CÁO",
        about="Kết quả hỗ trợ nộp hồ sơ hành chính trực tuyến tại nhà\n"
        f"từ ngày {period.first:%d/%m/%Y} đến ngày {period.last:%d/%m/%Y}",
        opening=f"Trong kỳ có {grouped(figures.registered)} lượt đăng ký hỗ trợ tại nhà "
        f"({_change(figures.registered, before.registered)}). Kết quả từng bước:",
        steps=Grid(
            ("Nội dung", "Kỳ này", "Kỳ trước"),
            [(title, grouped(figures.steps[state]), grouped(before.steps[state])) for state, title in STEPS],
        ),
        times=_times(figures),
        ward_rows=figures.wards,
        procedure_rows=figures.procedures,
        messages=_messages(figures),
        signer=signer.upper(),
    )


def dated(day: date) -> str:
    """Days below 10 and months 1 and 2 take a leading zero (Nghị định 30/2020/NĐ-CP, Phụ lục I, mục II.4)."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def _change(now: int, then: int) -> str:
    if now == then:
        return "bằng kỳ trước"
    return f"{'tăng' if now > then else 'giảm'} {grouped(abs(now - then))} lượt so với kỳ trước"


def _times(figures: Figures) -> str:
    parts = (
        ("cuộc gọi xác minh đầu tiên", figures.to_call),
        ("lúc cán bộ đến nhà", figures.to_visit),
        ("lúc nộp hồ sơ", figures.to_filing),
    )
    known = [f"đến {what} {middle(spread)} ({tail(spread)})" for what, spread in parts if spread.median is not None]
    times = f"Thời gian từ lúc đăng ký, tính theo trung vị: {'; '.join(known)}. " if known else ""
    late = f"Có {grouped(figures.called_late)} lượt gọi xác minh trễ hạn. " if figures.called_late else ""
    if not figures.rating_count:
        return f"{times}{late}Chưa có người dân nào đánh giá."
    average = decimal(figures.rating_average)
    return f"{times}{late}Người dân đánh giá trung bình {average}/5 ({grouped(figures.rating_count)} lượt)."


def _places(name: str, rows: Sequence[Row], shown: int) -> Grid:
    """The first rows; the others in one line. The kind of a ward stands in the head."""
    rest = rows[shown:] if len(rows) > shown + 1 else []
    named = rows[: len(rows) - len(rest)]
    lines = [
        (row.name.removeprefix("Phường ").removeprefix("Xã "), grouped(row.registered), grouped(row.filed))
        for row in named
    ]
    if rest:
        others = grouped(sum(row.registered for row in rest)), grouped(sum(row.filed for row in rest))
        lines.append((f"{len(rest)} mục khác", *others))
    return Grid((name, "Đăng ký", "Đã nộp"), lines)


def _messages(figures: Figures) -> str:
    sent = sum(cost.arrived for cost in figures.costs)
    if not sent:
        return ""
    cost = dong(figures.dong, is_estimate=figures.is_estimate).replace(f"{NBSP}đ", " đồng")
    return f"Đã gửi {grouped(sent)} tin nhắn Zalo cho người dân, chi phí {cost}."
