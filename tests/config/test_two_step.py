"""Signing in in two steps: the code of one's own telephone after the password, and what if the telephone is lost."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.pages import StrictClient

pytestmark = pytest.mark.django_db
PASSWORD = "mat-khau-that-cua-toi"
CODE = "/dang-nhap/ma/"


@pytest.fixture(autouse=True)
def _noon(time_machine) -> None:
    """A code lives half a minute: time goes on only when a test says so."""
    time_machine.move_to(timezone.now().replace(hour=5, minute=0, second=0, microsecond=0), tick=False)


@pytest.fixture
def wait(time_machine):
    """`wait(60)`: so many seconds later."""
    return lambda seconds: time_machine.move_to(timezone.now() + timedelta(seconds=seconds), tick=False)


@pytest.fixture
def mai(verifier: User) -> User:
    verifier.set_password(PASSWORD)
    verifier.save()
    return verifier


def code_of(user: User) -> str:
    """What the telephone shows now."""
    device = TOTPDevice.objects.get(user=user)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = timezone.now().timestamp()
    return f"{totp.token():06}"


def press(client: Client, what: str, code: str) -> str:
    return client.post("/hai-buoc/", {"viec": what, "code": code}, follow=True).content.decode()


def recovery_codes_on(page: str) -> list[str]:
    return re.findall(r"<code[^>]*>(\d{10})</code>", page)


@pytest.fixture
def protected(mai: User, wait) -> list[str]:
    """Turned on; her recovery codes."""
    client = StrictClient()
    client.force_login(mai)
    assert "Đang tắt" in client.get("/hai-buoc/").content.decode()
    codes = recovery_codes_on(press(client, "bat", code_of(mai)))
    wait(60)
    return codes


def signs_in(client: Client, user: User, then: str = "") -> str:
    """The first step; where it leads."""
    return client.post(f"/dang-nhap/?next={then}", {"username": user.username, "password": PASSWORD}).url


def is_in(client: Client) -> bool:
    return client.get("/thong-bao/").status_code == 200


def test_who_did_not_turn_it_on_is_asked_for_nothing(client, mai):
    assert signs_in(client, mai) == "/"
    assert is_in(client)
    assert client.get(CODE).url.startswith("/dang-nhap/")


def test_the_password_alone_opens_nothing_and_the_code_leads_where_one_wanted_to_go(client, mai, protected):
    asked = signs_in(client, mai, "/thong-bao/")
    assert asked.startswith(CODE)
    assert not is_in(client)
    page = client.get(asked).content.decode()
    assert "6 số" in page
    assert client.post(asked, {"code": f" {code_of(mai)[:3]} {code_of(mai)[3:]} "}).url == "/thong-bao/"
    assert is_in(client)


def test_the_page_after_the_code_is_one_of_this_site_and_of_this_role(client, mai, protected):
    asked = signs_in(client, mai, "https://evil.example/")
    assert "evil" not in asked
    assert client.post(f"{CODE}?next=//evil.example/", {"code": code_of(mai)}).url == "/"


def test_a_code_serves_once_and_a_wrong_one_costs_time(mai, protected, wait):
    first, second = StrictClient(), StrictClient()
    signs_in(first, mai)
    signs_in(second, mai)
    code = code_of(mai)
    assert first.post(CODE, {"code": code}).status_code == 302
    refused = second.post(CODE, {"code": code})
    assert "Mã chưa đúng" in refused.content.decode()
    wait(60)
    assert "Mã chưa đúng" in second.post(CODE, {"code": "000000"}).content.decode()
    assert second.post(CODE, {"code": code_of(mai)}).status_code == 200, "guessed again at once"
    wait(60)
    assert second.post(CODE, {"code": code_of(mai)}).status_code == 302
    assert is_in(second)


def test_without_the_telephone_each_recovery_code_serves_once(mai, protected):
    assert len(set(protected)) == 8
    client, again = StrictClient(), StrictClient()
    signs_in(client, mai)
    assert client.post(CODE, {"code": protected[0]}).status_code == 302
    assert "Còn 7 mã dự phòng" in client.get("/hai-buoc/").content.decode()
    signs_in(again, mai)
    assert again.post(CODE, {"code": protected[0]}).status_code == 200
    assert not is_in(again)


def test_new_recovery_codes_end_the_old_ones_and_turning_off_ends_all(client, mai, protected, wait):
    client.force_login(mai)
    assert "Mã chưa đúng" in press(client, "ma-moi", "12")
    wait(60)
    fresh = recovery_codes_on(press(client, "ma-moi", code_of(mai)))
    assert len(fresh) == 8
    assert not set(fresh) & set(protected)
    assert set(StaticToken.objects.values_list("token", flat=True)) == set(fresh)
    wait(60)
    assert "Đã tắt đăng nhập hai bước" in press(client, "tat", code_of(mai))
    assert signs_in(StrictClient(), mai) == "/"
    assert not StaticToken.objects.exists()


def test_a_key_never_confirmed_protects_nothing_and_stays_the_same_on_a_second_look(client, mai):
    client.force_login(mai)
    pages = [client.get("/hai-buoc/").content.decode() for _ in range(2)]
    keys = [re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)[1] for page in pages]
    assert keys[0] == keys[1]
    assert "data:image/svg+xml;base64," in pages[0]
    assert "Mã chưa đúng" in press(client, "bat", "000000")
    assert signs_in(StrictClient(), mai) == "/"


@pytest.mark.parametrize("how", ["late", "new password", "sent away"])
def test_the_first_step_does_not_hold_for_ever(client, mai, protected, wait, how):
    signs_in(client, mai)
    if how == "late":
        wait(601)
    elif how == "new password":
        mai.set_password("mot-mat-khau-khac-nua")
        mai.save()
    else:
        User.objects.filter(pk=mai.pk).update(is_active=False)
    assert client.post(CODE, {"code": code_of(mai)}).url.startswith("/dang-nhap/")
    assert not is_in(client)


@pytest.mark.parametrize("nonsense", ["", "abcdef", "²²²²²²", "1" * 20, "1" * 5000, "-12345"])
def test_nonsense_is_refused_with_a_sentence(client, mai, protected, nonsense):
    signs_in(client, mai)
    assert client.post(CODE, {"code": nonsense}).status_code == 200
    assert not is_in(client)


def test_the_administrator_lets_in_whoever_lost_everything_and_never_sees_a_key(
    client, administrator, mai, protected, manager
):
    client.force_login(administrator)
    device = TOTPDevice.objects.get(user=mai)
    listed = client.get("/quan-tri/auth/user/").content.decode()
    assert "Hai bước" in listed
    assert device.key not in listed + client.get(f"/quan-tri/auth/user/{mai.pk}/change/").content.decode()
    chosen = {"action": "turn_off_two_step", "_selected_action": [mai.pk, manager.pk]}
    said = client.post("/quan-tri/auth/user/", chosen, follow=True).content.decode()
    assert f"Đã tắt đăng nhập hai bước của {mai}." in said
    assert f"Vốn không bật đăng nhập hai bước: {manager}." in said
    assert LogEntry.objects.get(object_id=str(mai.pk)).change_message == "Tắt đăng nhập hai bước"
    assert signs_in(StrictClient(), mai) == "/"
