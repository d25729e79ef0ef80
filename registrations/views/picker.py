"""The citizen's page of open times. GET never changes anything;
the one big button posts, and a second tap finds what the first did.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from procedures.services import Procedure, papers_for
from registrations import services
from registrations.dialogue import commands, shell
from registrations.dialogue.aftercare import REASONS
from registrations.dialogue.clock import short_time, weekday
from registrations.dialogue.details import show_address
from registrations.dialogue.knowledge import MAY_CANCEL, MAY_CHANGE, visit_of
from registrations.errors import RegistrationError, StaleState
from registrations.intake import minutes_of
from registrations.models import Dialogue, Registration
from registrations.picker_links import LinkExpired, LinkTarget, LinkUnknown, read_token
from registrations.states import CLOSED_STATES
from scheduling import services as scheduling
from scheduling.errors import SchedulingError
from scheduling.services import FreeDay, Slot, Ward
from zalo_bridge.services import Contact

DAYS_SHOWN = 28
MOST_DAYS = 15
SHORT_WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


class LinkDead(Exception):
    """The page cannot be shown; `reason` names the sentence on the page that says so."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class DayTile:
    """One day of the strip."""

    day: date
    weekday: str
    number: str
    note: str
    is_free: bool
    is_chosen: bool
    label: str


@dataclass(frozen=True)
class TimeTile:
    slot_id: int
    clock: str
    note: str
    is_free: bool
    is_chosen: bool


@login_not_required
# The token in the address is the authority, no cookie is: there is nothing a forged form could borrow. Old in-app
# browsers that keep no cookies can still book.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """`/dat-lich/<token>/`: choose a time for the draft, or see, change or cancel the visit."""
    try:
        target = read_token(token)
        subject = _subject(target)
        response = _post(request, subject) if request.method == "POST" else _show(request, subject)
    except LinkExpired:
        response = _gone(request, "expired")
    except LinkUnknown:
        response = _gone(request, "unknown")
    except LinkDead as error:
        response = _gone(request, error.reason)
    # The token must not travel on in a Referer header.
    response["Referrer-Policy"] = "no-referrer"
    return response


def _gone(request: HttpRequest, reason: str) -> HttpResponse:
    return render(
        request, "registrations/picker/gone.html", {"reason": reason}, status=410 if reason != "unknown" else 404
    )


def _subject(target: LinkTarget) -> Dialogue | Registration:
    """What the link is about now: a draft that has become a request answers with the request."""
    if target.kind == "visit":
        return _registration(target.number)
    dialogue = Dialogue.objects.select_related("contact").filter(pk=target.number).first()
    if dialogue is None:
        raise LinkDead("dropped")
    return _of_draft(dialogue, target.draft)


def _of_draft(dialogue: Dialogue, draft: str) -> Dialogue | Registration:
    booked = dialogue.data.get("booked") or {}
    if draft in booked:
        return _registration(booked[draft])
    if not draft or dialogue.data.get("draft") != draft or "procedure" not in dialogue.data:
        raise LinkDead("dropped")
    return dialogue


def _registration(number: int) -> Registration:
    found = (
        Registration.objects.select_related("citizen__contact", "procedure__field", "appointment", "ward")
        .filter(pk=number, citizen__erased_at__isnull=True)
        .first()
    )
    if found is None:
        raise LinkDead("dropped")
    return found


# --- GET ---


def _show(
    request: HttpRequest, subject: Dialogue | Registration, *, problem: str = "", status: int = 200
) -> HttpResponse:
    if isinstance(subject, Dialogue):
        return _show_times(request, subject, problem=problem, status=status)
    visit = visit_of(subject)
    wants = request.POST.get("viec") or request.GET.get("viec")
    if wants == "doi" and visit.may_change:
        return _show_times(request, subject, problem=problem, status=status)
    if wants == "huy" and visit.may_cancel:
        context = {"visit": visit, "registration": subject, "reasons": REASONS, "problem": problem}
        return render(request, "registrations/picker/cancel.html", context, status=status)
    context = {
        "visit": visit,
        "registration": subject,
        "problem": problem,
        "is_new": request.GET.get("xong") == "1",
        "is_closed": subject.state in CLOSED_STATES,
        "when": short_time(visit.starts_at) if visit.starts_at else "",
    }
    return render(request, "registrations/picker/visit.html", context, status=status)


