"""The monthly report as one A4 page, laid out after Nghị định 30/2020/NĐ-CP, Phụ lục I.

Margins 20 mm above and below, 30 left, 15 right; a Times-like serif, 13 points in the text; the two heads side by side.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, cast

import fontpkg_crimson_text
from django.conf import settings

from registrations.report_words import ROWS_SHOWN, Grid, Report

Pdf = Any  # fpdf.FPDF

TOP, RIGHT, BOTTOM, LEFT = 20, 15, 20, 30
WIDTH = 210 - LEFT - RIGHT
FAMILY = "report"
ROW = 5.4
# Widths of the two tables beside each other: the names of procedures need the room.
WARDS = 68
NUMBER_WIDTHS = (19, 16)
NUMBERS = sum(NUMBER_WIDTHS)
# The feet must end here for a hand to sign above the margin.
LAST_SIGNED = 297 - BOTTOM - 22
# The faces by style: in the folder of the setting as Windows names Times New Roman, in the package that comes along.
TIMES = {"": "times.ttf", "B": "timesbd.ttf", "I": "timesi.ttf", "BI": "timesbi.ttf"}
PACKAGED = {
    "": "CrimsonText-Regular.ttf",
    "B": "CrimsonText-Bold.ttf",
    "I": "CrimsonText-Italic.ttf",
    "BI": "CrimsonText-BoldItalic.ttf",
}


def monthly_report(report: Report, shown: int = ROWS_SHOWN) -> bytes:
    """The page as a file, with as many wards and procedures as leave room to sign."""
    pdf = _page(report, shown)
    try:
        if pdf.get_y() > LAST_SIGNED and shown > 1:
            return monthly_report(report, shown - 1)
        return bytes(pdf.output())
    finally:
        for font in pdf.fonts.values():
            if hasattr(font, "close"):
                font.close()  # else its file stays open


def _page(report: Report, shown: int) -> Pdf:
    pdf = import_module("fpdf").FPDF(format="A4")
    pdf.set_margins(LEFT, TOP, RIGHT)
    pdf.set_auto_page_break(False)  # one page: what is too much is left out, never carried over
    pdf.set_title(report.about.replace("\n", " "))
    pdf.set_lang("vi")
    for style, path in faces().items():
        pdf.add_font(FAMILY, style, path)
    pdf.add_page()
    _heads(pdf, report)
    _title(pdf, report)
    _paragraph(pdf, report.opening)
    _grid(pdf, report.steps, LEFT, WIDTH, (1, 0.22, 0.22))
    _paragraph(pdf, report.times)
    top = pdf.get_y()
    _grid(pdf, report.wards(shown), LEFT, WARDS, (WARDS - NUMBERS, *NUMBER_WIDTHS))
    bottom = pdf.get_y()
    pdf.set_y(top)
    rest = WIDTH - WARDS - 3
    _grid(pdf, report.procedures(shown), LEFT + WARDS + 3, rest, (rest - NUMBERS, *NUMBER_WIDTHS))
    pdf.set_y(max(bottom, pdf.get_y()))
    if report.messages:
        _paragraph(pdf, report.messages)
    _paragraph(pdf, "Trên đây là báo cáo kết quả hỗ trợ nộp hồ sơ hành chính trực tuyến tại nhà./.")
    _feet(pdf, report)
    return pdf


def faces() -> dict[str, Path]:
    """Times New Roman where the office has put it, else the packaged serif; never half of each."""
    own = {style: Path(settings.REPORT_FONT_DIR) / name for style, name in TIMES.items()}
    if settings.REPORT_FONT_DIR and all(path.is_file() for path in own.values()):
        return own
    return {style: fontpkg_crimson_text.ROOT / "files" / name for style, name in PACKAGED.items()}


def _heads(pdf: Pdf, report: Report) -> None:
    left, right = WIDTH * 0.4, WIDTH * 0.6
    middle_left, middle_right = LEFT + left / 2, LEFT + left + right / 2
    top = pdf.get_y()
    _centred(pdf, report.parent.upper(), LEFT, left, 12)
    _centred(pdf, report.office, LEFT, left, 12, "B")
    _rule(pdf, middle_left, left * 0.4, left)
    _centred(pdf, report.number, LEFT, left, 13)
    left_end = pdf.get_y()
    pdf.set_y(top)
    _centred(pdf, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", LEFT + left, right, 12, "B")
    _centred(pdf, "Độc lập - Tự do - Hạnh phúc", LEFT + left, right, 13, "B")
    _rule(pdf, middle_right, pdf.get_string_width("Độc lập - Tự do - Hạnh phúc"), right)
    _centred(pdf, report.dated, LEFT + left, right, 13, "I")
    pdf.set_y(max(left_end, pdf.get_y()) + 4)


def _title(pdf: Pdf, report: Report) -> None:
    _centred(pdf, report.title, LEFT, WIDTH, 14, "B")
    _centred(pdf, report.about, LEFT, WIDTH, 13, "B")
    _rule(pdf, LEFT + WIDTH / 2, WIDTH * 0.2, WIDTH)


def _rule(pdf: Pdf, middle: float, length: float, most: float) -> None:
    """The line under a head."""
    half = min(length, most) / 2
    y = pdf.get_y() + 0.8
    pdf.set_line_width(0.2)
    pdf.line(middle - half, y, middle + half, y)
    pdf.set_y(y + 1.6)


def _centred(pdf: Pdf, text: str, x: float, width: float, size: float, style: str = "") -> None:
    pdf.set_font(FAMILY, style, size)
    pdf.set_x(x)
    pdf.multi_cell(width, 5.4, text, align="C", new_x="LMARGIN", new_y="NEXT")


def _paragraph(pdf: Pdf, text: str) -> None:
    pdf.set_font(FAMILY, "", 13)
    pdf.set_y(pdf.get_y() + 2.1)  # six points between paragraphs
    with (
        pdf.text_columns(text_align="J", line_height=1.3) as column,
        column.paragraph(first_line_indent=10) as paragraph,
    ):
        paragraph.write(text)
    pdf.set_xy(LEFT, pdf.get_y() + 1)


def _grid(pdf: Pdf, grid: Grid, x: float, width: float, parts: tuple[float, ...]) -> None:
    """Ruled cells, words on as many lines as they need."""
    widths = [width * part / sum(parts) for part in parts]
    for row, style in [(grid.head, "B"), *((row, "") for row in grid.rows)]:
        pdf.set_font(FAMILY, style, 12)
        lines = max(_lines(pdf, words, wide) for words, wide in zip(row, widths, strict=True))
        left, top = x, pdf.get_y()
        for place, (words, wide) in enumerate(zip(row, widths, strict=True)):
            pdf.rect(left, top, wide, ROW * lines)
            pdf.set_xy(left, top)
            pdf.multi_cell(wide, ROW, words, align="R" if place and not style else "L")
            left += wide
        pdf.set_y(top + ROW * lines)


def _lines(pdf: Pdf, words: str, width: float) -> int:
    """How many lines these words need in a cell."""
    return len(cast(list[str], pdf.multi_cell(width, ROW, words, dry_run=True, output="LINES")))


def _feet(pdf: Pdf, report: Report) -> None:
    pdf.set_y(pdf.get_y() + 4)
    top, half = pdf.get_y(), WIDTH / 2
    _centred(pdf, report.signer, LEFT + half, half, 13, "B")
    pdf.set_y(top)
    pdf.set_font(FAMILY, "BI", 12)
    pdf.cell(half, 5, "Nơi nhận:", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(FAMILY, "", 11)
    for receiver in (f"- {report.parent};", "- Lưu: VT."):
        pdf.cell(half, 4.6, receiver, new_x="LMARGIN", new_y="NEXT")
