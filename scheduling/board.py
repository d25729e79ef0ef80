"""What the day board shows, read in a fixed number of queries however many people and visits there are."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from scheduling.board_markup import cells_markup, short_ward
from scheduling.board_rows import BoardVisit, Frame, cells_of, pack
from scheduling.hours import ZONE, OfficeCalendar, current_calendar, day_bounds, on
from scheduling.models import LIVE, Absence, Appointment, Assignment, StaffMember
from scheduling.rules import late_after
from scheduling.travel import current_travel
from scheduling.words import sentence

# How a request stands, by the names registrations gives its states. Followed by name only: this app knows no other.
WAITING_STATES = ("submitted", "needs_info")
IN_PROGRESS, COMPLETED, NO_SHOW = "in_progress", "completed", "no_show"
# Why a visit of the day needs a look: what its badge says. A lane each, most pressing first. What confirms a visit is
# the call that verifies its request; nobody asks the citizen a second time.
ATTENTION = ("trễ giờ", "quá giờ", "chưa chốt", "chưa báo được", "chưa xác minh")
SHOWN_PER_REASON = 8


@dataclass(frozen=True)
class Lane:
    """One person's day. `rows`: their cells as HTML, several only where visits overlap (they cannot; it would show)."""

    id: int
    name: str
    note: str
    rows: list[SafeString]
    visits: list[BoardVisit]


@dataclass(frozen=True)
class Attention:
    """Visits a manager must look at for one reason: (address, words) of the first few, and how many there are."""

    reason: str
    tone: str
    count: int
    visits: list[tuple[str, str]]

    @property
    def more(self) -> int:
        return self.count - len(self.visits)


@dataclass(frozen=True)
class DayBoard:
    day: date
    frame: Frame
    closed_because: str
    unassigned: Lane
    lanes: list[Lane]
    visit_count: int
    unassigned_count: int
    attention: list[Attention]
    hour_marks: list[str] = field(default_factory=list)


def given_name_key(name: str) -> tuple[str, str]:
    """People sort by given name (the last word), then the rest."""
    words = name.split()
    return (words[-1].casefold() if words else "", name.casefold())


def day_board(day: date, *, now: datetime | None = None) -> DayBoard:
    """The board of a day: five queries (three more when nobody has asked for the kept tables for a minute)."""
    now = now or timezone.now()
    calendar = current_calendar()
    # Only bars are drawn from it, so a minute's delay after an edit does no harm; assigning reads it afresh.
    travel = cache.get_or_set("scheduling-travel", current_travel, 60) or current_travel()
    start, end = day_bounds(day)
    facts = visit_facts(start, end)
    going = {row["id"]: row["people"] for row in facts if row["people"]}
    staff = _people(going)
    absences = _absences(start, end)
    grace = late_after()
    visits = {row["id"]: board_visit(row, now=now, grace=grace) for row in facts}
    frame = frame_of(day, calendar, list(visits.values()))
    by_staff: dict[int, list[BoardVisit]] = {}
    for visit_id, people in going.items():
        for staff_id in people:
            if visit_id in visits:
                by_staff.setdefault(staff_id, []).append(visits[visit_id])
    lanes = []
    for member in sorted(staff, key=lambda row: given_name_key(row["name"])):
        own = sorted(by_staff.get(member["id"], []), key=lambda visit: visit.starts_at)
        away = absences.get(member["id"], [])
        rows = [
            cells_markup(cells_of(packed, frame=frame, away=away, travel_minutes=travel.minutes).cells)
            for packed in pack(own) or [[]]
        ]
        note = _note(len(own), [reason for _, _, reason in away], member["ward_names"] or [])
        lanes.append(Lane(member["id"], member["name"], note, rows, own))
    loose = [visit for visit_id, visit in visits.items() if not going.get(visit_id)]
    rows = [cells_markup(cells_of(row, frame=frame).cells) for row in pack(loose) or [[]]]
    unassigned = Lane(0, "Chưa phân công", "", rows, loose)
    everything = list(visits.values())
    return DayBoard(
        day=day,
        frame=frame,
        closed_because=calendar.closed_because(day),
        unassigned=unassigned,
        lanes=lanes,
        visit_count=len(everything),
        unassigned_count=len(loose),
        attention=_attention(everything, going, {member["id"]: member["name"] for member in staff}),
        hour_marks=_hour_marks(frame),
    )


FACTS = (
    "id",
    "starts_at",
    "ends_at",
    "ward_id",
    "ward__short_name",
    "registration__code",
    "registration__state",
    "registration__citizen__name",
    "registration__procedure__short_name",
    "registration__expected_at",
    "registration__arrived_at",
    "registration__dossier_number",
)


