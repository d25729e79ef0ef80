"""Walk the conversation on paper: every step that can be reached, every kind of answer at each.

For the printed table and the tests.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone

from procedures.services import fold
from registrations.dialogue import conversation, heard
from registrations.dialogue.facts import AddressRead, Found, Hit, Person, PhoneRead, Place, TimeRead, Visit
from registrations.dialogue.heard import Heard, Info, Kind, Outcome, State
from registrations.dialogue.turn import DRAFT_KEYS, Step

ZONE = timezone(timedelta(hours=7))
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
WARDS = (("22327", "Phường Bắc Nha Trang"), ("22366", "Phường Nha Trang"))
PERSON = Person("Người Mẫu Một", "+84900000014", "Tổ 5", *WARDS[0])
HITS = (
    Hit(1, "Giấy phép bán lẻ rượu (cấp mới)", "giay phep ban le ruou (cap moi)"),
    Hit(2, "Giấy phép bán lẻ rượu (cấp lại)", "giay phep ban le ruou (cap lai)"),
)
PLACES = tuple(Place(number, NOW + timedelta(days=2, hours=number)) for number in range(1, 4))


def a_visit(number: int = 1, **changes: object) -> Visit:
    usual = Visit(
        id=number,
        code=f"HT-MAU2{number}",
        procedure=HITS[0].name,
        state="submitted",
        state_label="Chờ xác minh",
        starts_at=PLACES[0].starts_at + timedelta(days=number),
        may_change=True,
        may_cancel=True,
        papers=("Đơn đề nghị",),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class PaperWorld:
    """`facts.World` made of a few lines of data. Words are read by the simplest rules that tell the cases apart."""

    now: datetime = NOW
    consented: bool = False
    person: Person | None = None
    visits: tuple[Visit, ...] = ()
    to_rate: Visit | None = None
    rating_asked_at: datetime | None = None
    next_open: datetime | None = None
    area: str = "Phường Bắc Nha Trang, Nha Trang"
    wards: tuple[tuple[str, str], ...] = WARDS
    hours: str = "Thứ Hai đến Thứ Sáu, 07:00–11:30 và 13:30–17:00"
    fields: tuple[str, ...] = ("Lưu thông hàng hóa trong nước",)
    popular: tuple[Hit, ...] = HITS[:1]
    places: tuple[Place, ...] = field(default=PLACES)

    def search(self, text: str) -> Found:
        words = text.lower()
        if "rượu" in words or "ruou" in words:
            return Found("ambiguous", HITS)
        if "hộ kinh doanh" in words:
            return Found("none", referral="Đăng ký hộ kinh doanh: Trung tâm Phục vụ hành chính công")
        return Found("none")

    def papers(self, procedure: int) -> tuple[str, ...]:
        return ("Đơn đề nghị",) if procedure else ()

    def fee(self, procedure: int) -> str:
        return "Không" if procedure else ""

    def days(self, procedure: int) -> int:
        return 10 if procedure else 0

    def phone(self, text: str) -> PhoneRead:
        digits = "".join(letter for letter in text if letter.isdigit())
        digits = "0" + digits[2:] if digits.startswith("84") else digits
        if len(digits) == 10 and digits.startswith("0"):
            return PhoneRead("+84" + digits[1:], f"{digits[:4]} {digits[4:7]} {digits[7:]}")
        return PhoneRead(problem="invalid" if digits else "missing")

    def address(self, text: str, *, ward: str = "", district: str = "", city: str = "") -> AddressRead:
        line = f"{text} {ward} {district} {city}".lower()
        if "hà nội" in line:
            return AddressRead("outside")
        if "vĩnh hải" in line:
            return AddressRead("inside", *WARDS[0], old_name="Phường Vĩnh Hải")
        if "bắc nha trang" in line:
            return AddressRead("inside", *WARDS[0])
        return AddressRead("ambiguous", candidates=WARDS) if "nha trang" in line else AddressRead("unknown")

    def time(self, text: str) -> TimeRead:
        words = text.lower()
        day = (
            self.now.date() + timedelta(days=2 if "thứ tư" in words else 1)
            if "mai" in words or "thứ" in words
            else None
        )
        part = "afternoon" if "chiều" in words else "morning" if "sáng" in words else None
        clock = dt.time(10, 0) if "10h" in words else None
        return TimeRead(day, clock, part)

    def nearest(
        self,
        *,
        procedure: int,
        ward: str,
        count: int = 3,
        after: datetime | None = None,
        part: str | None = None,
    ) -> tuple[Place, ...]:
        return self.places[:count]

    def places_on(self, *, procedure: int, ward: str, day: date) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.starts_at.date() == day)

    def day_note(self, day: date) -> str:
        return "cơ quan nghỉ (ngày lễ)"

    def after(self, outcome: Outcome) -> "PaperWorld":
        """The world once the commands are done."""
        world = self
        for command in outcome.commands:
            match command:
                case heard.RecordConsent():
                    world = replace(world, consented=True)
                case heard.Register():
                    world = replace(world, person=PERSON, visits=(*world.visits, a_visit(len(world.visits) + 1))[-3:])
                case heard.Cancel(number):
                    world = replace(world, visits=tuple(visit for visit in world.visits if visit.id != number))
                case heard.AnswerNeed(number):
                    world = replace(
                        world,
                        visits=tuple(replace(each, needs="") if each.id == number else each for each in world.visits),
                    )
                case heard.Rate():
                    world = replace(world, to_rate=None)
                case heard.Withdraw():
                    world = replace(world, consented=False, person=None, visits=())
        return world


def text(words: str) -> Heard:
    """A typed message as the shell would hand it over."""
    return Heard(Kind.TEXT, words, fold(words), ref="1")


FULL = Info("Người Mẫu Một", "84900000014", "Tổ 5", "Phường Bắc Nha Trang", "", "Khánh Hòa", "Nữ")
# What people do, each with the name the printed table gives it.
INPUTS: tuple[tuple[str, Heard], ...] = (
    ("bấm Quan tâm", Heard(Kind.FOLLOWED, ref="1")),
    ("“đăng ký”", text("đăng ký")),
    ("gửi phiếu đủ", Heard(Kind.INFO, info=FULL, ref="1")),
    ("gửi phiếu thiếu phường", Heard(Kind.INFO, info=replace(FULL, ward="", city=""), ref="1")),
    ("gửi phiếu ngoài địa bàn", Heard(Kind.INFO, info=replace(FULL, ward="", city="Hà Nội"), ref="1")),
    ("“1”", text("1")),
    ("“2”", text("2")),
    ("“9”", text("9")),
    ("“đúng”", text("đúng")),
    ("“không”", text("không")),
    ("“rượu”", text("rượu")),
    ("tên thủ tục lạ", text("karaoke")),
    ("thủ tục nơi khác", text("hộ kinh doanh")),
    ("“chiều mai”", text("chiều mai")),
    ("“10h thứ tư”", text("10h thứ tư")),
    ("số điện thoại", text("0900000015")),
    ("địa chỉ", text("7 Vĩnh Hải")),
    ("tên, số, địa chỉ một lượt", text("Người Mẫu Hai, 0900000016, 7 Vĩnh Hải")),
    ("“sửa”", text("sửa")),
    ("“đổi giờ”", text("đổi giờ")),
    ("“hủy”", text("hủy")),
    ("“thôi”", text("thôi")),
    ("“hồ sơ của tôi”", text("hồ sơ của tôi")),
    ("“giấy tờ”", text("giấy tờ")),
    ("“bao nhiêu tiền”", text("bao nhiêu tiền")),
    ("“bao lâu xong”", text("bao lâu xong")),
    ("“không đổi giờ nữa”", text("không đổi giờ nữa")),
    ("“I want to register”", text("I want to register")),
    ("“gặp cán bộ”", text("gặp cán bộ")),
    ("“rút lại đồng ý”", text("rút lại đồng ý")),
    ("“không phải tôi”", text("không phải tôi")),
    ("“xin chào”", text("xin chào")),
    ("“cảm ơn”", text("cảm ơn")),
    ("“menu”", text("menu")),
    ("ảnh", Heard(Kind.PHOTO, ref="1")),
    ("ảnh căn cước", Heard(Kind.PHOTO, text="cccd", folded="cccd", ref="1")),
    ("tệp", Heard(Kind.FILE, file_name="giay-phep.pdf", ref="1")),
    ("danh thiếp", Heard(Kind.CARD, ref="1")),
    ("vị trí", Heard(Kind.LOCATION, ref="1")),
    ("nhãn dán", Heard(Kind.STICKER, ref="1")),
    ("ghi âm", Heard(Kind.VOICE, ref="1")),
    ("thả cảm xúc", Heard(Kind.REACTED, ref="1")),
    ("rút đồng ý trên Zalo", Heard(Kind.WITHDREW, ref="1")),
    ("giờ vừa bị người khác lấy", Heard(Kind.TAKEN, sentence="Khung giờ này vừa hết chỗ.", ref="1")),
)
BEGINNINGS: tuple[tuple[str, PaperWorld], ...] = (
    ("người mới", PaperWorld()),
    ("đã có một lịch", PaperWorld(consented=True, person=PERSON, visits=(a_visit(),))),
    ("có hai lịch", PaperWorld(consented=True, person=PERSON, visits=(a_visit(1), a_visit(2)))),
    ("chờ bổ sung", PaperWorld(consented=True, person=PERSON, visits=(a_visit(needs="Ảnh hợp đồng thuê"),))),
    (
        "vừa xong",
        PaperWorld(consented=True, person=PERSON, to_rate=a_visit(), rating_asked_at=NOW + timedelta(hours=1)),
    ),
    ("hết chỗ", PaperWorld(places=())),
)


@dataclass(frozen=True)
class Passage:
    """One turn seen on the walk."""

    beginning: str
    before: State
    heard: str
    outcome: Outcome


def walk() -> Iterator[Passage]:
    """Every input at every step that can be reached from every beginning.

    A step met again in the same circumstances is not walked twice.
    """
    for name, world in BEGINNINGS:
        seen: set[tuple[object, ...]] = set()
        waiting: list[tuple[State, PaperWorld]] = [(State(), world)]
        while waiting:
            state, here = waiting.pop(0)
            for label, said in INPUTS:
                outcome = conversation.respond(state, said, here)
                yield Passage(name, state, label, outcome)
                there, then = here.after(outcome), state_after(outcome)
                circumstances = _circumstances(then, there)
                if circumstances not in seen:
                    seen.add(circumstances)
                    waiting.append((then, there))


def state_after(outcome: Outcome) -> State:
    """The state once the commands are done: a draft that has become a request is a draft no more."""
    data = dict(outcome.state.data)
    if any(isinstance(command, heard.Register) for command in outcome.commands):
        for key in DRAFT_KEYS:
            data.pop(key, None)
    return State(outcome.state.step, data)


def _circumstances(state: State, world: PaperWorld) -> tuple[object, ...]:
    is_known = bool((state.data.get("details") or {}).get("ward"))
    has_failed = state.step == Step.PROCEDURE and bool(state.data.get("unclear"))
    return (state.step, bool(state.data.get("draft")), is_known, world.consented, has_failed, bool(world.visits))
