"""The pages nobody wants to see, in words anybody understands."""

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest, PermissionDenied
from django.test import RequestFactory
from django.urls import path
from django.views import csrf

from tests.pages import StrictClient, faults_of


def breaks(request):
    raise RuntimeError("planted")


def forbids(request):
    raise PermissionDenied


def does_not_understand(request):
    raise BadRequest


for view in (breaks, forbids, does_not_understand):
    view.login_required = False
urlpatterns = [path("hong/", breaks), path("cam/", forbids), path("la/", does_not_understand)]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("page", "status", "words"),
    [
        ("/khong-co/", 404, "Không có trang này"),
        ("/cam/", 403, "chưa có quyền xem"),
        ("/la/", 400, "không hiểu yêu cầu này"),
        ("/hong/", 500, "Hệ thống gặp lỗi"),
    ],
)
def test_a_refusal_is_a_page_in_vietnamese(db, page, status, words):
    response = StrictClient(raise_request_exception=False).get(page)
    assert response.status_code == status
    assert words in response.content.decode()
    assert "planted" not in response.content.decode()


def test_a_stale_form_is_explained(db):
    response = csrf.csrf_failure(RequestFactory().post("/"), reason="planted")
    assert response.status_code == 403
    assert "Trang đã mở quá lâu" in response.content.decode()
    assert faults_of(response.content.decode()) == []


@pytest.mark.parametrize(
    ("asked_for", "shown"),
    [("/ho-so/", "/viec-cua-toi/"), ("/viec-cua-toi/?ngay=2026-11-25", None), ("", "/viec-cua-toi/")],
)
def test_signing_in_never_leads_to_a_page_that_only_refuses(db, client, field_staff, asked_for, shown):
    field_staff.set_password("mat-khau-that-cua-toi")
    field_staff.save()
    facts = {"username": field_staff.username, "password": "mat-khau-that-cua-toi", "next": asked_for}
    response = client.post("/dang-nhap/", facts, follow=True)
    assert response.status_code == 200
    assert response.redirect_chain[-1][0] == (shown or asked_for)


def test_the_administration_has_no_door_of_its_own(client, verifier, administrator):
    assert client.get("/quan-tri/login/?next=/quan-tri/auth/").url == "/dang-nhap/?next=/quan-tri/auth/"
    client.force_login(verifier)
    refused = client.get("/quan-tri/auth/user/", follow=True)
    assert (refused.status_code, "<h1" in refused.content.decode()) == (403, True)
    client.force_login(administrator)
    assert client.get("/quan-tri/login/", follow=True).redirect_chain[-1][0] == "/quan-tri/"
    assert client.post("/quan-tri/logout/").url == "/dang-nhap/"


def test_every_page_names_the_icon_and_the_address_browsers_guess_leads_to_it(client, administrator):
    assert client.get("/favicon.ico").url == "/static/img/icon.svg"
    client.force_login(administrator)
    for page in ("/quan-tri/", "/quan-tri/auth/user/", "/thong-bao/"):
        assert 'href="/static/img/icon.svg"' in client.get(page).content.decode()


def test_guessing_passwords_locks_the_account_for_a_while(db, client, settings):
    get_user_model().objects.create_user("xacminh", password="mat-khau-that-cua-toi")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = client.post("/dang-nhap/", {"username": "xacminh", "password": "doan-mo"})
    assert response.status_code == 429
    assert "Tạm khóa đăng nhập" in response.content.decode()
    right = client.post("/dang-nhap/", {"username": "xacminh", "password": "mat-khau-that-cua-toi"})
    assert right.status_code == 429
