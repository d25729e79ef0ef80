"""What beat looks after: the silence alarm, notices about templates, the word to staff that messages stand still."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tests.factories.zalo_bridge import EventFactory
from zalo_bridge import chores, inbox, incidents
from zalo_bridge.models import NoticeTemplate, Remembered

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.strptime(f"{text} 2026", "%H:%M %d/%m %Y").replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.mark.parametrize(
    ("last_event", "now", "alarm"),
    [
        ("08:00 18/11", "11:15 18/11", True),  # three hours of office time
        ("09:30 18/11", "14:00 18/11", False),  # lunch is no silence
        ("16:00 20/11", "08:00 23/11", False),  # nor is a weekend
        ("16:00 20/11", "11:00 23/11", True),  # but the hours on both sides of it add up
        ("08:00 18/11", "20:00 18/11", False),  # nobody could look before the morning
    ],
)
def test_silence_is_counted_in_office_time(settings, last_event, now, alarm):
    settings.ZALO_SILENCE_ALARM_MINUTES = 180
    EventFactory(state="done", received_at=at(last_event))
    with time_machine.travel(at(now), tick=False):
        chores.look_after_incidents()
        assert incidents.is_open(chores.SILENCE) is alarm
        EventFactory(state="done", received_at=at(now))
        chores.look_after_incidents()
        assert not incidents.is_open(chores.SILENCE)


def test_news_about_templates_and_quotas_is_acted_on():
    NoticeTemplate.objects.create(kind="confirmation", channel="template_user", template_id="101")
    good, bad = {"prev_status": "PENDING_REVIEW", "new_status": "ENABLE"}, {"new_status": "REJECT"}

    def comes(name: str, **content: object) -> None:
        EventFactory(event_name=name, user_id="", raw=json.dumps({"event_name": name, **content}).encode())
        inbox.handle_waiting()

    comes("change_template_status", template_id="101", status=bad)
    comes("change_template_status", template_id="999", status=bad)  # nobody uses it
    comes("change_template_quality", template_id="101", quality="LOW")
    comes("change_template_quality", template_id="999", quality="LOW")
    comes("change_template_quality", quality="LOW")
    comes("change_template_quality", template_id="101")
    assert {incident.cause for incident in incidents.open_incidents()} == {"template:101", "template-quality:101"}
    comes("change_template_status", template_id="101", status=good)
    comes("change_template_quality", template_id="101", quality="HIGH")
    assert not incidents.open_incidents().exists()
    comes("change_oa_daily_quota", oaId="1", quota={"prev_value": "500", "new_value": "5000"})
    assert Remembered.objects.get(key="template_daily_quota").value == {"total": "5000"}


def test_every_page_of_staff_says_that_messages_stand_still(client, verifier, django_capture_on_commit_callbacks):
    client.force_login(verifier)
    with django_capture_on_commit_callbacks(execute=True):
        incidents.report(cause="chat:-321", detail="Tài khoản Zalo Cloud đã hết tiền.", channel="chat")
        incidents.report(cause="silence", detail="Không nhận được sự kiện nào.")
    page = client.get("/ho-so/").content.decode()
    assert "tin chưa đi được" in page
    assert "đã hết tiền" in page
    assert "Không nhận được sự kiện" not in page
    with django_capture_on_commit_callbacks(execute=True):
        incidents.note_success(lanes=["chat"])
    assert "tin chưa đi được" not in client.get("/ho-so/").content.decode()
