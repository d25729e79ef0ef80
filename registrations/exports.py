"""A list as a file: XLSX or CSV, small ones at once, large ones in the background with progress."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, TextIOWrapper
from typing import IO, Any

from django.contrib.auth.models import User
from django.core.files.base import File
from django.db.models import QuerySet
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from registrations.models import Export, Registration
from registrations.phones import mask_phone
from registrations.queue import with_row_facts
from registrations.wordings import lead_of

CHUNK = 500
DATE_FORMAT = "hh:mm dd/mm/yyyy"
# A cell beginning with one of these is a formula to a spreadsheet; citizens' own words must stay words.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Field:
    title: str
    value: Callable[[Registration], str | int | datetime | None]
    width: int = 18


FIELDS = (
    Field("Mã", lambda r: r.code, 12),
    Field("Họ tên", lambda r: r.citizen.name, 26),
    Field("Điện thoại", lambda r: mask_phone(r.citizen.phone), 16),
    Field("Thủ tục", lambda r: r.procedure.short_name if r.procedure else "", 38),
    Field("Lời người dân", lambda r: r.words, 30),
    Field("Phường, xã", lambda r: r.ward.name if r.ward else "", 24),
    Field("Giờ hẹn", lambda r: _local(r.appointment.starts_at) if r.appointment else None, 18),
    Field("Cán bộ", lambda r: lead.name if (lead := lead_of(r.appointment)) else "", 24),
    Field("Tình trạng", lambda r: str(r.get_state_display()), 16),
    Field("Lý do", lambda r: r.state_reason, 30),
    Field("Nguồn", lambda r: str(r.get_channel_display()), 12),
    Field("Đăng ký lúc", lambda r: _local(r.created_at), 18),
    Field("Xong lúc", lambda r: _local(r.finished_at) if r.finished_at else None, 18),
    Field("Mã trên cổng", lambda r: r.dossier_number, 24),
    Field("Đánh giá", lambda r: r.rating, 10),
)


def _local(at: datetime) -> datetime:
    return timezone.make_naive(at)


def rows_of(registrations: QuerySet[Registration]) -> Iterator[Registration]:
    """Newest first, in chunks, so that a long list never sits in memory whole."""
    yield from with_row_facts(registrations.order_by("-created_at", "-pk")).iterator(chunk_size=CHUNK)


def defused(text: str) -> str:
    """The text as a spreadsheet shows it and never runs it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_csv(stream: IO[bytes], registrations: QuerySet[Registration], step: Callable[[int], None]) -> int:
    """UTF-8 with a mark at the start, so that Excel reads the marks of Vietnamese. How many rows."""
    text = TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    out = csv.writer(text)
    out.writerow([field.title for field in FIELDS])
    count = 0
    for count, row in enumerate(rows_of(registrations), start=1):
        out.writerow([_csv_value(field.value(row)) for field in FIELDS])
        if count % CHUNK == 0:
            step(count)
    text.flush()
    text.detach()
    return count


def _csv_value(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%H:%M %d/%m/%Y}"
    return "" if value is None else defused(str(value))


def write_xlsx(stream: IO[bytes], registrations: QuerySet[Registration], step: Callable[[int], None]) -> int:
    """One sheet, head row frozen, dates as dates. How many rows."""
    book = Workbook(write_only=True)
    sheet: Worksheet = book.create_sheet("Hồ sơ")
    sheet.freeze_panes = "A2"
    for place, field in enumerate(FIELDS):
        sheet.column_dimensions[chr(ord("A") + place)].width = field.width
    head = []
    for field in FIELDS:
        cell = WriteOnlyCell(sheet, value=field.title)
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    count = 0
    for count, row in enumerate(rows_of(registrations), start=1):
        sheet.append([_xlsx_cell(sheet, field.value(row)) for field in FIELDS])
        if count % CHUNK == 0:
            step(count)
    book.save(stream)
    return count


def _xlsx_cell(sheet: Worksheet, value: Any) -> Any:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = DATE_FORMAT
        return cell
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=defused(value))
        cell.data_type = "s"
        return cell
    return value


WRITERS = {Export.Format.XLSX: write_xlsx, Export.Format.CSV: write_csv}
CONTENT_TYPES = {
    Export.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Export.Format.CSV: "text/csv; charset=utf-8",
}


def file_name(made_at: datetime, format: str) -> str:
    return f"ho-so-{timezone.localtime(made_at):%Y%m%d-%H%M}.{format}"


def ask_for_export(*, user: User, query: str, format: str, rows_total: int) -> Export:
    """Note that this list is wanted; the worker writes it."""
    return Export.objects.create(user=user, query=query, format=format, rows_total=rows_total)


def write_export(*, export: Export, registrations: QuerySet[Registration]) -> Export:
    """Write the file of a background export, noting progress. A second call while it is being written does nothing."""
    started = Export.objects.filter(pk=export.pk, state=Export.State.WAITING).update(state=Export.State.WRITING)
    if not started:
        return export

    def step(done: int) -> None:
        Export.objects.filter(pk=export.pk).update(rows_done=done)

    try:
        stream = BytesIO()
        count = WRITERS[Export.Format(export.format)](stream, registrations, step)
    except Exception:
        Export.objects.filter(pk=export.pk).update(state=Export.State.FAILED, finished_at=timezone.now())
        raise
    stream.seek(0)
    export.file.save(file_name(export.created_at, export.format), File(stream), save=False)
    export.state, export.rows_done, export.finished_at = Export.State.READY, count, timezone.now()
    export.save(update_fields=["file", "state", "rows_done", "finished_at"])
    return export