def visit_facts(start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Live visits of a stretch with what their requests say and the ids of who goes, in charge first (one query)."""
    owed = Appointment.objects.filter(pk=OuterRef("pk"), registration__calls__outcome="owed")
    going = ArraySubquery(
        Assignment.objects.filter(LIVE, appointment=OuterRef("pk")).order_by("-is_lead", "pk").values("staff_id")
    )
    rows = Appointment.objects.filter(is_live=True, starts_at__gte=start, starts_at__lt=end)
    rows = rows.annotate(owes_call=Exists(owed), people=going)
    return list(rows.order_by("starts_at", "pk").values(*FACTS, "owes_call", "people"))


def board_visit(row: dict[str, Any], *, now: datetime, grace: timedelta) -> BoardVisit:
    """What a block says and how it is painted, from the facts of its request. `grace`: a delay that counts as none."""
    state = row["registration__state"] or ""
    code = row["registration__code"] or ""
    tone, said, badges = "", row["registration__procedure__short_name"] or "", []
    if not row["people"]:
        tone = "free"
    if state in WAITING_STATES:
        badges.append(("wait", "chưa xác minh"))
    if state == COMPLETED:
        tone, said = "go", "xong, có mã hồ sơ" if row["registration__dossier_number"] else "xong"
    elif state == NO_SHOW:
        tone, said = "stop", "không gặp được"
    elif state == IN_PROGRESS:
        arrived = row["registration__arrived_at"]
        tone = "wait"
        said = f"đang hỗ trợ, từ {arrived.astimezone(ZONE):%H:%M}" if arrived else "đang hỗ trợ"
        if row["ends_at"] + grace < now:
            badges.append(("stop", "quá giờ"))
    elif row["ends_at"] < now and state:
        tone = "stop"
        badges.append(("stop", "chưa chốt"))
    elif state and (row["registration__expected_at"] or row["starts_at"]) + grace < now:
        # Also where nobody was sent: the citizen waits all the same.
        tone = "wait"
        badges.append(("stop", "trễ giờ"))
    if row["owes_call"]:
        badges.append(("stop", "chưa báo được"))
    return BoardVisit(
        id=row["id"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        ward_id=row["ward_id"],
        ward=row["ward__short_name"],
        title=row["registration__citizen__name"] or code or "Giữ chỗ",
        detail=said,
        code=code,
        tone=tone,
        badges=tuple(badges),
        may_move=state not in (COMPLETED, IN_PROGRESS, NO_SHOW) and row["starts_at"] > now,
        url=f"{_visit_urls()}{row['id']}/",
    )


@lru_cache(maxsize=1)
def _visit_urls() -> str:
    """What the addresses of all visits begin with: looked up once, not five hundred times a page."""
    return reverse("scheduling:visit", args=[0]).removesuffix("0/")


def frame_of(day: date, calendar: OfficeCalendar, visits: list[BoardVisit]) -> Frame:
    """Whole hours around the opening hours and every visit; the usual day where nothing is on."""
    stretches = tuple((on(day, opens), on(day, closes)) for opens, closes in calendar.hours_on(day))
    moments = [moment for stretch in stretches for moment in stretch]
    moments += [visit.starts_at for visit in visits] + [visit.ends_at for visit in visits]
    first = min(moments, default=day_bounds(day)[0] + timedelta(hours=7)).astimezone(ZONE)
    last = max(moments, default=day_bounds(day)[0] + timedelta(hours=17)).astimezone(ZONE)
    starts = first.replace(minute=0, second=0, microsecond=0)
    ends = last.replace(minute=0, second=0, microsecond=0)
    if ends < last:
        ends += timedelta(hours=1)
    return Frame(starts, ends, stretches)


def _people(going: dict[int, list[int]]) -> list[dict[str, Any]]:
    """Who works here, and whoever goes today though they no longer do."""
    ids = {staff_id for people in going.values() for staff_id in people}
    wards = ArrayAgg("wards__short_name", filter=Q(wards__isnull=False), default=None, order_by="wards__short_name")
    rows = StaffMember.objects.filter(Q(is_active=True) | Q(pk__in=ids)).annotate(ward_names=wards)
    return [dict(row) for row in rows.order_by("pk").values("id", "name", "ward_names")]


def _absences(start: datetime, end: datetime) -> dict[int, list[tuple[datetime, datetime, str]]]:
    rows = Absence.objects.filter(period__overlap=(start, end)).order_by("pk").values_list("staff", "period", "reason")
    found: dict[int, list[tuple[datetime, datetime, str]]] = {}
    for staff_id, period, reason in rows:
        words = Absence.Reason(reason).label.lower()
        found.setdefault(staff_id, []).append((max(period.lower, start), min(period.upper, end), words))
    return found


def _note(count: int, reasons: list[str], wards: list[str]) -> str:
    parts = list(dict.fromkeys(reasons)) + ([f"{count} lượt"] if count else [])
    if wards:
        parts.append(", ".join(map(short_ward, wards)))
    return sentence(" · ".join(parts)) if parts else "Chưa có lượt nào"


def _attention(visits: list[BoardVisit], going: dict[int, list[int]], names: dict[int, str]) -> list[Attention]:
    """A lane for each reason that occurs, the most pressing first."""
    lanes = []
    for reason in ATTENTION:
        found = [(visit, tone) for visit in visits for tone, said in visit.badges if said == reason]
        if not found:
            continue
        shown = []
        for visit, _ in found[:SHOWN_PER_REASON]:
            who = [names[staff_id].split()[-1] for staff_id in going.get(visit.id, ()) if names.get(staff_id)]
            words = f"{visit.starts_at.astimezone(ZONE):%H:%M} {' '.join(visit.title.split()[-2:])}"
            shown.append((visit.url, f"{words} ({', '.join(who)})" if who else words))
        lanes.append(Attention(reason, found[0][1], len(found), shown))
    return lanes


def _hour_marks(frame: Frame) -> list[str]:
    hours = (frame.ends_at - frame.starts_at) // timedelta(hours=1)
    return [f"{(frame.starts_at + timedelta(hours=n)).astimezone(ZONE):%H:%M}" for n in range(hours)]
