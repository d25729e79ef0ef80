"""The texts citizens read: what the office wrote in the administration, else what ships with the code.

One small query per use.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from registrations.dialogue.clock import long_time
from registrations.dialogue.texts import CONVERSATION
from registrations.models import MessageText
from registrations.notice_texts import CONSENT, NOTICES

# Zalo counts characters after NFC and refuses longer texts (-210).
LONGEST_TEXT: Final = 2000
_PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)\}")
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Placeholder:
    """What an editor may put into a text: its meaning, an example, and how many characters it may become."""

    meaning: str
    sample: str
    longest: int


PLACEHOLDERS: dict[str, Placeholder] = {
    "xung_ho": Placeholder("cách xưng hô", "chị", 8),
    "Xung_ho": Placeholder("cách xưng hô, viết hoa đầu câu", "Chị", 8),
    "ten_goi": Placeholder("xưng hô và tên gọi", "chị Một", 30),
    "ho_ten": Placeholder("họ và tên", "Người Mẫu Một", 60),
    "dien_thoai": Placeholder("số điện thoại người dân", "0900 000 014", 15),
    "dia_chi": Placeholder("địa chỉ hẹn", "Tổ 5, Phường Bắc Nha Trang", 330),
    "noi": Placeholder("nơi của một địa chỉ ngoài địa bàn", "Xã Diên Khánh", 60),
    "dia_ban": Placeholder("các phường phục vụ", "Phường Nha Trang, Phường Bắc Nha Trang", 120),
    "thu_tuc": Placeholder("tên thủ tục", "Giấy phép bán lẻ rượu (cấp mới)", 160),
    "giay_to": Placeholder("danh sách giấy tờ, mỗi dòng một loại", "- Đơn đề nghị\n- Giấy đăng ký hộ kinh doanh", 900),
    "gio_hen": Placeholder("ngày giờ hẹn", "08 giờ 00, Thứ Tư ngày 25/11/2026", 45),
    "gio_cu": Placeholder("ngày giờ hẹn trước khi đổi", "09 giờ 00, Thứ Năm ngày 26/11/2026", 45),
    "ma": Placeholder("mã đăng ký", "HT-7K2MP", 8),
    "ma_ho_so": Placeholder("mã hồ sơ trên Cổng dịch vụ công", "H32.1-261125-0001", 60),
    "can_bo": Placeholder("cán bộ được cử", "chị Lan, điện thoại 0900 000 021", 120),
    "ly_do": Placeholder("lý do", "Thiếu hợp đồng thuê nhà", 300),
    "can_bo_sung": Placeholder("điều cần bổ sung", "Ảnh hợp đồng thuê nhà", 300),
    "han_goi": Placeholder("cán bộ gọi trước lúc", "10 giờ 00, Thứ Hai ngày 23/11/2026", 45),
    "khi_nao_tra_loi": Placeholder("khi nào có người trả lời", "Cán bộ sẽ trả lời trong giờ làm việc.", 90),
    "lua_chon": Placeholder("các câu trả lời đánh số", "1. Đúng\n2. Sửa lại", 700),
    "linh_vuc": Placeholder("các lĩnh vực hỗ trợ", "rượu, thuốc lá, gas", 300),
    "luc": Placeholder("ngày giờ vừa hỏi", "Thứ Tư 25/11", 40),
    "vi_sao": Placeholder("vì sao không được", "Khung giờ này vừa hết chỗ.", 160),
    "tinh_trang": Placeholder("tình trạng hồ sơ", "Chờ xác minh", 20),
    "noi_nhan": Placeholder("nơi nhận thủ tục ngoài phạm vi", "Công an phường", 300),
    "so_ngay": Placeholder("số ngày làm việc", "10", 4),
    "so_moi": Placeholder("số điện thoại sau khi đổi đầu số", "0705 000 014", 15),
    "le_phi": Placeholder("mức phí, lệ phí", "Không", 600),
    "loi": Placeholder("lời người dân vừa gõ", "giấy phép karaoke", 200),
    "duong_dan": Placeholder("đường dẫn", "https://…/thu-tuc/2.000620/", 160),
    "sao": Placeholder("số điểm", "5", 1),
    "gio_lam": Placeholder("giờ làm việc", "Thứ Hai đến Thứ Sáu, 07:00–11:30 và 13:30–17:00", 160),
    "loi_dong_y": Placeholder("nội dung xin đồng ý", "…", 900),
    "co_quan": Placeholder("tên cơ quan", "Phòng Kinh tế", 80),
    "dien_thoai_co_quan": Placeholder("điện thoại cơ quan", "0258 3000 000", 30),
    "bay_gio": Placeholder("lúc này", "08 giờ 00, Thứ Hai ngày 23/11/2026", 45),
    "han_xoa": Placeholder("hạn xóa dữ liệu", "ngày 14/12/2026", 20),
}
TEXTS: dict[str, str] = {**CONVERSATION, **NOTICES, "loi_dong_y": CONSENT}
# Without these a message loses its point; an editor may move them, not drop them.
ESSENTIAL: Final = frozenset({"lua_chon", "loi_dong_y", "ma", "gio_hen", "giay_to", "can_bo_sung", "ly_do", "ma_ho_so"})
# The words put in a text that itself stands in other texts must not depend on a person.
PLAIN_TEXTS: Final = {"loi_dong_y": frozenset({"co_quan", "dien_thoai_co_quan"})}


def placeholders_in(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def fill(text: str, values: dict[str, str]) -> str:
    """Put the values in; a line whose only content was an empty value goes away."""
    lines = []
    for line in text.split("\n"):
        filled = _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), line)
        if filled.strip() or not line.strip():
            lines.append(filled.rstrip())
    return _EMPTY_LINES.sub("\n\n", unicodedata.normalize("NFC", "\n".join(lines))).strip()


class Wording:
    """The texts as they stand now: loaded once per event or notice."""

    def __init__(self, edited: dict[str, tuple[int, str]] | None = None):
        self._edited = edited or {}

    @classmethod
    def current(cls) -> "Wording":
        rows = MessageText.objects.order_by("key", "-version").distinct("key").values_list("key", "version", "text")
        return cls({key: (version, text) for key, version, text in rows})

    def text(self, key: str) -> str:
        """The text of a key, unfilled. KeyError for a key nobody wrote."""
        return self._edited[key][1] if key in self._edited else TEXTS[key]

    def version(self, key: str) -> str:
        """ "goc" for the text that ships with the code, else the number of the edited one."""
        return str(self._edited[key][0]) if key in self._edited else "goc"

    def render(self, key: str, **values: str) -> str:
        """The text ready to send. Values not known to the key's text are ignored; missing ones leave nothing."""
        text = self.text(key)
        wanted = placeholders_in(text)
        known = {**office_values(), **values}
        if "loi_dong_y" in wanted:
            known["loi_dong_y"] = self.render("loi_dong_y")
        if "bay_gio" in wanted:
            known.setdefault("bay_gio", long_time(timezone.localtime()))
        return fill(text, known)

    def fill(self, text: str) -> str:
        return fill(text, office_values())


