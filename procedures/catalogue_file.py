"""The catalogue as a file: JSON as we ship it, or a spreadsheet as an office edits it. Only read here; see loading.py.

JSON: `{"fields": [{"code", "name"}], "procedures": [{…}]}`, keys as in `COLUMNS`. Spreadsheet: the first sheet, one
procedure a row, headings either the keys or the Vietnamese labels of `COLUMNS`; several things in a cell: one a line.
A key or column that is absent leaves what is stored alone; one that is there but empty clears it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from procedures.errors import UnreadableCatalogue
from procedures.text import clean, fold, strip_marks

TEXT, LINES, FLAG, WHOLE, DAY = "text", "lines", "flag", "whole", "day"
# key of the model (or of a list beside it) → (label in a spreadsheet, kind of value)
COLUMNS: dict[str, tuple[str, str]] = {
    "code": ("Mã quốc gia", TEXT),
    "local_id": ("Mã nội bộ", TEXT),
    "name": ("Tên thủ tục", TEXT),
    "short_name": ("Tên gọi tắt", TEXT),
    "field": ("Lĩnh vực", TEXT),
    "family": ("Nhóm giấy phép", TEXT),
    "action": ("Loại việc", TEXT),
    "level": ("Cấp giải quyết", TEXT),
    "online_level": ("Mức độ trực tuyến", TEXT),
    "processing_days": ("Số ngày làm việc", WHOLE),
    "processing_note": ("Ghi chú thời hạn", TEXT),
    "fee": ("Phí, lệ phí", TEXT),
    "fee_is_certain": ("Phí đã xác nhận", FLAG),
    "papers": ("Giấy tờ", LINES),
    "papers_are_certain": ("Giấy tờ đã xác nhận", FLAG),
    "legal_bases": ("Căn cứ pháp lý", LINES),
    "result": ("Kết quả", TEXT),
    "validity": ("Thời hạn của giấy", TEXT),
    "portal_url": ("Trang trên Cổng", TEXT),
    "visit_minutes": ("Phút tại nhà", WHOLE),
    "is_in_scope": ("Thuộc phạm vi", FLAG),
    "refer_to": ("Nơi tiếp nhận", TEXT),
    "active_from": ("Áp dụng từ", DAY),
    "active_to": ("Áp dụng đến hết", DAY),
    "keywords": ("Từ khóa", LINES),
    "misleading": ("Từ dễ nhầm", LINES),
    "doubts": ("Điều chưa chắc", LINES),
    "sources": ("Nguồn", TEXT),
}
REQUIRED = ("name", "field", "action")
# Lists that the model keeps as one text, a line each.
_STORED_AS_TEXT = {"legal_bases", "doubts"}
# What a name begins with says what is done, not with which licence.
_DEEDS = {
    "cap",
    "lai",
    "moi",
    "doi",
    "xin",
    "dang ky",
    "dieu chinh",
    "sua doi",
    "bo sung",
    "gia han",
    "thu tuc",
    "de nghi",
}
_YES = {"co", "x", "1", "true", "yes", "dung"}
_NO = {"khong", "", "0", "false", "no", "sai"}


@dataclass(frozen=True)
class Entry:
    """One procedure of a file. `values` holds only the keys the file states, ready for the model; lists apart."""

    local_id: str
    place: str
    values: Mapping[str, Any]
    field_code: str
    papers: list[str] | None = None
    keywords: list[str] | None = None
    misleading: list[str] | None = None


@dataclass(frozen=True)
class CatalogueFile:
    fields: dict[str, str] = field(default_factory=dict)  # code → name, in order
    entries: list[Entry] = field(default_factory=list)


def read_catalogue(path: Path) -> CatalogueFile:
    """Read a `.json` or `.xlsx` file. Raises `UnreadableCatalogue` with every problem found, not only the first."""
    if path.suffix.lower() == ".xlsx":
        fields, rows = _read_spreadsheet(path)
    elif path.suffix.lower() == ".json":
        fields, rows = _read_json(path)
    else:
        raise UnreadableCatalogue([f"{path.name}: chỉ đọc được tệp .json hoặc .xlsx."])
    problems: list[str] = []
    entries = []
    for place, row in rows:
        found = _entry(place, row, fields, problems)
        if found:
            entries.append(found)
    problems += _repeated(entries)
    if not entries and not problems:
        problems.append(f"{path.name}: không có thủ tục nào.")
    if problems:
        raise UnreadableCatalogue(problems)
    return CatalogueFile(fields=fields, entries=entries)


def derive_family(name: str) -> str:
    """What the names of one licence share: `Cấp lại Giấy phép X` and `Cấp Giấy phép X` both give `giay-phep-x`."""
    text = re.sub(r"\([^)]*\)", " ", fold(name))
    text = re.sub(r"\b(thuoc tham quyen|do cap|cap (huyen|xa|tinh)).*$", " ", text)
    words = re.findall(r"[a-z0-9]+", text)
    while len(words) > 1 and (words[0] in _DEEDS or " ".join(words[:2]) in _DEEDS):
        words = words[1:] if words[0] in _DEEDS else words[2:]
    return "-".join(words)[:120].strip("-")


def _read_json(path: Path) -> tuple[dict[str, str], list[tuple[str, Mapping[str, Any]]]]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        fields = {str(item["code"]): clean(item["name"]) for item in data.get("fields", [])}
        rows = data["procedures"]
        named = [(_place(number, row), row) for number, row in enumerate(rows, 1)]
    except OSError as error:
        raise UnreadableCatalogue([f"{path}: không mở được ({error.strerror})."]) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableCatalogue([f"{path.name}: không đúng dạng JSON của danh mục ({error})."]) from error
    return fields, named


def _place(number: int, row: Mapping[str, Any]) -> str:
    return f"Thủ tục thứ {number} ({row.get('local_id') or row.get('code') or 'không mã'})"


def _read_spreadsheet(path: Path) -> tuple[dict[str, str], list[tuple[str, Mapping[str, Any]]]]:
    openpyxl = import_module("openpyxl")
    try:
        # Read row by row, the workbook stays open until it is closed.
        with path.open("rb") as file, closing(openpyxl.load_workbook(file, read_only=True, data_only=True)) as workbook:
            lines = [list(line) for line in workbook.worksheets[0].iter_rows(values_only=True)]
    except OSError as error:
        raise UnreadableCatalogue([f"{path}: không mở được ({error.strerror})."]) from error
    except (BadZipFile, openpyxl.utils.exceptions.InvalidFileException, KeyError, ValueError, IndexError) as error:
        raise UnreadableCatalogue([f"{path.name}: không phải bảng tính .xlsx đọc được."]) from error
    if not lines:
        raise UnreadableCatalogue([f"{path.name}: bảng tính trống."])
    known = {fold(label): key for key, (label, _) in COLUMNS.items()} | {key: key for key in COLUMNS}
    headings = [known.get(fold(str(cell or ""))) for cell in lines[0]]
    unknown = [str(cell) for cell, key in zip(lines[0], headings, strict=True) if cell and not key]
    if unknown:
        raise UnreadableCatalogue([f"{path.name}: không hiểu cột “{name}”." for name in unknown])
    rows: list[tuple[str, Mapping[str, Any]]] = []
    fields: dict[str, str] = {}
    for number, line in enumerate(lines[1:], 2):
        row = {key: cell for key, cell in zip(headings, line, strict=False) if key}
        if any(cell not in (None, "") for cell in row.values()):
            name = clean(str(row.get("field") or ""))
            if name:
                # A spreadsheet names the field in words; its code follows from the words.
                fields.setdefault(_slug(name), name)
                row["field"] = _slug(name)
            rows.append((f"Dòng {number}", row))
    return fields, rows


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", strip_marks(re.sub(r"\([^)]*\)", "", name)).lower()).strip("-")[:60]


def _entry(place: str, row: Mapping[str, Any], fields: Mapping[str, str], problems: list[str]) -> Entry | None:
    """The row as an entry, or None with its problems added to the list."""
    before = len(problems)
    for key in row.keys() - COLUMNS.keys():
        problems.append(f"{place}: không hiểu mục “{key}”.")
    values: dict[str, Any] = {}
    for key, (label, kind) in COLUMNS.items():
        if key in row:
            try:
                values[key] = _value(row[key], kind)
            except ValueError as error:
                problems.append(f"{place}, {label}: {error}")
    for key in REQUIRED:
        if not values.get(key):
            problems.append(f"{place}: thiếu “{COLUMNS[key][0]}”.")
    local_id = values.pop("local_id", "") or values.get("code", "")
    if not local_id:
        problems.append(f"{place}: cần mã quốc gia hoặc mã nội bộ.")
    field_code = values.pop("field", "")
    if field_code and field_code not in fields:
        problems.append(f"{place}: lĩnh vực “{field_code}” không có trong tệp.")
    if len(problems) > before:
        return None
    for key in _STORED_AS_TEXT & values.keys():
        values[key] = "\n".join(values[key])
    return Entry(
        local_id=local_id,
        place=f"{place} ({local_id})" if local_id not in place else place,
        papers=values.pop("papers", None),
        keywords=values.pop("keywords", None),
        misleading=values.pop("misleading", None),
        values=values,
        field_code=field_code,
    )


def _value(raw: Any, kind: str) -> Any:
    """A cell as the model wants it. Raises `ValueError` with a sentence."""
    if kind == LINES:
        if raw is not None and not isinstance(raw, str | list):
            raise ValueError("cần một danh sách, mỗi dòng một mục.")
        items = raw.splitlines() if isinstance(raw, str) else (raw or [])
        return list(dict.fromkeys(text for item in items if (text := clean(str(item)))))
    if kind == FLAG:
        word = fold(str(raw if raw is not None else ""))
        if word not in _YES | _NO:
            raise ValueError(f"“{raw}” không phải có hay không.")
        return word in _YES
    if raw is None or raw == "":
        return "" if kind == TEXT else None
    if kind == WHOLE:
        if isinstance(raw, bool) or not re.fullmatch(r"\d{1,4}(\.0)?", str(raw).strip()):
            raise ValueError(f"“{raw}” không phải số nguyên.")
        return int(float(raw))
    if kind == DAY:
        return _day(raw)
    if not isinstance(raw, str | int | float):
        raise ValueError("cần chữ.")
    return clean(str(raw))


def _day(raw: Any) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = str(raw).strip()
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 a calendar day has no zone
        except ValueError:
            continue
    raise ValueError(f"“{raw}” không phải ngày (viết 31/12/2026).")


def _repeated(entries: Iterable[Entry]) -> list[str]:
    seen: dict[str, str] = {}
    problems = []
    for entry in entries:
        for name in {entry.local_id, entry.values.get("code") or entry.local_id}:
            if name in seen:
                problems.append(f"{entry.place}: mã {name} đã dùng ở {seen[name]}.")
        for name in {entry.local_id, entry.values.get("code") or entry.local_id}:
            seen.setdefault(name, entry.place)
    return problems
