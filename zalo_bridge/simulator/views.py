"""`/gia-lap/`: the phones. Open to anyone who can reach this machine; exists only with ZALO_SIMULATOR=1."""

import struct
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from zalo_bridge.simulator import citizen, outgoing
from zalo_bridge.simulator.bubbles import bubbles
from zalo_bridge.simulator.forms import PersonForm, ShareInfoForm
from zalo_bridge.simulator.records import Message, Person
from zalo_bridge.simulator.store import Store, store_from_settings
from zalo_bridge.simulator.webhook import deliveries, waiting_count

MENU_CODE, MENU_TITLE = "#dangky", "ĐK hỗ trợ tại nhà"
PHONES_AT_ONCE = 3
CHAT_LENGTH = 200
RECEIPTS = ("oa_send_", "user_received_", "user_seen_")
FREE_HOURS, OPEN_DAYS = 49, 8
SAMPLES = [
    ("0900 000 014", "Tổ 5", "Phường Bắc Nha Trang", "Vĩnh Hải"),
    ("0900 000 015", "12 đường Mẫu, tổ 3", "Phường Nha Trang", "Lộc Thọ"),
    ("0900 000 016", "Thôn Mẫu", "Phường Nam Nha Trang", "Phước Long"),
]


@login_not_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Several phones side by side: `?xem=1,2`."""
    store = store_from_settings(settings)
    everyone = store.people()
    chosen = _chosen(request.GET.get("xem", ""), everyone) or everyone[:2]
    for person in chosen:
        citizen.look_at_chat(store, person)
    quoted = store.message(request.GET.get("trich", ""))
    phones = [_phone(store, person, quoted) for person in chosen]
    return render(
        request,
        "simulator/desk.html",
        {
            "phones": phones,
            "people": [_entry(store, person, chosen) for person in everyone],
            "public_url": settings.PUBLIC_URL,
            "shown": ",".join(str(person.number) for person in chosen),
            "person_form": PersonForm(initial={"name": f"Người Mẫu {_number_word(len(everyone) + 1)}"}),
            **_log(store),
        },
    )


@login_not_required
@require_GET
def chat(request: HttpRequest, number: int) -> HttpResponse:
    """The bubbles of one phone while it is on the screen, asked for every second or oftener; 204: nothing is new."""
    store = store_from_settings(settings)
    person = _person(store, number)
    citizen.look_at_chat(store, person)
    if request.GET.get("ban") == _version(store, person):
        return HttpResponse(status=204)
    context = {"phone": _phone(store, person), "shown": request.GET.get("xem", "")}
    return render(request, "simulator/desk.html#chat", context)


@login_not_required
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The list of people again: who got something while the reader looked elsewhere."""
    store = store_from_settings(settings)
    everyone = store.people()
    chosen = _chosen(request.GET.get("xem", ""), everyone)
    return render(
        request, "simulator/desk.html#people", {"people": [_entry(store, person, chosen) for person in everyone]}
    )


@login_not_required
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """What lately went to our webhook and came to the API."""
    return render(request, "simulator/desk.html#log", _log(store_from_settings(settings)))


@login_not_required
@require_POST
def add_person(request: HttpRequest) -> HttpResponse:
    store = store_from_settings(settings)
    form = PersonForm(request.POST)
    shown = request.POST.get("xem", "")
    if form.is_valid():
        person = store.add_person(**form.cleaned_data)
        # First: on a small screen one phone fills it, and it is the new one somebody wants to hold.
        others = [part for part in shown.split(",") if part]
        shown = ",".join([str(person.number), *others[: PHONES_AT_ONCE - 1]])
    return _back(shown)


