"""The monthly report as a file: one A4 page, every letter of Vietnamese, the layout of Nghị định 30/2020/NĐ-CP."""

import unicodedata
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from registrations.counting import Row
from registrations.report_pdf import LAST_SIGNED, PACKAGED, faces, monthly_report
from registrations.report_words import dated, report_of
from registrations.statistics import count
from tests.registrations.test_statistics import NOVEMBER, story  # noqa: F401

LETTERS = "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"


def report_now():
    return report_of(
        NOVEMBER,
        count(NOVEMBER),
        count(NOVEMBER.before),
        today=date(2026, 12, 1),
        office="Phòng Kinh tế, Hạ tầng và Đô thị",
        parent="UBND phường Nha Trang",
        symbol="KTHTĐT",
        place="Nha Trang",
        signer="Trưởng phòng",
    )


def read(file: bytes) -> tuple[PdfReader, str]:
    pdf = PdfReader(BytesIO(file))
    text = " ".join(page.extract_text() for page in pdf.pages)
    return pdf, " ".join(unicodedata.normalize("NFC", text).split())


@pytest.mark.django_db
@pytest.mark.usefixtures("story")
def test_the_file_is_one_page_in_the_offices_layout_and_says_the_figures(client, manager):
    client.force_login(manager)
    answer = client.get("/thong-ke/bao-cao.pdf?ky=thang")
    assert answer["Content-Type"] == "application/pdf"
    pdf, text = read(answer.content)
    assert len(pdf.pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in pdf.pages[0].mediabox[2:]] == [210, 297]
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "UBND PHƯỜNG NHA TRANG",
        "PHÒNG KINH TẾ, HẠ TẦNG VÀ ĐÔ THỊ", "/BC-KTHTĐT", "Nha Trang, ngày 23 tháng 11 năm 2026", "BÁO CÁO",
        "từ ngày 01/11/2026 đến ngày 30/11/2026", "Trong kỳ có 7 lượt đăng ký", "tăng 6 lượt so với kỳ trước",
        "Đã nộp hồ sơ 3 0", "Không gặp 1 0", "2 lượt gọi xác minh trễ hạn", "trung bình 4,0/5 (3 lượt)",
        "Mẫu Bắc 6 3", "Giấy phép bán lẻ rượu mẫu 6 3", "Nơi nhận:", "TRƯỞNG PHÒNG",
    ):  # fmt: skip
        assert words in text, words
    screen = " ".join(client.get("/thong-ke/bao-cao/?ky=thang").content.decode().split())
    assert "Trong kỳ có 7 lượt đăng ký" in screen
    assert "bao-cao.pdf?ky=thang" in screen


@pytest.mark.django_db
def test_every_letter_survives_and_a_crowded_month_stays_on_one_page_with_room_to_sign():
    long = f"Giấy chứng nhận {LETTERS} {LETTERS.lower()} đủ điều kiện an toàn thực phẩm"
    wards = [Row(n, f"Phường Mẫu số {n} có tên rất dài", 10, 3) for n in range(65)]
    procedures = [Row(n, long if n == 0 else f"Thủ tục có tên rất dài số {n} " * 3, 10, 3) for n in range(30)]
    file = monthly_report(replace(report_now(), ward_rows=wards, procedure_rows=procedures))
    pdf, text = read(file)
    assert len(pdf.pages) == 1
    assert [letter for letter in LETTERS + LETTERS.lower() if letter not in text] == []
    heights, pieces = [], []
    pdf.pages[0].extract_text(
        visitor_text=lambda words, _, at, *__: words.strip() and (heights.append(at[5]), pieces.append(words.strip()))
    )
    assert "ký" not in pieces, "the head of a narrow column lies over its first row"
    assert sum(piece.startswith("Đăng ký") for piece in pieces) == 2
    assert 297 - min(heights) / 72 * 25.4 <= LAST_SIGNED


def test_an_office_that_owns_times_new_roman_has_it_used_whole_or_not_at_all(settings, tmp_path):
    settings.REPORT_FONT_DIR = str(tmp_path)
    for name in ("times.ttf", "timesbd.ttf", "timesi.ttf"):
        (tmp_path / name).write_bytes(b"")
    assert {path.name for path in faces().values()} == set(PACKAGED.values()), "one face is missing"
    (tmp_path / "timesbi.ttf").write_bytes(b"")
    assert {path.parent for path in faces().values()} == {tmp_path}


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2026, 3, 5), "ngày 05 tháng 3 năm 2026"),
        (date(2026, 11, 23), "ngày 23 tháng 11 năm 2026"),
    ],
)
def test_days_are_written_as_the_decree_wants(day: date, words: str):
    assert dated(day) == words
