"""A Zalo for tests: the simulator over real HTTP, and citizens who act on it.

In a `conftest.py`:

    from tests.zalo import zalo, live_zalo  # noqa: F401

`zalo` runs the platform on a free port with a fresh store, and points the ZALO_* settings at it. Its events wait until
the test posts them with `zalo.deliver(client)` (same process, the test's own transaction). `live_zalo` posts them
itself, over HTTP, to the live server of pytest-django.

    def test_…(zalo, client):
        mot = zalo.person("Người Mẫu Một")
        mot.follows()
        mot.says("#dangky")
        zalo.deliver(client)
        …
        assert "Chào anh/chị" in mot.inbox()[-1].text
"""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from zalo_bridge.simulator import citizen, outgoing, tokens, webhook
from zalo_bridge.simulator.records import Call, Identity, Message, Options
from zalo_bridge.simulator.records import Person as Account
from zalo_bridge.simulator.server import SimulatorServer
from zalo_bridge.simulator.store import Store

WEBHOOK_PATH = "/zalo/webhook/"


def later(*, hours: float = 0, days: float = 0) -> Any:
    """`with later(days=8): …`: the clock, the platform's too, stands that much ahead and goes on ticking."""
    return time_machine.travel(time.time() + (days * 24 + hours) * 3600, tick=True)


class Person:
    """A citizen with a phone in hand."""

    def __init__(self, store: Store, user_id: str):
        self.store = store
        self.id = user_id

    @property
    def account(self) -> Account:
        """What Zalo knows of this person now."""
        return self.store.person(self.id)

    def follows(self) -> "Person":
        citizen.follow(self.store, self.account)
        return self

    def unfollows(self) -> None:
        citizen.unfollow(self.store, self.account)

    def opens_chat(self) -> None:
        """Taps "Nhắn tin" on the OA's page: `user_click_chatnow`, once."""
        citizen.open_chat(self.store, self.account)

    def says(self, text: str, *, quoting: Message | None = None) -> Message:
        return citizen.say(self.store, self.account, text, quote_msg_id=quoting.msg_id if quoting else "")

    def taps(self, choice: str) -> Message:
        """Taps the button titled `choice` in the newest message that has it, or sends `choice` as a menu item does.

        A button that opens a page or dials makes no event; the message that carries it is returned.
        """
        for message in reversed(self.inbox()):
            for button in message.payload.get("buttons", []):
                if button["title"] == choice:
                    if not button["type"].startswith("oa.query"):
                        return message
                    is_hidden = button["type"] == "oa.query.hide"
                    return citizen.say(self.store, self.account, button["value"], is_hidden=is_hidden)
        return citizen.say(self.store, self.account, choice, is_hidden=True)

    def shares_info(
        self,
        name: str | None = None,
        phone: str = "84900000014",
        address: str = "Tổ 5",
        ward: str = "Phường Bắc Nha Trang",
        city: str = "Tỉnh Khánh Hòa",
        district: str | None = None,
        **raw: Any,
    ) -> None:
        """Sends "Chia sẻ thông tin", box ticked. A `district` makes it the old shape; `raw` adds or replaces keys."""
        name = self.account.name if name is None else name
        if district is None:
            info = citizen.info_in_new_shape(name=name, phone=phone, address=address, city=city, ward=ward)
        else:
            info = citizen.info_in_old_shape(
                name=name, phone=phone, address=address, city=city, district=district, ward=ward
            )
        citizen.share_info(self.store, self.account, {**info, **raw})

    def sends_photo(self, data: bytes = b"\xff\xd8\xff\xe0 a photo", caption: str = "") -> Message:
        return citizen.send_photo(self.store, self.account, data=data, caption=caption)

    def sends_file(self, name: str = "giay-phep.pdf", data: bytes = b"%PDF-1.4 a file") -> Message:
        return citizen.send_file(self.store, self.account, name=name, data=data)

    def sends_sticker(self) -> Message:
        return citizen.send_sticker(self.store, self.account)

    def sends_location(self) -> Message:
        return citizen.send_location(self.store, self.account)

    def sends_business_card(self) -> Message:
        return citizen.send_business_card(self.store, self.account)

    def sends(self, kind: str, payload: dict[str, Any], text: str = "") -> Message:
        """Any other kind: gif, link, audio, video."""
        return citizen.send_other(self.store, self.account, kind, payload, text)

    def rates(self, message: Message, rate: int, note: str = "") -> None:
        """Rates on a template that came by phone number: `user_feedback`."""
        outgoing.rate_phone_template(self.store, message.msg_id, rate=rate, note=note)

    def reacts(self, message: Message, icon: str = "/-heart") -> None:
        citizen.react(self.store, self.account, message.msg_id, icon)

    def withdraws(self) -> None:
        """Withdraws consent in Zalo: `user_withdraw`."""
        citizen.withdraw(self.store, self.account)

    def looks(self) -> None:
        """Has the chat open: what was unseen is seen."""
        citizen.look_at_chat(self.store, self.account)

    def was_silent_for(self, *, days: float = 0, hours: float = 0) -> None:
        """As if the last interaction had been that much earlier (the windows of 48 hours and 7 days)."""
        self.store.rewind_interaction(self.id, (days * 24 + hours) * 3600)

    def hears_from_colleague(self, text: str) -> Message:
        """A colleague answers by hand in oa.zalo.me: an echo with `admin_id`."""
        return outgoing.reply_as_colleague(self.store, self.account, text)

    def inbox(self) -> list[Message]:
        """Messages the OA sent to this person, oldest first."""
        return [message for message in self.chat() if not message.from_user]

    def chat(self) -> list[Message]:
        """Both ways, oldest first."""
        return [message for message in self.store.messages(self.id) if message.kind != "note"]

    def inbox_texts(self) -> list[str]:
        return [message.text for message in self.inbox()]


