"""The plain functions: cutting texts, reading addresses of events, filling templates, limits and windows."""

import threading
import time
import unicodedata
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

import pytest
import regex
import time_machine
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from tests.factories.zalo_bridge import ContactFactory
from zalo_bridge import throttle
from zalo_bridge.models import NoticeTemplate
from zalo_bridge.parts import split_text
from zalo_bridge.refusals import BUSINESS, OA, Remedy, refusal_of, reschedule_at
from zalo_bridge.templates import fill
from zalo_bridge.windows import rest_until, window


class TestSplitting:
    def test_a_short_text_stays_whole(self):
        assert split_text("x" * 2000) == ["x" * 2000]

    def test_paragraphs_stay_together(self):
        first, second = "a" * 1500, "b" * 1500
        assert split_text(f"{first}\n\n{second}") == [first, second]

    @example("a" * 15 + " \u0323b" * 3 + "c" * 9, 20)
    @given(st.text(alphabet=st.sampled_from("ab ự\u0302\u0323👩‍👩‍👧\n.é"), max_size=400), st.integers(20, 60))
    def test_no_piece_is_too_long_or_cuts_a_letter_and_nothing_is_lost(self, text, longest):
        text = unicodedata.normalize("NFC", text)
        pieces = split_text(text, longest)
        assert all(len(piece) <= longest for piece in pieces) or max(map(len, regex.findall(r"\X", text))) > longest
        assert "".join("".join(pieces).split()) == "".join(text.split())
        graphemes = set(regex.findall(r"\X", text))
        whole = all(len(grapheme) <= longest for grapheme in graphemes)
        for piece in pieces:
            if whole and piece:
                assert set(regex.findall(r"\X", piece)) <= graphemes


class TestTemplates:
    def template(self, **parameter):
        return NoticeTemplate(template_id="1", parameters=[{"name": "x", **parameter}])

    def test_a_long_name_is_cut_and_a_long_number_is_refused(self):
        assert fill(self.template(type="name"), {"x": "Ư" * 40})[0] == {"x": "Ư" * 29 + "…"}
        assert fill(self.template(type="code"), {"x": "1" * 40})[1]

    @pytest.mark.parametrize(
        ("kind", "value", "fits"),
        [
            ("date", "25/11/2026", True),
            ("date", "08:00 25/11/2026", True),
            ("date", "2026-11-25", False),
            ("phone", "0900 000 014", True),
            ("phone", "không có", False),
            ("url", "https://vi.du/", True),
            ("url", "javascript:x", False),
        ],
    )
    def test_types_are_checked(self, kind, value, fits):
        assert bool(fill(self.template(type=kind), {"x": value})[1]) is not fits

    def test_a_missing_parameter_is_named_unless_optional(self):
        assert fill(self.template(), {})[1] == ["thiếu tham số x"]
        assert fill(self.template(required=False), {}) == ({}, [])


class TestWindows:
    @pytest.mark.parametrize(
        ("hours", "kind"), [(1, "free"), (47.9, "free"), (48, "paid"), (167, "paid"), (168, "closed"), (None, "closed")]
    )
    def test_free_then_paid_then_closed(self, hours, kind):
        now = timezone.now()
        last = None if hours is None else now - timedelta(hours=hours)
        assert window(ContactFactory.build(last_interaction_at=last), now).kind == kind

    def test_after_a_withdrawal_it_is_closed(self):
        now = timezone.now()
        assert window(ContactFactory.build(last_interaction_at=now, withdrawn_at=now), now).kind == "closed"

    @pytest.mark.parametrize(
        ("hour", "quiet"), [(21, False), (22, True), (0, True), (5, True), (6, False), (12, False)]
    )
    def test_quiet_hours_are_local(self, hour, quiet):
        local = datetime(2026, 11, 23, hour, 0, tzinfo=timezone.get_default_timezone())
        until = rest_until(local.astimezone(UTC))
        assert (until and timezone.localtime(until).strftime("%H:%M")) == ("06:05" if quiet else None)

    @pytest.mark.parametrize(("hour", "quiet"), [(11, False), (12, True), (13, True), (14, False), (23, False)])
    def test_quiet_hours_of_the_offices_own_may_lie_within_a_day(self, settings, hour, quiet):
        settings.ZALO_QUIET_HOURS = time_of_day(12), time_of_day(13, 30)
        local = datetime(2026, 11, 23, hour, 0, tzinfo=timezone.get_default_timezone())
        assert rest_until(local) == (local.replace(hour=13, minute=35) if quiet else None)

    def test_an_office_may_have_no_quiet_hours(self, settings):
        settings.ZALO_QUIET_HOURS = None
        assert rest_until(datetime(2026, 11, 23, 23, 0, tzinfo=timezone.get_default_timezone())) is None


class TestRefusals:
    def test_every_number_of_the_vendors_tables_has_a_remedy_and_a_sentence(self):
        for table in (OA, BUSINESS):
            assert all(refusal.sentence.endswith(".") for refusal in table.values())
        assert refusal_of(-230, is_business=False).remedy is Remedy.NEXT_CHANNEL
        assert refusal_of(-118, is_business=True).remedy is Remedy.NEXT_CHANNEL
        assert refusal_of(-999_999, is_business=False).alerts

    def test_a_spent_daily_quota_waits_for_tomorrow_and_the_night_for_the_morning(self):
        evening = datetime(2026, 11, 23, 23, 0, tzinfo=timezone.get_default_timezone())
        morning = datetime(2026, 11, 24, 6, 5, tzinfo=timezone.get_default_timezone())
        assert reschedule_at(refusal_of(-234, is_business=False), evening) == morning
        noon = evening.replace(hour=12)
        assert reschedule_at(refusal_of(-144, is_business=True), noon) == morning


class TestRateLimit:
    def test_all_threads_together_stay_below_it(self, settings):
        settings.ZALO_RATE_PER_MINUTE, settings.ZALO_OA_RATE_PER_MINUTE = 6000, 1200
        settings.ZALO_APP_ID = f"test-{time.time()}"
        settings.ZALO_OA_ID = f"test-{time.time()}"
        taken = []
        end = time.monotonic() + 1.0

        def take():
            while time.monotonic() < end:
                if throttle.wait_for_turn(patience_s=0.2):
                    taken.append(time.monotonic())

        threads = [threading.Thread(target=take) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        # 1,200 a minute: a bucket of 24 plus about 20 in a second.
        assert 30 <= len(taken) <= 48

    def test_without_redis_a_worker_limits_itself(self, settings, monkeypatch):
        settings.REDIS_URL = "redis://127.0.0.1:9/0"
        settings.ZALO_RATE_PER_MINUTE = settings.ZALO_OA_RATE_PER_MINUTE = 2400
        monkeypatch.setattr(throttle, "_alone_next", 0.0)
        started = time.monotonic()
        for _ in range(4):
            assert throttle.wait_for_turn()
        assert time.monotonic() - started >= 0.28

    def test_impatience_is_answered_at_once(self, settings):
        settings.ZALO_RATE_PER_MINUTE, settings.ZALO_OA_RATE_PER_MINUTE = 10, 1
        settings.ZALO_OA_ID = f"test-{time.time()}"
        settings.ZALO_APP_ID = f"test-{time.time()}"
        with time_machine.travel(timezone.now(), tick=True):
            assert throttle.wait_for_turn()
            assert not throttle.wait_for_turn(patience_s=0.1)
