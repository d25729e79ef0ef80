import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from tests.factories.zalo_bridge import ContactFactory, EventFactory, MessageFactory, text_event
from zalo_bridge import incidents, tokens
from zalo_bridge.models import DeliveryAttempt, NoticeTemplate, OACredential, WebhookEvent

pytestmark = pytest.mark.django_db

PAGES = ["overview", "events", "messages"]


@pytest.fixture
def as_manager(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def as_administrator(client, administrator):
    client.force_login(administrator)
    return client


@pytest.mark.parametrize("page", PAGES)
def test_only_managers_and_administrators_see_it(client, verifier, field_staff, manager, page):
    url = reverse(f"zalo_bridge:{page}")
    assert client.get(url).status_code == 302
    for user, status in ((verifier, 403), (field_staff, 403), (manager, 200)):
        client.force_login(user)
        assert client.get(url).status_code == status


def test_a_manager_may_not_change_the_tokens(as_manager):
    assert as_manager.get(reverse("zalo_bridge:authorise")).status_code == 403
    assert as_manager.post(reverse("zalo_bridge:paste_tokens")).status_code == 403


def test_the_overview_tells_what_waits_and_what_stands_still(as_manager):
    EventFactory(received_at=timezone.now() - timedelta(minutes=9))
    EventFactory(state="failed")
    MessageFactory(created_at=timezone.now() - timedelta(hours=2))
    incidents.report(cause="chat:-321", detail="Tài khoản Zalo Cloud đã hết tiền.", channel="chat")
    incidents.report(cause="chat:-321", detail="Tài khoản Zalo Cloud đã hết tiền.", channel="chat")
    page = as_manager.get(reverse("zalo_bridge:overview")).content.decode()
    for words in ("hết tiền", "2 lần", "9\xa0phút", "2\xa0giờ", "Xử lý lại sự kiện lỗi"):
        assert words in page


def test_tokens_are_never_shown(as_administrator, zalo):
    tokens.store_pair(access="access-secret-1", refresh="refresh-secret-1")
    for name in ("overview", "authorise"):
        page = as_administrator.get(reverse(f"zalo_bridge:{name}")).content.decode()
        assert "secret-1" not in page


def test_lists_filter_and_page(as_manager):
    for number in range(60):
        EventFactory(state="failed" if number % 2 else "done", event_name="follow")
    url = reverse("zalo_bridge:events")
    assert as_manager.get(url).content.decode().count("/zalo/su-kien/") >= 50
    page = as_manager.get(f"{url}?state=failed").content.decode()
    assert "Trang 1" not in page
    assert page.count(">Lỗi<") == 30 + 1  # the rows and the choice in the filter
    assert "state=failed&amp;page=" not in page
    assert as_manager.get(f"{url}?state=nonsense&day=x").status_code == 200
    assert as_manager.get(f"{url}?page=999").status_code == 404


def test_the_event_page_masks_until_somebody_asks_and_remembers_who(as_manager, manager):
    body = text_event("3000400050006000701", "Tên tôi là Người Mẫu Một, 0900 000 014")
    event = EventFactory(state="failed", note="ValueError tại core.py:1", raw=json.dumps(body).encode())
    url = reverse("zalo_bridge:event", args=[event.pk])
    page = as_manager.get(url).content.decode()
    assert "user_send_text" in page
    assert "0900" not in page
    assert "3000400050006000701" not in page.replace(f"?user_id={event.user_id}", "")
    assert "0900 000 014" in as_manager.post(url).content.decode()
    assert LogEntry.objects.get().user == manager


def test_replay_is_safe_to_press_twice(as_manager):
    event = EventFactory(state="failed", attempts=6)
    url = reverse("zalo_bridge:replay", args=[event.pk])
    assert "xử lý lại" in as_manager.post(url, follow=True).content.decode()
    assert "không cần" in as_manager.post(url, follow=True).content.decode()
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("received", 0)
    assert as_manager.get(url).status_code == 405


def test_the_message_page_shows_the_whole_trail(as_manager):
    chat = MessageFactory(state="failed", error_code=-230, note="ngoài 7 ngày (mã -230)", subject="registration:1")
    template = MessageFactory(contact=chat.contact, channel="template_user", replaces=chat, state="retry")
    DeliveryAttempt.objects.create(message=chat, outcome="refused", error_code=-230, http_status=200, duration_ms=87)
    page = as_manager.get(reverse("zalo_bridge:message", args=[chat.pk])).content.decode()
    for words in ("mã -230", "87 ms", f"#{template.pk}", "registration:1"):
        assert words in page
    assert "Người Mẫu Một" not in page
    revealed = as_manager.post(reverse("zalo_bridge:message", args=[chat.pk])).content.decode()
    assert "Người Mẫu Một" in revealed


def test_stopping_a_message_needs_a_reason(as_manager):
    message = MessageFactory(state="retry")
    url = reverse("zalo_bridge:give_up", args=[message.pk])
    assert "Cần ghi lý do" in as_manager.post(url, {"reason": " "}, follow=True).content.decode()
    page = as_manager.post(url, {"reason": "đã gọi điện"}, follow=True).content.decode()
    assert "đã gọi điện" in page


def test_resending_what_already_arrived_is_refused_in_words(as_manager):
    message = MessageFactory(state="sent", sent_at=timezone.now())
    page = as_manager.post(reverse("zalo_bridge:resend", args=[message.pk]), follow=True).content.decode()
    assert "không cần làm lại" in page


class TestAuthorising:
    @pytest.mark.parametrize("pkce", ["request", "none"])
    def test_an_administrator_gets_a_new_pair_through_zalos_page(self, as_administrator, zalo, settings, pkce):
        settings.ZALO_PKCE = pkce
        tokens.report_unusable("cần cấp quyền lại")
        code = self.agree(as_administrator, settings)
        page = as_administrator.get(code, follow=True).content.decode()
        assert "Zalo đã cấp quyền" in page
        assert tokens.access_token() == zalo.access_token
        assert not incidents.open_incidents().exists()

    def test_a_code_of_somebody_elses_request_is_refused(self, as_administrator, zalo, settings):
        back = self.agree(as_administrator, settings).replace("state=", "state=x")
        assert "không phải từ trang này" in as_administrator.get(back, follow=True).content.decode()
        assert not OACredential.objects.exists()

    def test_another_official_account_is_refused(self, as_administrator, zalo, settings):
        back = self.agree(as_administrator, settings).replace(settings.ZALO_OA_ID, "999")
        assert "không phải OA của phòng" in as_administrator.get(back, follow=True).content.decode()

    def test_a_code_works_once(self, as_administrator, zalo, settings):
        back = self.agree(as_administrator, settings)
        as_administrator.get(back)
        assert "cũ hoặc không phải" in as_administrator.get(back, follow=True).content.decode()

    def agree(self, client: Any, settings: Any) -> str:
        """Open our page, follow the link, say yes at Zalo; returns where Zalo sends the browser."""
        page = client.get(reverse("zalo_bridge:authorise"))
        url = page.context["wish"].url
        answer = requests.get(url, allow_redirects=False, timeout=5)
        if answer.status_code == 200:  # the stand-in shows a page with a button
            answer = requests.post(url, allow_redirects=False, timeout=5)
        back = urlsplit(answer.headers["Location"])
        assert parse_qs(back.query)["oa_id"] == [settings.ZALO_OA_ID]
        return f"{back.path}?{back.query}"


def test_a_template_with_nonsense_parameters_is_refused_in_the_admin(as_administrator):
    url = reverse("admin:zalo_bridge_noticetemplate_add")
    form = {"kind": "confirmation", "channel": "template_user", "template_id": "1", "is_enabled": "on"}
    page = as_administrator.post(url, {**form, "parameters": '[{"name": "x", "type": "zzz"}]'}).content.decode()
    assert "kiểu zzz không có" in page
    as_administrator.post(url, {**form, "parameters": '[{"name": "x", "type": "name"}]'})
    assert NoticeTemplate.objects.get().template_id == "1"


def test_the_busy_pages_do_not_ask_per_row(as_manager, django_assert_max_num_queries):
    for _ in range(30):
        MessageFactory(contact=ContactFactory())
        EventFactory()
    for page in ("events", "messages"):
        with django_assert_max_num_queries(20):
            as_manager.get(reverse(f"zalo_bridge:{page}"))
    assert WebhookEvent.objects.count() == 30