def _show_times(
    request: HttpRequest, subject: Dialogue | Registration, *, problem: str = "", status: int = 200
) -> HttpResponse:
    procedure, address = _about(subject)
    ward = _ward_of(subject)
    now = timezone.localtime()
    days = [
        day
        for day in scheduling.free_days(days=DAYS_SHOWN, minutes=minutes_of(procedure), now=now, ward=ward)
        if day.slots or day.closed_because or day.is_open
    ]
    chosen_day = _chosen_day(request, days)
    chosen = None
    if chosen_day is not None:
        wanted = request.GET.get("gio", "")
        chosen = next((slot for slot in chosen_day.slots if str(slot.id) == wanted), None)
    times = _times(chosen_day, chosen.id if chosen else None)
    nearest = []
    if problem:
        nearest = scheduling.nearest_free(count=3, minutes=minutes_of(procedure), now=now, ward=ward)
    context: dict[str, Any] = {
        "procedure": procedure,
        "procedure_name": _name_of(subject, procedure),
        "address": address,
        "minutes": minutes_of(procedure),
        "papers": papers_for(procedure) if procedure is not None else [],
        "tiles": _tiles(days, chosen_day)[:MOST_DAYS],
        "chosen_day": chosen_day,
        "mornings": [tile for tile in times if tile.clock < "12:00"],
        "afternoons": [tile for tile in times if tile.clock >= "12:00"],
        "chosen": chosen,
        "chosen_words": short_time(timezone.localtime(chosen.starts_at)) if chosen else "",
        "problem": problem,
        "nearest": [
            (slot.id, short_time(timezone.localtime(slot.starts_at)), _day_of(slot.starts_at)) for slot in nearest
        ],
        "registration": subject if isinstance(subject, Registration) else None,
        "old_words": _old_time(subject),
        "wants_wish": request.GET.get("viec") == "gio-khac" and not isinstance(subject, Registration),
    }
    return render(request, "registrations/picker/choose.html", context, status=status)


def _about(subject: Dialogue | Registration) -> tuple[Procedure | None, str]:
    if isinstance(subject, Registration):
        return subject.procedure, visit_of(subject).address
    number = int((subject.data.get("procedure") or {}).get("id") or 0)
    procedure = Procedure.objects.filter(pk=number).first() if number else None
    return procedure, show_address(subject.data.get("details") or {})


def _ward_of(subject: Dialogue | Registration) -> Ward | None:
    """Where somebody would have to come, so that only times are shown at which somebody can."""
    if isinstance(subject, Registration):
        return subject.appointment.ward if subject.appointment is not None else subject.ward
    code = str((subject.data.get("details") or {}).get("ward") or "")
    return scheduling.ward_of_code(code) if code else None


def _name_of(subject: Dialogue | Registration, procedure: Procedure | None) -> str:
    if procedure is not None:
        return procedure.short_name
    words = subject.words if isinstance(subject, Registration) else str(subject.data.get("words") or "")
    return words or "cán bộ sẽ hỏi rõ khi gọi"


def _old_time(subject: Dialogue | Registration) -> str:
    if isinstance(subject, Registration) and (starts_at := visit_of(subject).starts_at):
        return short_time(starts_at)
    return ""


def _day_of(at: datetime) -> str:
    return timezone.localtime(at).date().isoformat()


def _chosen_day(request: HttpRequest, days: list[FreeDay]) -> FreeDay | None:
    """The day asked for if anyone can come then, else the first on which somebody can."""
    try:
        wanted = date.fromisoformat(request.GET.get("ngay", ""))
    except ValueError:
        wanted = None
    free = [day for day in days if day.slots]
    return next((day for day in free if day.day == wanted), free[0] if free else None)


def _tiles(days: list[FreeDay], chosen: FreeDay | None) -> list[DayTile]:
    tiles: list[DayTile] = []
    today = timezone.localdate()
    for day in days:
        places = sum(slot.places for slot in day.slots)
        is_weekend = day.day.weekday() >= 5
        if day.slots:
            note = f"còn {places}"
        elif not day.is_open:
            is_holiday = day.closed_because != weekday(day.day)
            if is_weekend and not is_holiday:
                continue
            note = "nghỉ lễ" if is_holiday else "nghỉ"
        elif day.day <= today + timedelta(days=1):
            note = "hết giờ" if day.day == today else "hết chỗ"
        else:
            note = "hết chỗ"
        name = f"{SHORT_WEEKDAYS[day.day.weekday()]} {day.day:%d/%m}"
        tiles.append(
            DayTile(
                day=day.day,
                weekday=SHORT_WEEKDAYS[day.day.weekday()],
                number=f"{day.day.day}/{day.day.month}"
                if not tiles or day.day.month != tiles[-1].day.month
                else str(day.day.day),
                note=note,
                is_free=bool(day.slots),
                is_chosen=chosen is not None and day.day == chosen.day,
                label=f"{name}, {day.closed_because or note}",
            )
        )
    # Days after the last one with room say nothing: the calendar there is not open yet.
    while tiles and not tiles[-1].is_free:
        tiles.pop()
    return tiles


