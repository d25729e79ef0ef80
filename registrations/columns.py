"""Columns of the queue beyond the four everybody sees."""

from collections.abc import Callable
from dataclasses import dataclass

from registrations.models import Citizen, Registration
from registrations.rows import Facts
from registrations.wordings import short_when


@dataclass(frozen=True)
class Column:
    slug: str
    title: str
    text: Callable[[Facts], str]


COLUMNS = (
    Column("dang-ky", "Đăng ký lúc", lambda f: short_when(f.created_at)),
    Column("han-goi", "Hạn gọi", lambda f: short_when(f.call_due_at) if f.call_due_at else ""),
    Column("can-bo", "Cán bộ", lambda f: f.lead),
    Column("nguon", "Nguồn", lambda f: str(Registration.Channel(f.channel).label)),
    Column("uu-tien", "Ưu tiên", lambda f: str(Citizen.Priority(f.priority).label) if f.priority else ""),
    Column("ma-ho-so", "Mã trên cổng", lambda f: f.dossier_number),
    Column("danh-gia", "Đánh giá", lambda f: f"{f.rating}/5" if f.rating else ""),
)
