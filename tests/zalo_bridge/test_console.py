import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from tests.factories.registrations import RegistrationFactory
from tests.factories.zalo_bridge import ContactFactory, EventFactory, MessageFactory, text_event
from zalo_bridge import incidents, memory, tokens
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


def test_failures_of_today_include_messages_owed_for_longer(as_manager):
    now, before = timezone.now(), timezone.now() - timedelta(days=2)
    MessageFactory(state="failed", created_at=before, claimed_at=now)
    MessageFactory(state="expired", created_at=before, give_up_at=now)
    MessageFactory(state="failed", created_at=before, claimed_at=before, give_up_at=now + timedelta(days=1))
    page = as_manager.get(reverse("zalo_bridge:overview"))
    assert page.context["failed_message_count"] == 2


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
    assert "Nhắn tin" in page
    assert "0900" not in page
    assert "3000400050006000701" not in page
    assert "0900 000 014" in as_manager.post(url).content.decode()
    line = LogEntry.objects.get()
    assert (line.user, line.object_repr) == (manager, f"Nhắn tin #{event.pk}")


def test_one_persons_events_and_messages_are_listed_without_their_id_in_the_address(as_manager):
    mot, hai = ContactFactory(), ContactFactory()
    event = EventFactory(user_id=mot.user_id, event_name="follow", state="done")
    EventFactory(user_id=hai.user_id, event_name="user_send_sticker")
    message, other = MessageFactory(contact=mot), MessageFactory(contact=hai)
    page = as_manager.get(reverse("zalo_bridge:event", args=[event.pk])).content.decode()
    links = [url for url in re.findall(r'href="([^"]+)"', page) if "nguoi=" in url]
    assert len(links) == 2
    assert mot.user_id not in page
    events, messages = (as_manager.get(url) for url in links)
    assert [event for event, _ in events.context["rows"]] == [event]
    assert [row for row, *_ in messages.context["rows"]] == [message]
    assert f"Chỉ người dùng <b>…{mot.user_id[-4:]}</b>" in events.content.decode()
    # The filter stays when another is added.
    assert f'name="nguoi" value="{mot.pk}"' in events.content.decode()
    assert other.pk != message.pk


def test_staff_read_names_where_the_code_has_words(as_manager):
    registration = RegistrationFactory()
    message = MessageFactory(kind="reminder_day_before", subject=f"registration:{registration.pk}")
    MessageFactory(kind="staff", subject="chat:7")
    MessageFactory(kind="an_older_kind", subject="registration:999999999")
    EventFactory(event_name="user_submit_info")
    page = as_manager.get(reverse("zalo_bridge:messages")).content.decode()
    for words in ("Nhắc hôm trước", f"Hồ sơ {registration.code}", "Cán bộ viết", "Trò chuyện", "an_older_kind"):
        assert words in page
    assert ">reminder_day_before<" not in page
    page = as_manager.get(reverse("zalo_bridge:message", args=[message.pk])).content.decode()
    assert f'href="/ho-so/{registration.code}/"' in page
    page = as_manager.get(reverse("zalo_bridge:events")).content.decode()
    assert ">Gửi phiếu chia sẻ thông tin</a>" in page
    code = registration.code.lower()
    found = as_manager.get(reverse("zalo_bridge:messages"), {"subject": f" {code} ", "kind": "reminder_day_before"})
    assert [row for row, *_ in found.context["rows"]] == [message]
    assert not as_manager.get(reverse("zalo_bridge:messages"), {"subject": "HT-ZZZZZ"}).context["rows"]


def test_a_templates_facts_are_named_and_a_chats_are_not_shown(as_manager):
    facts = {"text": "Chào", "params": {"office_phone": "0258 3000 000", "reason": "", "new_fact": "x"}}
    chat = MessageFactory(payload=facts)
    template = MessageFactory(payload=facts, channel="template_phone", contact=None, phone="+84900000014")
    page = as_manager.post(reverse("zalo_bridge:message", args=[template.pk])).content.decode()
    for words in ("<dt>Điện thoại phòng</dt><dd>0258 3000 000</dd>", "<dt>new_fact</dt>", "số …014"):
        assert words in page
    assert "<dt>Lý do</dt>" not in page
    assert "0900" not in page
    assert "0258 3000 000</dd>" not in as_manager.post(reverse("zalo_bridge:message", args=[chat.pk])).content.decode()