def _times(day: FreeDay | None, chosen: int | None) -> list[TimeTile]:
    """The day's times in order, the full ones greyed, so that a citizen sees why theirs is missing."""
    if day is None:
        return []
    free = {slot.id: slot for slot in day.slots}
    start = timezone.make_aware(datetime.combine(day.day, datetime.min.time()))
    every = Slot.objects.filter(starts_at__gte=start, starts_at__lt=start + timedelta(days=1), is_open=True)
    tiles = []
    for slot in every.order_by("starts_at"):
        places = free[slot.pk].places if slot.pk in free else 0
        tiles.append(
            TimeTile(
                slot_id=slot.pk,
                clock=f"{timezone.localtime(slot.starts_at):%H:%M}",
                note=f"còn {places} chỗ" if places else "hết chỗ",
                is_free=places > 0,
                is_chosen=slot.pk == chosen,
            )
        )
    return tiles


# --- POST ---


def _post(request: HttpRequest, subject: Dialogue | Registration) -> HttpResponse:
    """Do what the button said, once, then show where things stand (a reload repeats nothing)."""
    action = request.POST.get("viec", "")
    try:
        with transaction.atomic():
            subject = _locked(subject)
            if isinstance(subject, Dialogue):
                _book(request, subject, action)
            else:
                _act(request, subject, action)
    except (SchedulingError, RegistrationError) as error:
        if isinstance(subject, Registration):
            subject = _registration(subject.pk)
        return _show(request, subject, problem=error.sentence, status=409)
    return HttpResponseRedirect(f"{request.path}?xong=1")


def _locked(subject: Dialogue | Registration) -> Dialogue | Registration:
    """The same locks in the same order as the chat takes them, so that a tap and a message never cross."""
    contact_id = subject.contact_id if isinstance(subject, Dialogue) else subject.citizen.contact_id
    if contact_id is not None:
        Contact.objects.select_for_update(of=("self",), no_key=True).get(pk=contact_id)
    if isinstance(subject, Registration):
        return _registration(subject.pk)
    draft = str(subject.data.get("draft"))
    dialogue = Dialogue.objects.select_for_update(of=("self",)).select_related("contact").get(pk=subject.pk)
    return _of_draft(dialogue, draft)


def _slot_number(request: HttpRequest) -> int:
    number = request.POST.get("gio", "")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise RegistrationError("Anh/chị chọn một giờ trong danh sách.")
    return int(number)


def _book(request: HttpRequest, dialogue: Dialogue, action: str) -> None:
    draft, also = dialogue.data.get("draft"), dialogue.data.get("also")
    if action == "hen":
        commands.register(dialogue=dialogue, place=_slot_number(request))
    elif action == "gio-khac":
        wish = " ".join(request.POST.get("mong-muon", "").split())[:200]
        if not wish:
            raise RegistrationError("Anh/chị viết giờ mong muốn, ví dụ “chiều thứ Năm tuần sau”.")
        commands.register(dialogue=dialogue, place=None, time_wish=wish)
    else:
        raise Http404
    # The chat no longer waits for an answer about the time.
    dialogue.step = "idle"
    for key in ("options", "asked", "about", "then"):
        dialogue.data.pop(key, None)
    dialogue.save(update_fields=["step", "data"])
    if also:
        shell.offer_other(dialogue=dialogue, also=also, key=f"also:{dialogue.pk}:{draft}", now=timezone.now())


def _act(request: HttpRequest, registration: Registration, action: str) -> None:
    if action in ("hen", "gio-khac"):
        return  # A second tap on a draft that is booked already: show the visit.
    actor = services.Actor.citizen()
    if action == "doi":
        if registration.state not in MAY_CHANGE:
            raise StaleState("Lịch hẹn này không đổi giờ được nữa. Anh/chị gọi cơ quan để được giúp.")
        services.change_time(registration=registration, slot_id=_slot_number(request), actor=actor)
    elif action == "huy":
        if registration.state in CLOSED_STATES:
            return
        if registration.state not in MAY_CANCEL:
            raise StaleState("Lịch hẹn này không hủy được nữa. Anh/chị gọi cơ quan để được giúp.")
        reason = request.POST.get("ly-do-khac", "").strip() or request.POST.get("ly-do", "").strip()
        services.cancel(
            registration=registration, reason=(reason or "Người dân hủy, không nêu lý do")[:300], actor=actor
        )
    else:
        raise Http404
