"""Columns of the queue beyond the four everybody sees."""

from collections.abc import Callable
from dataclasses import dataclass

from registrations.models import Registration
from registrations.wordings import lead_of, short_when


@dataclass(frozen=True)
class Column:
    slug: str
    title: str
    text: Callable[[Registration], str]


COLUMNS = (
    Column("dang-ky", "Đăng ký lúc", lambda r: short_when(r.created_at)),
    Column("han-goi", "Hạn gọi", lambda r: short_when(r.call_due_at) if r.call_due_at else ""),
    Column("can-bo", "Cán bộ", lambda r: lead.name if (lead := lead_of(r.appointment)) else ""),
    Column("nguon", "Nguồn", lambda r: str(r.get_channel_display())),
    Column("uu-tien", "Ưu tiên", lambda r: str(r.citizen.get_priority_display()) if r.citizen.priority else ""),
    Column("ma-ho-so", "Mã trên cổng", lambda r: r.dossier_number),
    Column("danh-gia", "Đánh giá", lambda r: f"{r.rating}/5" if r.rating else ""),
)