class Zalo:
    """The platform as a test sees it."""

    def __init__(self, store: Store, server: SimulatorServer):
        self.store = store
        self.server = server
        self.url = server.url

    # People

    def person(self, name: str = "Người Mẫu Một", *, phone: str = "", follows: bool = False) -> Person:
        """A new citizen; `phone` ("84900000014") makes phone templates find them."""
        person = Person(self.store, self.store.add_person(name=name, phone=phone).user_id)
        return person.follows() if follows else person

    # What we asked of the platform

    def calls(self, path: str = "") -> list[Call]:
        """Requests received, oldest first: `.method .path .query .headers .json .status .answer .fault`."""
        return self.store.calls(path)

    def forget_calls(self) -> None:
        with self.store.writing() as db:
            db.execute("DELETE FROM calls")

    # What goes wrong

    def fail_next(
        self,
        path: str = "*",
        *,
        error: int | None = None,
        http: int | None = None,
        html: bool = False,
        empty: bool = False,
        hang: float | None = None,
        cut: bool = False,
        delay: float | None = None,
        after_work: bool = False,
        times: int | None = 1,
        person: Person | None = None,
    ) -> None:
        """The next `times` calls of `path` (exact, or a prefix and `*`) go wrong; `times=None`: until `heal()`.

        `after_work`: the call is carried out, only its answer is spoilt. `hang` and `delay` are seconds.
        """
        chosen = {
            "error": error is not None,
            "http": http is not None and not html,
            "html": html,
            "empty": empty,
            "hang": hang is not None,
            "cut": cut,
            "delay": delay is not None,
        }
        kinds = [kind for kind, is_chosen in chosen.items() if is_chosen]
        assert len(kinds) == 1, f"choose one fault, not {kinds}"
        self.store.add_fault(
            path=path,
            kind=kinds[0],
            code=error or http or 0,
            seconds=hang or delay or 0.0,
            is_after_work=after_work,
            times=times,
            user_id=person.id if person else "",
        )

    def heal(self) -> None:
        self.store.clear_faults()

    def expire_token(self) -> None:
        tokens.expire_access_tokens(self.store)

    def revoke(self) -> None:
        """The grant is gone: refreshing fails too."""
        tokens.expire_refresh_tokens(self.store)

    def set(self, **options: Any) -> None:
        """Change options of the platform, e.g. `zalo.set(button_shapes="A", duplicate_percent=100)`."""
        self.store.set_options(**options)

    @property
    def options(self) -> Options:
        return self.store.options()

    @property
    def access_token(self) -> str:
        """The newest one issued."""
        return self._newest()["access_token"]

    @property
    def refresh_token(self) -> str:
        return self._newest()["refresh_token"]

    def _newest(self) -> Any:
        row = tokens.newest(self.store)
        assert row is not None, "no token was issued"
        return row

    # Events

    def events(self, name: str = "") -> list[webhook.Delivery]:
        """Everything queued so far, oldest first: `.event_name .body .headers .json .state .answers`."""
        return [event for event in webhook.deliveries(self.store) if name in ("", event.event_name)]

    def deliver(
        self, client: Client | None = None, *, shuffle: bool = False, path: str = WEBHOOK_PATH
    ) -> list[HttpResponse]:
        """Post every waiting event through a test client, in order or shuffled, and return the answers.

        Events our answers cause (echoes, receipts) wait for the next call.
        """
        client = client or Client()
        webhook.retry_now(self.store)
        everything = webhook.claim(self.store, Options(shuffle=True), 10_000)
        if shuffle:
            random.shuffle(everything)
        answers = []
        for event in everything:
            started = time.perf_counter()
            headers = {key: value for key, value in webhook.request_headers(event).items() if key != "Content-Type"}
            answer = client.post(path, data=event.body, content_type="application/json", headers=headers)
            seconds = time.perf_counter() - started
            webhook.record_answer(self.store, event, status=answer.status_code, error="", seconds=seconds)
            answers.append(answer)
        return answers

    def drop_events(self) -> None:
        """Forget what waits, as if Zalo had lost it."""
        with self.store.writing() as db:
            db.execute("DELETE FROM deliveries WHERE state = 'due'")

    def wait_until(self, condition: Callable[[], Any], *, seconds: float = 20.0) -> Any:
        """The first true value of `condition`; fails the test when there is none in time."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            if value := condition():
                return value
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds:g} s: {condition}")

    def wait_delivered(self, *, seconds: float = 20.0) -> None:
        """Until nothing waits for the webhook any more."""
        self.wait_until(lambda: not webhook.waiting_count(self.store), seconds=seconds)


def start_zalo(folder: Path, settings: Any, *, webhook_url: str = "") -> tuple[Zalo, SimulatorServer]:
    """A platform in `folder` with one token pair, and the settings pointed at it. The caller enters the server."""
    identity = Identity(
        app_id=settings.ZALO_APP_ID,
        app_secret=settings.ZALO_APP_SECRET,
        oa_id=settings.ZALO_OA_ID,
        oa_secret=settings.ZALO_OA_SECRET,
    )
    store = Store(folder / "zalo.sqlite3", identity)
    store.set_options(ladder_scale=0.001)
    server = SimulatorServer(store, webhook_url=webhook_url)
    settings.ZALO_API_URL = settings.ZALO_OAUTH_URL = settings.ZALO_BUSINESS_URL = server.url
    settings.ZALO_SIMULATOR_FILE = store.path
    settings.ZALO_ACCESS_TOKEN, settings.ZALO_REFRESH_TOKEN = tokens.issue_pair(store)
    return Zalo(store, server), server


@pytest.fixture
def zalo(tmp_path: Path, settings: Any) -> Iterator[Zalo]:
    platform, server = start_zalo(tmp_path, settings)
    with server:
        yield platform
    platform.store.close()


@pytest.fixture
def live_zalo(tmp_path: Path, settings: Any, live_server: Any) -> Iterator[Zalo]:
    """Like `zalo`, but events travel by themselves to the live server's webhook."""
    platform, server = start_zalo(tmp_path, settings, webhook_url=live_server.url + WEBHOOK_PATH)
    with server:
        yield platform
    platform.store.close()
