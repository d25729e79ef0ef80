"""A citizen who writes to the office, without Zalo in between:
events go straight to the listener, answers come from the outbox.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from procedures.models import DossierComponent, Keyword, Procedure
from registrations.dialogue import shell
from registrations.models import Dialogue, Registration
from scheduling.models import Slot, Ward
from scheduling.services import load_wards
from tests.factories.registrations import ContactFactory, FieldFactory, ProcedureFactory
from tests.factories.scheduling import SlotFactory, WardFactory, at
from tests.people import make_user
from tests.zalo import zalo  # noqa: F401
from zalo_bridge.events import EventKind, InboundEvent, Rating, ReceivedFile, SharedInfo
from zalo_bridge.models import Contact, OutboundMessage

# Monday 23/11/2026, 09:00 in Nha Trang. Tuesday is a holiday; the slots below are on Wednesday and Thursday.
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WARDS = {
    "22327": "Phường Bắc Nha Trang",
    "22366": "Phường Nha Trang",
    "22390": "Phường Tây Nha Trang",
    "22402": "Phường Nam Nha Trang",
}


class Citizen:
    """Someone with Zalo in hand."""

    def __init__(self, contact: Contact):
        self.contact = contact
        self.number = contact.pk * 10_000
        self.read_up_to = 0

    def _event(self, kind: EventKind, **facts: Any) -> list[str]:
        self.number += 1
        event = InboundEvent(id=self.number, kind=kind, contact=self.contact, at=datetime.now(UTC), **facts)
        with transaction.atomic():
            Contact.objects.filter(pk=self.contact.pk).update(last_interaction_at=event.at)
            shell.on_event(event)
        self.last_event = event
        return self.new_texts()

    def again(self) -> list[str]:
        """The same event once more, as the bridge would never do: replies must not double."""
        with transaction.atomic():
            shell.on_event(self.last_event)
        return self.new_texts()

    def follows(self) -> list[str]:
        return self._event(EventKind.FOLLOWED)

    def says(self, text: str) -> list[str]:
        return self._event(EventKind.TEXT, text=text)

    def shares(self, **facts: str) -> list[str]:
        usual = {
            "name": "Người Mẫu Một",
            "phone": "84900000014",
            "address_line": "Tổ 5",
            "ward": "Phường Bắc Nha Trang",
            "city": "Tỉnh Khánh Hòa",
        }
        return self._event(EventKind.INFO_SHARED, info=SharedInfo(**{**usual, **facts}))

    def sends(self, kind: EventKind, **file: Any) -> list[str]:
        return self._event(
            kind, attachments=(ReceivedFile(**file),), text=file.pop("caption", "") if "caption" in file else ""
        )

    def sends_photo(self, *, caption: str = "", name: str = "") -> list[str]:
        file = ReceivedFile(kind="image", url="https://f.zdn.vn/anh.jpg", name=name)
        return self._event(EventKind.FILE, attachments=(file,), text=caption)

    def does(self, kind: EventKind, **facts: Any) -> list[str]:
        return self._event(kind, **facts)

    def rates(self, stars: int, words: str = "", subject: str = "") -> list[str]:
        return self._event(EventKind.RATED, rating=Rating(stars=stars, words=words, subject=subject))

    def messages(self) -> list[OutboundMessage]:
        return list(OutboundMessage.objects.filter(contact=self.contact).order_by("id"))

    def new_texts(self) -> list[str]:
        """What came back since the last look; a card reads "[phiếu]"."""
        new = OutboundMessage.objects.filter(contact=self.contact, pk__gt=self.read_up_to).order_by("id")
        texts = []
        for message in new:
            self.read_up_to = message.pk
            if message.state != OutboundMessage.State.SUPERSEDED:
                link = message.payload.get("link")
                texts.append(message.payload["text"] or "[phiếu]")
                if link:
                    texts[-1] += f"\n[{link['title']}] {link['url']}"
        return texts

    @property
    def dialogue(self) -> Dialogue:
        return Dialogue.objects.get(contact=self.contact)

    @property
    def registrations(self) -> list[Registration]:
        return list(Registration.objects.filter(citizen__contact=self.contact).order_by("id"))

    def registers(self, *, words: str = "rượu") -> Registration:
        """The shortest way through."""
        self.says("#dangky")
        self.shares()
        self.says(words)
        self.says("1")
        self.says("1")
        return self.registrations[-1]


@pytest.fixture
def monday_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=True) as clock:
        yield clock


@pytest.fixture
def office(db: None, monday_morning: Any) -> dict[str, Any]:
    """Today's wards and an old one, a few procedures, hours, and open times on Wednesday and Thursday."""
    wards = {
        code: WardFactory(code=code, name=name, short_name=name.removeprefix("Phường ")) for code, name in WARDS.items()
    }
    old = WardFactory(
        code="22330",
        name="Phường Vĩnh Hải",
        short_name="Vĩnh Hải",
        district="Thành phố Nha Trang",
        valid_from=None,
        valid_to=date(2025, 6, 30),
        is_served=False,
    )
    old.successors.add(wards["22327"])
    field = FieldFactory(code="luu-thong", name="Lưu thông hàng hóa trong nước")
    wine = ProcedureFactory(
        local_id="2.000620",
        code="2.000620",
        name="Cấp Giấy phép bán lẻ rượu",
        short_name="Giấy phép bán lẻ rượu (cấp mới)",
        field=field,
        family="ban-le-ruou",
    )
    again = ProcedureFactory(
        local_id="2.001240",
        code="2.001240",
        name="Cấp lại Giấy phép bán lẻ rượu",
        short_name="Giấy phép bán lẻ rượu (cấp lại)",
        field=field,
        family="ban-le-ruou",
        action=Procedure.Action.RENEW,
    )
    tobacco = ProcedureFactory(
        local_id="2.000181",
        code="2.000181",
        name="Cấp Giấy phép bán lẻ sản phẩm thuốc lá",
        short_name="Giấy phép bán lẻ thuốc lá (cấp mới)",
        field=field,
        family="ban-le-thuoc-la",
    )
    passport = ProcedureFactory(
        local_id="NGOAI-1",
        name="Đăng ký thành lập hộ kinh doanh",
        short_name="Đăng ký hộ kinh doanh",
        field=field,
        family="ho-kinh-doanh",
        is_in_scope=False,
        refer_to="Trung tâm Phục vụ hành chính công phường, xã",
    )
    Keyword.objects.bulk_create(
        Keyword(procedure=procedure, phrase=phrase)
        for procedure, phrases in (
            (wine, ("rượu", "bán lẻ rượu", "bán rượu")),
            (again, ("rượu", "cấp lại giấy phép rượu")),
            (tobacco, ("thuốc lá", "bán thuốc lá")),
            (passport, ("hộ kinh doanh",)),
        )
        for phrase in phrases
    )
    DossierComponent.objects.bulk_create(
        DossierComponent(procedure=wine, position=position, text=text)
        for position, text in enumerate(("Đơn đề nghị cấp phép (mẫu)", "Giấy đăng ký hộ kinh doanh (bản sao)"))
    )
    days = {"thu-tu": [at("08:00"), at("09:00"), at("14:30")]}
    thursday = at("08:00").date() + timedelta(days=1)
    days["thu-nam"] = [at("07:00", thursday), at("14:30", thursday)]
    slots = [SlotFactory(starts_at=start, capacity=2) for starts in days.values() for start in starts]
    return {
        "wine": wine,
        "again": again,
        "tobacco": tobacco,
        "slots": slots,
        "wards": Ward.objects.all(),
        "all_slots": Slot.objects.all(),
    }


@pytest.fixture
def real_wards(office: dict[str, Any]) -> None:
    """All of Khánh Hòa with its history; slow, so only where names that mislead matter."""
    Ward.objects.all().delete()
    load_wards()


@pytest.fixture
def citizen(office: dict[str, Any]) -> Citizen:
    return Citizen(ContactFactory(display_name="Người Mẫu Một"))


@pytest.fixture
def another(office: dict[str, Any]) -> Citizen:
    return Citizen(ContactFactory(display_name="Người Mẫu Hai"))


@pytest.fixture
def visit(citizen):
    """Somebody registered; what was said until then is read."""
    registration = citizen.registers()
    citizen.new_texts()
    return registration


@pytest.fixture
def clerk_client(client, office):
    """The browser of somebody who verifies."""
    user = make_user("verifier", first_name="Mẫu", last_name="Nguyễn Thị")
    client.force_login(user)
    return client
