"""Editing what citizens read, in the administration."""

import pytest
from django.urls import reverse

from registrations.models import MessageText
from registrations.wording import TEXTS, Wording

EDIT = "/quan-tri/registrations/messagetext/kept/"


@pytest.fixture
def editor(client, administrator):
    client.force_login(administrator)
    return client


def test_every_text_is_listed(editor):
    page = editor.get(reverse("admin:registrations_messagetext_changelist")).content.decode()
    assert "Xác nhận đăng ký" in page
    assert page.count("/quan-tri/registrations/messagetext/") >= len(TEXTS)
    assert not [key for key in TEXTS if f">{key}<" in page], "the program's own names are English"
    kept = TEXTS["kept"].split("\n")[0]
    assert f"“{kept}”" in editor.get(EDIT).content.decode()


def test_a_text_is_previewed_without_being_saved_and_then_saved(editor):
    answer = editor.post(EDIT, {"text": "Dạ {xung_ho} yên tâm.", "version": "0", "viec": "xem"})
    assert "Dạ chị yên tâm." in answer.content.decode()
    assert not MessageText.objects.exists()
    editor.post(EDIT, {"text": "Dạ {xung_ho} yên tâm.", "reason": "thân mật hơn", "version": "0", "viec": "luu"})
    row = MessageText.objects.get()
    assert (row.version, row.author.username, row.reason) == (1, "administrator", "thân mật hơn")
    assert Wording.current().render("kept", xung_ho="anh") == "Dạ anh yên tâm."


def test_a_text_that_would_break_is_refused_and_what_was_typed_stays(editor):
    answer = editor.post(EDIT, {"text": "Dạ {mat_khau}", "version": "0", "viec": "luu"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Tin này không có: {mat_khau}" in page.replace("&#123;", "{").replace("&#125;", "}")
    assert not MessageText.objects.exists()


def test_the_second_of_two_editors_is_told(editor):
    for text in ("Vâng ạ.", "Dạ ạ."):
        answer = editor.post(EDIT, {"text": text, "version": "0", "viec": "luu"})
    assert "vừa sửa tin này" in answer.content.decode()
    assert MessageText.objects.get().text == "Vâng ạ."


def test_an_older_version_is_taken_back_as_a_new_one(editor):
    editor.post(EDIT, {"text": "Vâng ạ.", "version": "0", "viec": "luu"})
    editor.post(EDIT, {"text": TEXTS["kept"], "version": "1", "viec": "luu", "reason": "Lấy lại bản gốc"})
    assert [row.version for row in MessageText.objects.order_by("version")] == [1, 2]
    assert Wording.current().text("kept") == TEXTS["kept"]
    assert "Lấy lại bản này" in editor.get(EDIT).content.decode()


def test_a_clerk_edits_no_texts(client, verifier):
    verifier.is_staff = True
    verifier.save()
    client.force_login(verifier)
    assert client.get(EDIT).status_code == 403
