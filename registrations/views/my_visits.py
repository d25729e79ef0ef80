"""The field worker's day on a phone: in order, with map, call, papers, and one button for what comes next.

A phone may lose its signal: `static/js/visits.js` keeps what was pressed and hands it to `send` later, one by one.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from registrations import undo
from registrations.access import OWN_VISITS, visible_to
from registrations.actions import ACTION_BY_SLUG, VISIT, Offer, may, offers
from registrations.arrivals import expected_at
from registrations.attachments import RECEIPT
from registrations.case import papers_of
from registrations.errors import RegistrationError
from registrations.forms import DELAYS
from registrations.map_links import map_url
from registrations.models import Attachment, Checklist, PersonalDataView, Registration
from registrations.queue import with_row_facts
from registrations.views.actions import DOERS, press, taken_back
from registrations.views.pages import StaffRequest, needs
from registrations.views.requests import LOOKS
from registrations.wordings import clock_or_day
from scheduling import services as scheduling
from scheduling.errors import SchedulingError
from scheduling.services import Appointment, Assignment

ON_THE_ROAD = ("dang-di", "bao-tre", "da-den", "da-nop", "khong-gap", "giay-to", "bien-nhan")


@dataclass(frozen=True)
class Stop:
    """One visit of the day as its card shows it."""

    registration: Registration
    visit: Appointment
    expected_at: datetime | None
    papers: list[tuple[str, bool]]  # with whether it has been seen
    note: str
    offers: list[Offer]
    key: str
    shows_phone: bool  # it was asked for today, and that is on record: it stays on the card, also without signal
    photo_count: int

    @property
    def map_url(self) -> str:
        return map_url(self.registration.address_line, self.visit.ward)

    @property
    def seen_count(self) -> int:
        return sum(is_seen for _, is_seen in self.papers)

    @property
    def slugs(self) -> list[str]:
        return [offer.action.slug for offer in self.offers]


@needs(OWN_VISITS)
@never_cache
@require_GET
def my_visits(request: StaffRequest) -> HttpResponse:
    """`?ngay=YYYY-MM-DD` shows another day."""
    today = timezone.localdate()
    day = scheduling.parse_day(request.GET.get("ngay", "")) or today
    staff = scheduling.staff_member_of(request.user)
    visits = scheduling.visits_of(staff=staff, day=day) if staff is not None else []
    return render(
        request,
        "registrations/my_visits.html",
        {
            "staff": staff,
            "day": day,
            "today": today,
            "is_today": day == today,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1),
            "stops": stops_of(visits, user=request.user, today=today),
            "delays": DELAYS,
            "now": timezone.now(),
            "closed_because": scheduling.closure_name(day),
        },
    )


def stops_of(visits: list[Appointment], *, user: User, today: date) -> list[Stop]:
    """The cards of these visits, in their order; a fixed number of queries but for the papers."""
    rows = with_row_facts(Registration.objects.filter(appointment_id__in=[visit.pk for visit in visits]))
    requests = {row.appointment_id: row for row in rows.select_related("citizen__contact")}
    checklists = {row.registration_id: row for row in Checklist.objects.filter(registration__in=requests.values())}
    looks = PersonalDataView.objects.filter(
        registration__in=requests.values(), user=user, what=LOOKS["so-dien-thoai"], at__date=today
    )
    looked = set(looks.values_list("registration_id", flat=True))
    photos = list(
        Attachment.objects.filter(registration__in=requests.values(), kind=RECEIPT).values_list(
            "registration_id", flat=True
        )
    )
    stops = []
    for visit in visits:
        registration = requests.get(visit.pk)
        if registration is None:
            continue
        checklist = checklists.get(registration.pk)
        seen = checklist.papers_seen if checklist else []
        stops.append(
            Stop(
                registration=registration,
                visit=visit,
                expected_at=expected_at(registration) if registration.expected_at else None,
                papers=[(paper, paper in seen) for paper in papers_of(registration)],
                note=checklist.note if checklist else "",
                offers=[
                    offer
                    for offer in offers(registration, user)
                    if not offer.why_not and offer.action.slug in ON_THE_ROAD and VISIT in offer.action.permissions
                ],
                key=secrets.token_urlsafe(12),
                shows_phone=registration.pk in looked and bool(registration.citizen.phone),
                photo_count=photos.count(registration.pk),
            )
        )
    return stops


@needs(OWN_VISITS)
@never_cache
@require_POST
def send(request: StaffRequest) -> HttpResponse:
    """One press a phone kept: `nguoi` whose, `ma` of what, `viec` which, `khoa` its key, the fields of that action.

    JSON with a `sentence`: 200 done (now or before), 409 refused and why. Whoever is signed in now and did not press it
    gets 403, and nobody signed in the way to the login page: then the phone keeps it.
    """
    user = request.user
    if request.POST.get("nguoi") != str(user.pk):
        raise PermissionDenied
    code, slug = request.POST.get("ma", ""), request.POST.get("viec", "")
    registration = with_row_facts(visible_to(user)).select_related("citizen__contact").filter(code=code).first()
    if registration is None:
        return _refused(_not_theirs(code, user))
    if slug not in ON_THE_ROAD or not may(user, ACTION_BY_SLUG[slug]):
        return _refused("Anh/chị không làm được việc này.")
    form = DOERS[slug].form(request.POST, request.FILES, registration=registration)
    if not form.is_valid():
        return _refused(" ".join(str(message) for messages in form.errors.values() for message in messages))
    key = request.POST.get("khoa", "")
    try:
        sentence = press(registration, ACTION_BY_SLUG[slug], form.cleaned_data, user=user, key=key)
    except (RegistrationError, SchedulingError) as refusal:
        return _refused(refusal.sentence)
    # The phone offers to take it back as long as this says; what can be taken back is decided when it asks.
    undo_seconds = undo.UNDO_WITHIN.seconds if undo.receipts_under(key, user) else 0
    return JsonResponse({"sentence": sentence, "undo_seconds": undo_seconds})


@require_POST
def unsend(request: StaffRequest) -> HttpResponse:
    """Take back the press with the key `khoa` that `nguoi` sent from a phone; answers as `send` does."""
    if request.POST.get("nguoi") != str(request.user.pk):
        raise PermissionDenied
    answers = taken_back(request.POST.get("khoa", ""), request.user)
    sentence = " ".join(words for _, words, _ in answers)
    return _refused(sentence) if any(is_bad for *_, is_bad in answers) else JsonResponse({"sentence": sentence})


def _refused(sentence: str) -> JsonResponse:
    return JsonResponse({"sentence": sentence}, status=409)


def _not_theirs(code: str, user: User) -> str:
    """Why this person may not act on that request (any more); says nothing of requests that never were theirs."""
    past = Assignment.objects.filter(appointment__registration__code=code, staff__user=user, ended_at__isnull=False)
    last = past.order_by("-ended_at").first()
    if last is None or last.ended_at is None:
        return "Không có lịch này trong việc của anh/chị."
    return f"Lịch {code} không còn giao cho anh/chị từ {clock_or_day(last.ended_at, timezone.now())}."


@require_GET
def worker(request: StaffRequest) -> HttpResponse:
    """The service worker that keeps today's list readable without signal; its address is the reach it has."""
    facts = {"session_seconds": settings.SESSION_COOKIE_AGE, "static_url": settings.STATIC_URL}
    response = render(request, "registrations/visits_worker.js", facts, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
