"""A list as a file: XLSX or CSV, small ones at once, large ones in the background with progress."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from io import BytesIO, TextIOWrapper
from typing import IO, Any

from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from registrations.models import Export, Registration
from registrations.phones import mask_phone
from registrations.queue import with_row_facts
from registrations.wordings import lead_of

CHUNK = 500
# Whoever asked fetches the file at once or the next morning.
KEPT_FOR = timedelta(days=1)
# A worker that writes longer is stopped.
LONGEST_S = 1800
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
    openpyxl = import_module("openpyxl")
    new_cell = openpyxl.cell.WriteOnlyCell
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Hồ sơ")
    sheet.freeze_panes = "A2"
    for place, field in enumerate(FIELDS):
        sheet.column_dimensions[chr(ord("A") + place)].width = field.width
    head = []
    for field in FIELDS:
        cell = new_cell(sheet, value=field.title)
        cell.font = openpyxl.styles.Font(bold=True)
        head.append(cell)
    sheet.append(head)
    count = 0
    for count, row in enumerate(rows_of(registrations), start=1):
        sheet.append([_xlsx_cell(new_cell, sheet, field.value(row)) for field in FIELDS])
        if count % CHUNK == 0:
            step(count)
    book.save(stream)
    return count


def _xlsx_cell(new_cell: Callable[..., Any], sheet: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        cell = new_cell(sheet, value=value)
        cell.number_format = DATE_FORMAT
        return cell
    if isinstance(value, str):
        cell = new_cell(sheet, value=defused(value))
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


def write_export(*, export: Export, registrations: QuerySet[Registration], now: datetime | None = None) -> Export:
    """Write the file of a background export, noting progress. A second call while it is being written does nothing.

    Where the worker that began died, the next call begins anew once that worker's time is over.
    """
    at = now or timezone.now()
    mine = Export.objects.filter(pk=export.pk, state=Export.State.WRITING, started_at=at)
    if not _to_write(at).filter(pk=export.pk).update(state=Export.State.WRITING, started_at=at):
        return export

    def step(done: int) -> None:
        mine.update(rows_done=done)

    try:
        stream = BytesIO()
        count = WRITERS[Export.Format(export.format)](stream, registrations, step)
    except Exception:
        mine.update(state=Export.State.FAILED, finished_at=timezone.now())
        raise
    stream.seek(0)
    export.file.save(file_name(export.created_at, export.format), File(stream), save=False)
    kept = mine.update(file=export.file.name, state=Export.State.READY, rows_done=count, finished_at=timezone.now())
    if not kept:
        # Deleted or taken over meanwhile: a list of people must not lie about where no row tells of it.
        export.file.storage.delete(str(export.file.name))
        return export
    export.refresh_from_db()
    return export


def _to_write(now: datetime) -> QuerySet[Export]:
    is_dead = Q(state=Export.State.WRITING) & (
        Q(started_at__lt=now - timedelta(seconds=LONGEST_S)) | Q(started_at__isnull=True)
    )
    return Export.objects.filter(Q(state=Export.State.WAITING) | is_dead)


def left_behind(*, now: datetime) -> list[int]:
    """Exports whose worker died over them: to be begun anew."""
    return list(_to_write(now).filter(state=Export.State.WRITING).order_by("pk").values_list("pk", flat=True))


def forget_old(*, now: datetime) -> int:
    """Files of names are for fetching, not for keeping. How many exports were deleted, with their files."""
    old = Export.objects.filter(created_at__lt=now - KEPT_FOR)
    deleted = 0
    for number in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            row = old.select_for_update(of=("self",)).filter(pk=number).first()
            if row is None:
                continue
            if row.file:
                # After the row: whoever opens the page in between finds nothing, not a row without its file.
                transaction.on_commit(partial(row.file.storage.delete, str(row.file.name)))
            row.delete()
            deleted += 1
    return deleted