def test_the_list_behind_todays_failures_holds_as_many(as_manager):
    now, before = timezone.now(), timezone.now() - timedelta(days=2)
    MessageFactory(state="failed", created_at=before, claimed_at=now)
    MessageFactory(state="failed", created_at=before, claimed_at=before)
    overview = as_manager.get(reverse("zalo_bridge:overview"))
    (link,) = re.findall(r'href="([^"]+failed_today)"', overview.content.decode())
    assert len(as_manager.get(link).context["rows"]) == overview.context["failed_message_count"] == 1


def test_an_incident_that_stops_nothing_is_closed_by_hand(as_administrator):
    incidents.report(cause="chat:-248", detail="Nội dung tin vi phạm chuẩn của Zalo.")
    incidents.report(cause="chat:-321", detail="Tài khoản Zalo Cloud đã hết tiền.", channel="chat")
    stopped, harmless = incidents.open_incidents().get(channel="chat"), incidents.open_incidents().get(channel="")
    overview = as_administrator.get(reverse("zalo_bridge:overview")).content.decode()
    assert overview.count("đóng sự cố</button>") == 1
    for incident, words in ((harmless, "Đã đóng sự cố"), (harmless, "đã hết"), (stopped, "tự đóng khi")):
        url = reverse("zalo_bridge:close_incident", args=[incident.pk])
        assert words in as_administrator.post(url, follow=True).content.decode()
    assert list(incidents.open_incidents()) == [stopped]


def test_a_manager_does_not_close_incidents(as_manager):
    incidents.report(cause="chat:-248", detail="Nội dung tin vi phạm chuẩn của Zalo.")
    assert "đóng sự cố</button>" not in as_manager.get(reverse("zalo_bridge:overview")).content.decode()
    url = reverse("zalo_bridge:close_incident", args=[incidents.open_incidents().get().pk])
    assert as_manager.post(url).status_code == 403


def test_replay_is_safe_to_press_twice(as_manager):
    event = EventFactory(state="failed", attempts=6)
    url = reverse("zalo_bridge:replay", args=[event.pk])
    assert "xử lý lại" in as_manager.post(url, follow=True).content.decode()
    assert "không cần" in as_manager.post(url, follow=True).content.decode()
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("received", 0)
    assert as_manager.get(url).status_code == 405


def test_a_second_try_of_everything_leaves_a_line_for_each_event_it_touched(as_manager, manager, settings):
    settings.ZALO_SIGNATURE = "enforce"
    failed = [EventFactory(state="failed", attempts=6), EventFactory(state="failed", attempts=6)]
    apart = EventFactory(state="quarantined")
    EventFactory(state="done")
    url = reverse("zalo_bridge:replay_failed")
    assert "Xử lý lại 2 sự kiện lỗi" in as_manager.post(url, follow=True).content.decode()
    assert "Xử lý lại 0 sự kiện lỗi" in as_manager.post(url, follow=True).content.decode()
    lines = set(LogEntry.objects.values_list("object_id", "change_message", "user"))
    assert lines == {(str(event.pk), "Xử lý lại sự kiện", manager.pk) for event in failed}
    assert LogEntry.objects.count() == 2
    # One by one, whoever asked is named even where the signature still does not fit.
    as_manager.post(reverse("zalo_bridge:replay", args=[apart.pk]))
    assert LogEntry.objects.get(object_id=str(apart.pk)).change_message.endswith("chữ ký vẫn sai")


def test_trying_the_buttons_again_is_written_down_once(as_administrator, administrator, settings):
    settings.ZALO_BUTTONS = "A"
    memory.remember("buttons-refused:A", {"code": -201})
    url = reverse("zalo_bridge:try_buttons_again")
    for _ in range(2):
        assert "thử gửi kèm nút" in as_administrator.post(url, follow=True).content.decode()
    assert [(line.user, line.change_message) for line in LogEntry.objects.all()] == [(administrator, "Thử lại nút bấm")]


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
        assert "Cấp quyền" in LogEntry.objects.get().change_message

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