def office_values() -> dict[str, str]:
    return {
        "co_quan": f"{settings.OFFICE_NAME} {settings.OFFICE_PLACE}".strip(),
        "dien_thoai_co_quan": settings.OFFICE_PHONE or "trụ sở cơ quan",
    }


def sample(text: str) -> str:
    """What a text looks like filled with examples: the preview."""
    values = {name: placeholder.sample for name, placeholder in PLACEHOLDERS.items()}
    return fill(text, {**values, **office_values(), "loi_dong_y": fill(CONSENT, office_values())})


def longest(text: str) -> int:
    """How many characters a text may become when everything put in is as long as it can be."""
    text = unicodedata.normalize("NFC", text)
    return len(_PLACEHOLDER.sub("", text)) + sum(
        PLACEHOLDERS[name].longest for name in _PLACEHOLDER.findall(text) if name in PLACEHOLDERS
    )


def faults(key: str, text: str) -> list[str]:
    """Why a text cannot be used for a key, as sentences for the editor; empty when it can."""
    if key not in TEXTS:
        return ["Không có tin nào mang mã này."]
    if not text.strip():
        return ["Tin không được để trống."]
    found = placeholders_in(text)
    original = placeholders_in(TEXTS[key])
    allowed = PLAIN_TEXTS.get(key) or original | {"xung_ho", "Xung_ho", "ten_goi", "co_quan", "dien_thoai_co_quan"}
    sentences = []
    if unknown := sorted(found - allowed):
        sentences.append("Tin này không có: " + ", ".join(f"{{{name}}}" for name in unknown) + ".")
    if missing := sorted((original & ESSENTIAL) - found):
        sentences.append("Thiếu chỗ điền bắt buộc: " + ", ".join(f"{{{name}}}" for name in missing) + ".")
    if "{" in _PLACEHOLDER.sub("", text) or "}" in _PLACEHOLDER.sub("", text):
        sentences.append("Có dấu ngoặc nhọn chưa đúng: viết như {xung_ho}.")
    limit = PLACEHOLDERS["loi_dong_y"].longest if key == "loi_dong_y" else LONGEST_TEXT
    if longest(text) > limit:
        sentences.append(f"Khi dài nhất tin này tới {longest(text)} ký tự; giới hạn là {limit}.")
    return sentences


class WordingRefused(Exception):
    """A text that would break its message; `sentences` say why."""

    def __init__(self, sentences: list[str]):
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def save_text(*, key: str, text: str, reason: str, author: User, expected_version: int) -> MessageText:
    """Keep a new version of a text; it counts from the next message on.

    `expected_version` is the version the editor started from, 0 for the text that ships with the code. Raises
    WordingRefused when a check fails or somebody else saved meanwhile.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if sentences := faults(key, text):
        raise WordingRefused(sentences)
    newest = MessageText.objects.filter(key=key).order_by("-version").values_list("version", flat=True).first() or 0
    meanwhile = WordingRefused(["Có người vừa sửa tin này. Mở lại để xem bản mới rồi sửa tiếp."])
    if newest != expected_version:
        raise meanwhile
    try:
        with transaction.atomic():
            return MessageText.objects.create(
                key=key, version=newest + 1, text=text, reason=reason.strip()[:200], author=author
            )
    except IntegrityError as error:
        raise meanwhile from error
