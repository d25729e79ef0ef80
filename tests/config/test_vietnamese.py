"""Dates, words and numbers as people here read them."""

import datetime
import json
import re

import django
import polib
import pytest
from axes.models import AccessFailureLog
from django import forms
from django.contrib.auth import get_user_model
from django.core.validators import MinLengthValidator
from django.template import Context, Template
from django.utils import formats, translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext

from tests.messages import CATALOGUES

DJANGO = django.__path__[0]
# Shown to developers only, or names of languages and standards.
LEFT_IN_ENGLISH = re.compile(
    r"install worked|release notes|DEBUG=True</a>|Django|Tutorial|Get started|Topics|Connect, get help|Syndication"
    r"|byte|%d|^[A-Z]\w+$"
)


def test_3_9_is_3_september():
    assert forms.DateField().clean("03/09/2026") == datetime.date(2026, 9, 3)
    assert forms.DateField().clean("3-9-2026") == datetime.date(2026, 9, 3)
    assert forms.DateField().clean("2026-09-03") == datetime.date(2026, 9, 3)


@pytest.mark.parametrize("text", ["14:30", "14h30", "14 giờ 30"])
def test_half_past_two_is_read_as_people_write_it(text):
    assert forms.TimeField().clean(text) == datetime.time(14, 30)


def test_a_moment_is_read_day_first_and_as_browsers_send_it():
    for text in ("03/09/2026 14:30", "14:30 03/09/2026", "2026-09-03T14:30"):
        assert forms.DateTimeField().clean(text).strftime("%d/%m/%Y %H:%M") == "03/09/2026 14:30"


def test_the_week_starts_on_monday():
    assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


def test_dates_and_numbers_are_written_as_here():
    day = datetime.date(2026, 9, 3)
    assert Template("{{ day }} {{ day|date:'l' }} {{ day|date:'D' }}").render(Context({"day": day})) == (
        "03/09/2026 Thứ Năm T5"
    )
    assert formats.number_format(1200000, use_l10n=True, force_grouping=True) == "1.200.000"
    assert formats.number_format(2.5, decimal_pos=1) == "2,5"
    moment = datetime.datetime(2026, 9, 3, 7, 30, tzinfo=datetime.UTC)
    assert Template("{{ moment }}").render(Context({"moment": moment})) == "14:30 03/09/2026"


def test_the_compiled_catalogue_is_the_written_one():
    assert CATALOGUES
    for path in CATALOGUES:
        written = {(e.msgctxt, e.msgid): e.msgstr or e.msgstr_plural for e in polib.pofile(str(path))}
        compiled = {
            (e.msgctxt, e.msgid): e.msgstr or e.msgstr_plural for e in polib.mofile(str(path.with_suffix(".mo")))
        }
        assert compiled == written, f"{path.name} was edited: run `make messages`"


def test_no_translation_invents_a_placeholder():
    wrong = [
        entry.msgid
        for path in CATALOGUES
        for entry in polib.pofile(str(path))
        for translated in [entry.msgstr, *entry.msgstr_plural.values()]
        if not placeholders(translated) <= placeholders(entry.msgid)
    ]
    assert wrong == []


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sdr]|%[sd]|\{\w*\}|<\w+|</\w+", text))


@pytest.mark.parametrize("part", ["conf", "contrib/admin", "contrib/auth", "contrib/humanize", "contrib/postgres"])
def test_nothing_staff_see_of_django_stays_english(part):
    english = polib.pofile(f"{DJANGO}/{part}/locale/en/LC_MESSAGES/django.po")
    with translation.override("vi"):
        left = [
            entry.msgid
            for entry in english
            if not entry.obsolete
            and not LEFT_IN_ENGLISH.search(entry.msgid)
            and not any(place.startswith("conf/global_settings") for place, _ in entry.occurrences)
            and translated(entry) == entry.msgid
            and re.search(r"[a-z]{3}", re.sub(r"%\(\w+\)s|\{\w+\}", "", entry.msgid))
        ]
    assert left == []


def translated(entry: polib.POEntry) -> str:
    if entry.msgctxt and entry.msgid_plural:
        return npgettext(entry.msgctxt, entry.msgid, entry.msgid_plural, 1)
    if entry.msgctxt:
        return pgettext(entry.msgctxt, entry.msgid)
    if entry.msgid_plural:
        return ngettext(entry.msgid, entry.msgid_plural, 1)
    return gettext(entry.msgid)


def test_a_form_says_what_is_wrong_in_vietnamese():
    field = forms.CharField(validators=[MinLengthValidator(3)])
    with pytest.raises(forms.ValidationError) as refusal:
        field.clean("")
    assert refusal.value.messages == ["Không được bỏ trống mục này."]
    with pytest.raises(forms.ValidationError) as refusal:
        field.clean("ab")
    assert refusal.value.messages == ["Cần ít nhất 3 ký tự (đang có 2)."]


def test_the_admins_calendar_speaks_vietnamese(client, administrator):
    client.force_login(administrator)
    words = client.get("/quan-tri/jsi18n/").content.decode()
    assert json.dumps("Thứ Hai") in words
    assert '"FIRST_DAY_OF_WEEK": 1' in words


def test_the_admins_tables_have_vietnamese_names(client, administrator):
    client.force_login(administrator)
    index = client.get("/quan-tri/").content.decode()
    assert "Nhật ký đăng nhập" in index
    for english in ("Axes", "Otp_", "devices"):
        assert english not in index


def test_a_wrong_password_gets_a_sentence(client, db):
    get_user_model().objects.create_user("xacminh", password="mat-khau-that-cua-toi")
    page = client.post("/dang-nhap/", {"username": "xacminh", "password": "sai"}).content.decode()
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in page


def test_permissions_are_said_in_vietnamese_and_no_table_is_offered_that_does_nothing(client, administrator):
    client.force_login(administrator)
    index = client.get("/quan-tri/").content.decode()
    assert "otp_" not in index
    page = client.get("/quan-tri/auth/group/add/").content.decode()
    for words in ("Hồ sơ | sửa quy định làm việc", "Hồ sơ | Gộp, tách người dân trùng", "Đăng nhập | xem "):
        assert words in page
    assert not re.search(r">[^<]*\b(Can (add|change|delete|view)|Axes|Otp)\b", page)
    other = get_user_model().objects.create_user("xacminh", password="mat-khau-that-cua-toi")
    password = client.get(f"/quan-tri/auth/user/{other.pk}/password/").content.decode()
    assert "mật khẩu hiện tại của người này sẽ mất" in password
    assert "will be lost" not in password


def test_who_signed_in_is_read_and_not_edited(client, administrator):
    client.force_login(administrator)
    AccessFailureLog.objects.create(username="ai-do", ip_address="127.0.0.1", user_agent="Firefox", path_info="/")
    page = client.get("/quan-tri/axes/accessfailurelog/").content.decode()
    assert "ai-do" in page
    assert "/change/" not in page
    assert 'name="action"' not in page