@login_not_required
@require_POST
def act(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One thing a citizen does. A script (`X-Requested-With`) gets 204; a browser comes back to the phones."""
    store = store_from_settings(settings)
    person = _person(store, number)
    if name not in ACTS:
        raise Http404
    ACTS[name](store, person, request)
    if request.headers.get("X-Requested-With"):
        return HttpResponse(status=204)
    return _back(request.POST.get("xem", ""))


@login_not_required
def share_info(request: HttpRequest, number: int) -> HttpResponse:
    """The form behind "Chia sẻ thông tin" (figure 5 of the notice); `?cu=1` is its shape before July 2025."""
    store = store_from_settings(settings)
    person = _person(store, number)
    old_shape = request.GET.get("cu") == "1"
    initial = _sample(person, old_shape) if request.GET.get("mau") == "1" else {}
    form = ShareInfoForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        old_shape=old_shape,
        oa_name=store.identity.oa_name,
    )
    if request.method == "POST" and form.is_valid():
        citizen.share_info(store, person, form.info())
        return redirect("simulator:shared", number)
    context = {"form": form, "person": person, "old_shape": old_shape, "oa_name": store.identity.oa_name}
    return render(request, "simulator/share_info.html", context)


@login_not_required
@require_GET
def shared(request: HttpRequest, number: int) -> HttpResponse:
    person = _person(store_from_settings(settings), number)
    return render(request, "simulator/shared.html", {"person": person})


@login_not_required
@require_GET
def file(request: HttpRequest, file_id: str) -> HttpResponse:
    """A picture or paper of a chat. Anything but a picture is downloaded, never shown."""
    found = store_from_settings(settings).file(file_id)
    if found is None:
        raise Http404
    is_picture = found["content_type"] in ("image/png", "image/jpeg", "image/gif")
    kind = found["content_type"] if is_picture else "application/octet-stream"
    response = HttpResponse(bytes(found["data"]), content_type=kind)
    if not is_picture:
        response["Content-Disposition"] = "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _say(store: Store, person: Person, request: HttpRequest) -> None:
    text = request.POST.get("text", "").strip()
    if text:
        citizen.say(store, person, text, quote_msg_id=request.POST.get("trich", ""))


def _tap_menu(store: Store, person: Person, request: HttpRequest) -> None:
    citizen.say(store, person, MENU_CODE, label=MENU_TITLE)


def _tap_button(store: Store, person: Person, request: HttpRequest) -> None:
    message = store.message(request.POST.get("tin", ""))
    index = request.POST.get("nut", "")
    buttons = message.payload.get("buttons", []) if message and message.user_id == person.user_id else []
    if not index.isdigit() or int(index) >= len(buttons) or not buttons[int(index)]["type"].startswith("oa.query"):
        raise Http404
    button = buttons[int(index)]
    citizen.say(store, person, button["value"], is_hidden=button["type"] == "oa.query.hide", label=button["title"])


def _send_photo(store: Store, person: Person, request: HttpRequest) -> None:
    upload = request.FILES.get("tep")
    data = upload.read() if upload else sample_picture()
    kind = upload.content_type if upload and upload.content_type in ("image/jpeg", "image/png") else "image/png"
    citizen.send_photo(store, person, data=data, content_type=kind)


def _send_file(store: Store, person: Person, request: HttpRequest) -> None:
    upload = request.FILES.get("tep")
    if upload:
        citizen.send_file(store, person, name=upload.name or "tep", data=upload.read())
    else:
        citizen.send_file(store, person, name="giay-to-mau.pdf", data=b"%PDF-1.4\n% mau\n%%EOF\n")


def _react(store: Store, person: Person, request: HttpRequest) -> None:
    message, icon = store.message(request.POST.get("tin", "")), request.POST.get("hinh", "")
    if message is None or message.user_id != person.user_id or icon not in {*citizen.REACTIONS, "/-remove"}:
        raise Http404
    citizen.react(store, person, message.msg_id, icon)


def _colleague(store: Store, person: Person, request: HttpRequest) -> None:
    text = request.POST.get("text", "").strip()
    if text:
        outgoing.reply_as_colleague(store, person, text)


ACTS: dict[str, Callable[[Store, Person, HttpRequest], Any]] = {
    "nhan": _say,
    "menu": _tap_menu,
    "nut": _tap_button,
    "anh": _send_photo,
    "tep": _send_file,
    "tha-cam-xuc": _react,
    "dong-nghiep": _colleague,
    "quan-tam": lambda store, person, request: citizen.follow(store, person),
    "bo-quan-tam": lambda store, person, request: citizen.unfollow(store, person),
    "mo-chat": lambda store, person, request: citizen.open_chat(store, person),
    "nhan-dan": lambda store, person, request: citizen.send_sticker(store, person),
    "vi-tri": lambda store, person, request: citizen.send_location(store, person),
    "danh-thiep": lambda store, person, request: citizen.send_business_card(store, person),
    "rut-dong-y": lambda store, person, request: citizen.withdraw(store, person),
    "im-lang-49-gio": lambda store, person, request: store.rewind_interaction(person.user_id, FREE_HOURS * 3600),
    "im-lang-8-ngay": lambda store, person, request: store.rewind_interaction(person.user_id, OPEN_DAYS * 86400),
}


def _person(store: Store, number: int) -> Person:
    for person in store.people():
        if person.number == number:
            return person
    raise Http404


def _chosen(wanted: str, people: list[Person]) -> list[Person]:
    by_number = {str(person.number): person for person in people}
    return [by_number[part] for part in dict.fromkeys(wanted.split(",")) if part in by_number][:PHONES_AT_ONCE]


def _back(shown: str) -> HttpResponse:
    numbers = ",".join(part for part in shown.split(",") if part.isdigit())
    return redirect(
        f"{reverse('simulator:desk')}?{urlencode({'xem': numbers}, safe=',')}" if numbers else "simulator:desk"
    )


def _phone(store: Store, person: Person, quoted: Message | None = None) -> dict[str, Any]:
    is_mine = quoted is not None and quoted.user_id == person.user_id
    return {
        "person": person,
        "version": _version(store, person),
        "bubbles": bubbles(store.messages(person.user_id, limit=CHAT_LENGTH), public_url=settings.PUBLIC_URL),
        "oa_name": store.identity.oa_name,
        "menu_title": MENU_TITLE,
        "reactions": citizen.REACTIONS.items(),
        "quoted": quoted if is_mine else None,
    }


def _version(store: Store, person: Person) -> str:
    return f"{store.chat_version(person.user_id)}-{int(person.is_following)}"


def _entry(store: Store, person: Person, chosen: list[Person]) -> dict[str, Any]:
    """A row of the list of people, with the address that puts this phone beside the others, or away."""
    chat = [message for message in store.messages(person.user_id, limit=30) if not message.is_hidden]
    numbers = [other.number for other in chosen]
    beside = [number for number in numbers if number != person.number]
    if person.number not in numbers:
        beside = [*beside, person.number][-PHONES_AT_ONCE:]
    return {
        "person": person,
        "initials": "".join(word[0] for word in person.name.split()[-2:]).upper(),
        "words": _words(chat[-1]) if chat else "Chưa trò chuyện",
        "unseen_count": sum(not message.from_user and message.seen_ms is None for message in chat),
        "is_shown": person.number in numbers,
        "beside": ",".join(map(str, beside)),
    }


def _words(message: Message) -> str:
    words = message.payload.get("label") or message.text or message.payload.get("title")
    return str(words or {"image": "Ảnh", "sticker": "Nhãn dán", "file": "Tệp"}.get(message.kind, "Tin nhắn"))


def _log(store: Store) -> dict[str, Any]:
    """Newest first: events to the webhook and calls to the API in one list, told apart by their direction."""
    names = {person.user_id: person.name for person in store.people()}
    lines: list[dict[str, Any]] = [
        {
            "at": delivery.created_at,
            "to_us": True,
            "what": delivery.event_name,
            # Whose receipt it is says little, and there are three of them for every message.
            "who": "" if delivery.event_name.startswith(RECEIPTS) else names.get(delivery.user_id or "", ""),
            "state": delivery.state,
            "result": delivery.answers[-1]["status"] or "không trả lời" if delivery.answers else "",
            "ms": delivery.answers[-1]["ms"] if delivery.answers else None,
        }
        for delivery in deliveries(store, limit=14)
    ]
    lines += [
        {
            "at": call.at,
            "to_us": False,
            "what": call.path,
            "who": call.fault,
            "state": "delivered" if '"error": 0' in call.answer or '"access_token"' in call.answer else "failed",
            "result": _error_in(call.answer) if call.status == 200 else call.status or "cắt",
            "ms": call.took_ms,
        }
        for call in store.calls(limit=14)
    ]
    options = store.options()
    return {
        "log_lines": sorted(lines, key=lambda line: line["at"], reverse=True)[:14],
        "waiting_count": waiting_count(store),
        "webhook_is_off": not options.webhook_enabled,
        "never_started": not options.server_url,
    }


def _error_in(answer: str) -> str:
    """The number Zalo would say, from the journal's text."""
    _, found, rest = answer.partition('"error": ')
    return rest.split(",")[0].rstrip("}") if found else "200"


def _number_word(number: int) -> str:
    words = ["Không", "Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười"]
    return words[number] if number < len(words) else str(number)


def _sample(person: Person, old_shape: bool) -> dict[str, str]:
    phone, address, ward, old_ward = SAMPLES[(person.number - 1) % len(SAMPLES)]
    if person.phone:
        phone = f"0{person.phone[2:5]} {person.phone[5:8]} {person.phone[8:]}"
    place = {"city": "Tỉnh Khánh Hòa", "ward": ward}
    if old_shape:
        place = {"city": "Khánh Hòa", "district": "Nha Trang", "ward": old_ward}
    return {"name": person.name, "phone": phone, "address": address, **place}


def sample_picture(width: int = 320, height: int = 200) -> bytes:
    """A PNG nobody drew: sea, sky and sand, to send where no photo is at hand."""
    bands = [(b"\xbf\xe3\xf2", 0.45), (b"\x1f\x8a\x9b", 0.8), (b"\xf0\xdf\xb4", 1.0)]
    rows = b"".join(
        b"\0" + next(colour for colour, until in bands if (row + 0.5) / height <= until) * width
        for row in range(height)
    )

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
