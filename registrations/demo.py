"""A believable week around today, of plainly made-up people. It goes through the use cases, so it obeys every rule."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from procedures.services import Procedure
from registrations import services
from registrations.models import Citizen, ContactAttempt, FirstFree, Registration
from registrations.notices import subject_of
from registrations.notifying import write_note
from registrations.roles import ADMINISTRATORS, FIELD_STAFF, MANAGERS, VERIFIERS, load_roles
from registrations.states import State
from registrations.transitions import Actor
from scheduling import services as scheduling
from scheduling.errors import SchedulingError
from scheduling.services import StaffMember, Ward
from zalo_bridge.services import Contact, messages_about

FIELD_NAMES = (
    ("canbo1", "Nguyễn Thị Mẫu Lan", "chị", "+84900000021"),
    ("canbo2", "Trần Văn Mẫu Hùng", "anh", "+84900000022"),
    ("canbo3", "Lê Thị Mẫu Thảo", "chị", "+84900000023"),
    ("canbo4", "Phạm Văn Mẫu Quân", "anh", "+84900000024"),
)
DESK_NAMES = (
    ("xacminh", "Đỗ Thị Mẫu Mai", VERIFIERS),
    ("lanhdao", "Võ Văn Mẫu Minh", MANAGERS),
    ("quantri", "Ngô Mẫu Quản Trị", ADMINISTRATORS),
)
NUMBERS = (
    "Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười",
)  # fmt: skip
# The words citizens typed, the procedure's own id, and where they live.
WISHES = (
    ("ban ruou tap hoa", "2.000620"),
    ("thuốt lá", "2.000181"),
    ("mở đại lý ga", "2.001283"),
    ("nấu rượu gạo bán", "2.000633"),
    ("giấy rượu hết hạn", "2.001240"),
    ("attp", "X-ATTP-GCN"),
    ("cam kết an toàn thực phẩm", "X-ATTP-CAMKET"),
    ("quán nhậu có bán rượu", "X-RUOU-TAICHO"),
    ("đổi địa chỉ giấy phép thuốc lá", "2.000162"),
)
PLACES = ("Tổ 5", "Tổ 12, hẻm Mẫu", "Thôn Mẫu", "8 đường Mẫu", "21/4 đường Mẫu Dài", "Tổ 3, khu phố Mẫu")


BEHIND_US = (State.COMPLETED, State.IN_PROGRESS, State.NO_SHOW)


@dataclass(frozen=True)
class Plan:
    """How far one made-up request has come. `day` counts working days from today; None: no time chosen.

    What today has no place for (before opening, at night, on a holiday) lies on the working day before or after.
    """

    state: State
    day: int | None
    count: int


PLANS = (
    Plan(State.COMPLETED, -3, 3),
    Plan(State.COMPLETED, -2, 3),
    Plan(State.COMPLETED, -1, 3),
    Plan(State.NO_SHOW, -1, 1),
    Plan(State.CANCELLED, 1, 2),
    Plan(State.REJECTED, 1, 1),
    Plan(State.COMPLETED, 0, 2),
    Plan(State.IN_PROGRESS, 0, 1),
    Plan(State.ASSIGNED, 0, 4),
    Plan(State.ASSIGNED, 1, 4),
    Plan(State.VERIFIED, 1, 2),
    Plan(State.VERIFIED, 2, 3),
    Plan(State.NEEDS_INFO, 2, 2),
    Plan(State.SUBMITTED, 2, 4),
    Plan(State.SUBMITTED, 3, 3),
    Plan(State.SUBMITTED, None, 1),
)


def load_demo(*, password: str, now: datetime | None = None) -> int:
    """Roles, people, hours, slots, about forty requests. How many requests were added (0: they are there already)."""
    at = now or timezone.now()
    load_roles()
    with transaction.atomic():
        hashed = _hashed(password)
        desk = {username: _user(username, name, group, hashed) for username, name, group in DESK_NAMES}
        staff = [_staff(*facts, hashed) for facts in FIELD_NAMES]
        _cover(staff)
        open_office(at)
        if Registration.objects.exists():
            return 0
        _first_free_times(at)
        return _requests(desk["xacminh"], desk["lanhdao"], at)


def open_office(at: datetime) -> None:
    """Hours and holidays, and slots from some working days ago on."""
    # Known before days are counted: four working days before the end of Tết are two weeks.
    scheduling.propose_holidays(year=timezone.localdate(at).year)
    first_day = _working_day(timezone.localdate(at), -4)
    scheduling.prepare_office(now=timezone.make_aware(datetime.combine(first_day, time(6))))
    scheduling.open_slots(now=at)


def _first_free_times(now: datetime) -> None:
    """What the worker would have written down in the last two weeks."""
    dice = random.Random(7)  # noqa: S311  the same waits every time
    days = (timezone.localdate(now) - timedelta(days=n) for n in range(14))
    read = [
        timezone.make_aware(datetime.combine(day, time(hour, 20)))
        for day in days
        for opens, closes in scheduling.hours_on(day)
        for hour in range(opens.hour, closes.hour)
    ]
    FirstFree.objects.bulk_create(
        FirstFree(read_at=at, free_at=at + timedelta(hours=dice.choice((3, 16, 20, 24, 26, 48, 70))))
        for at in read
        if at < now
    )


def _hashed(password: str) -> str:
    """One hash for all of them, as hashing is slow on purpose: the one they have where it is of this password."""
    kept = get_user_model().objects.filter(username=DESK_NAMES[0][0]).values_list("password", flat=True).first()
    return kept if kept and check_password(password, kept) else make_password(password)


def _user(username: str, name: str, group: str, hashed: str) -> User:
    # The whole name in one field: Django would put the given name first.
    user, _ = get_user_model().objects.get_or_create(
        username=username,
        defaults={
            "last_name": name,
            "is_staff": group in (ADMINISTRATORS, MANAGERS),  # managers keep hours, absences and rules there
            "is_superuser": group == ADMINISTRATORS,
        },
    )
    if user.password != hashed:
        user.password = hashed
        user.save(update_fields=["password"])
    user.groups.set([Group.objects.get(name=group)])
    return user


def _staff(username: str, name: str, title: str, phone: str, hashed: str) -> StaffMember:
    user = _user(username, name, FIELD_STAFF, hashed)
    facts = {"name": name, "title": title, "phone": phone}
    member, _ = StaffMember.objects.get_or_create(user=user, defaults=facts)
    return member


def _cover(staff: list[StaffMember]) -> None:
    """Two wards each, every ward by two people; everybody knows every field."""
    wards = list(Ward.objects.filter(is_served=True).order_by("code"))
    fields = list({procedure.field_id for procedure in Procedure.objects.filter(is_in_scope=True)})
    for place, member in enumerate(staff):
        if not member.wards.exists():
            member.wards.set([wards[(place + step) % len(wards)] for step in range(2)] if wards else [])
        if not member.fields.exists():
            member.fields.set(fields)


def _working_day(day: date, count: int) -> date:
    """The working day so many working days from `day`; 0 is `day` itself, open or not."""
    step = 1 if count > 0 else -1
    while count:
        day += timedelta(days=step)
        if scheduling.hours_on(day):
            count -= step
    return day


def _requests(clerk: User, manager: User, now: datetime) -> int:
    dice = random.Random(149)  # noqa: S311  the same week every time
    today = timezone.localdate(now)
    wards = list(Ward.objects.filter(is_served=True).order_by("code"))
    added = 0
    for plan in PLANS:
        for _ in range(plan.count):
            day, slots = room_for(plan, today, now)
            if _one(plan, day, slots, added, dice, wards, clerk, manager, now):
                added += 1
    return added


def _one(
    plan: Plan,
    day: date | None,
    slots: list[scheduling.Slot],
    number: int,
    dice: random.Random,
    wards: list[Ward],
    clerk: User,
    manager: User,
    now: datetime,
) -> bool:
    """One request, carried as far as the plan says. False where the day has no place left."""
    words, local_id = WISHES[number % len(WISHES)]
    ward = wards[number % len(wards)]
    procedure = Procedure.objects.filter(local_id=local_id).first()
    registered_at = _when_registered(plan, day, dice, now)
    channel = dice.choices(["zalo", "phone", "counter"], [8, 2, 1])[0]
    if day is not None and not slots:
        return False
    slot_id = slots[(number * 5) % len(slots)].pk if slots else None
    try:
        with transaction.atomic():
            citizen = _citizen(number, ward, channel, dice, registered_at)
            services.take_consent(
                citizen=citizen, channel="zalo_form" if channel == "zalo" else channel, taken_by=clerk
            )
            registration = services.register(
                citizen=citizen,
                procedure=procedure if plan.day is not None else None,
                words=words,
                slot_id=slot_id,
                address_line=citizen.address_line,
                ward=ward,
                channel=channel,
                actor=Actor.citizen() if channel == "zalo" else Actor.staff(clerk),
                time_wish="" if slot_id else "sau 17 giờ hoặc sáng thứ Bảy",
                now=registered_at,
            )
            _carry(registration, plan, dice, clerk, manager, now)
            _as_if_delivered(registration, registered_at, now)
    except SchedulingError:
        return False
    return True


def _when_registered(plan: Plan, day: date | None, dice: random.Random, now: datetime) -> datetime:
    """Closed and assigned ones came in two working days before the visit; new ones during the last open hours."""
    if plan.state in (State.SUBMITTED, State.NEEDS_INFO, State.VERIFIED):
        return _open_time_before(now, dice.randint(10, 200))
    base = _working_day(min(day or timezone.localdate(now), timezone.localdate(now)), -2)
    return timezone.make_aware(datetime.combine(base, time(8))) + timedelta(minutes=dice.randint(0, 400))


def _open_time_before(now: datetime, minutes: int) -> datetime:
    """The moment so many minutes of open office before now; 0: now, or the last closing time."""
    day, left = timezone.localdate(now), timedelta(minutes=minutes)
    while True:
        for opens, closes in reversed(scheduling.hours_on(day)):
            opened, closed = (timezone.make_aware(datetime.combine(day, clock)) for clock in (opens, closes))
            closed = min(closed, now)
            if closed - opened >= left:
                return closed - left
            left -= max(closed - opened, timedelta())
        day -= timedelta(days=1)


def room_for(plan: Plan, today: date, now: datetime) -> tuple[date | None, list[scheduling.Slot]]:
    """A day and its free slots that fit: what is done lies behind us, what is still to do ahead, whatever the hour."""
    if plan.day is None:
        return None, []
    day = _working_day(today, plan.day)
    slots = _slots_of(day, plan, now)
    if plan.day == 0 and not slots:
        day = _working_day(today, -1 if plan.state in BEHIND_US else 1)
        slots = _slots_of(day, plan, now)
    # Whoever is with a citizen went there last; before opening: the evening before, and has not reported since.
    return day, slots[-1:] if plan.state == State.IN_PROGRESS else slots


def _slots_of(day: date, plan: Plan, now: datetime) -> list[scheduling.Slot]:
    start = timezone.make_aware(datetime.combine(day, time.min))
    slots = scheduling.Slot.objects.filter(starts_at__gte=start, starts_at__lt=start + timedelta(days=1), is_open=True)
    found = [slot for slot in slots.order_by("starts_at") if slot.booked < slot.capacity]
    if plan.state == State.IN_PROGRESS:
        return [slot for slot in found if slot.starts_at <= now]
    if plan.state in BEHIND_US:
        return [slot for slot in found if slot.ends_at <= now]
    return [slot for slot in found if slot.starts_at > now]


def _citizen(number: int, ward: Ward, channel: str, dice: random.Random, at: datetime) -> Citizen:
    names = NUMBERS[number % 10] if number < 10 else f"{NUMBERS[number // 10 - 1]} {NUMBERS[number % 10]}"
    contact = None
    if channel == "zalo":
        contact = Contact.objects.create(
            oa_id=settings.ZALO_OA_ID,
            user_id=f"149000000000{number:07}",
            display_name=f"Người Mẫu {names}",
            is_following=True,
            follow_changed_at=at,
            last_interaction_at=at,
            last_event_at=at,
        )
    return Citizen.objects.create(
        name=f"Người Mẫu {names}",
        phone=f"+84900000{100 + number:03}",
        address_line=PLACES[number % len(PLACES)],
        ward=ward,
        contact=contact,
        priority=dice.choices(["", "elderly", "disabled", "merit"], [14, 3, 1, 1])[0],
        created_at=at,
    )


def _carry(
    registration: Registration, plan: Plan, dice: random.Random, clerk: User, manager: User, now: datetime
) -> None:
    """Step by step, each at a believable moment before now."""
    by_clerk, by_manager = Actor.staff(clerk), Actor.staff(manager)
    called_at = min(registration.created_at + timedelta(minutes=dice.randint(15, 90)), now)
    called_at = max(registration.created_at, _open_time_before(called_at, 0))
    if plan.state == State.SUBMITTED:
        if dice.random() < 0.3:
            services.log_call(registration=registration, outcome="no_answer", actor=by_clerk, now=called_at)
        return
    services.log_call(registration=registration, outcome="reached", actor=by_clerk, now=called_at)
    if plan.state == State.NEEDS_INFO:
        reason = dice.choice(["Chưa rõ số nhà", "Cần bản chụp giấy đăng ký hộ kinh doanh"])
        services.ask_for_more(registration=registration, reason=reason, actor=by_clerk, now=called_at)
        return
    if plan.state == State.REJECTED:
        reason = "Thủ tục thuộc cơ quan khác, đã hướng dẫn nơi tiếp nhận"
        services.reject(registration=registration, reason=reason, actor=by_clerk, now=called_at)
        return
    if plan.state == State.CANCELLED:
        services.cancel(
            registration=registration, reason="Tôi bận, sẽ đăng ký lại sau", actor=Actor.citizen(), now=called_at
        )
        return
    services.verify(registration=registration, actor=by_clerk, now=called_at)
    if plan.state == State.VERIFIED:
        return
    _visit(registration, plan, dice, by_manager, called_at, now)


def _visit(
    registration: Registration, plan: Plan, dice: random.Random, by_manager: Actor, called_at: datetime, now: datetime
) -> None:
    appointment = registration.appointment
    if appointment is None:
        return
    able = [candidate for candidate in scheduling.candidates(appointment=appointment) if candidate.can_go]
    if not able:
        raise SchedulingError("Không ai đi được.")
    staff = able[0].staff
    actor = Actor.staff(staff.user)
    services.assign(
        registration=registration, staff=staff, actor=by_manager, now=min(called_at + timedelta(minutes=20), now)
    )
    if plan.state == State.ASSIGNED:
        return
    arrived = min(appointment.starts_at + timedelta(minutes=dice.randint(-5, 8)), now)
    if plan.state == State.NO_SHOW:
        reason = "Gọi cửa 10 phút, hàng xóm nói đi vắng"
        services.not_at_home(registration=registration, reason=reason, actor=actor, now=arrived)
        return
    services.start(registration=registration, actor=actor, now=arrived)
    if plan.state == State.IN_PROGRESS:
        return
    done_at = min(arrived + timedelta(minutes=dice.randint(25, 50)), now)
    number = f"H32.15-{timezone.localtime(done_at):%y%m%d}-{registration.pk:04}"
    services.complete(registration=registration, dossier_number=number, actor=actor, now=done_at)
    if dice.random() < 0.7:
        stars = dice.choices([5, 4, 3, 2], [6, 3, 1, 1])[0]
        words = {5: "Cán bộ nhiệt tình, làm nhanh", 4: "Tốt", 3: "", 2: "Đến trễ 20 phút"}[stars]
        services.rate(registration=registration, stars=stars, words=words, now=min(done_at + timedelta(hours=1), now))
    if dice.random() < 0.3:
        write_note(registration=registration, author=staff.user, text="Nhà có mạng yếu, nhớ mang theo bộ phát 4G.")


def _as_if_delivered(registration: Registration, at: datetime, now: datetime) -> None:
    """The notices of the past were read long ago: nothing of the made-up week may be sent to anybody now."""
    steps = {str(line.pk): line.at for line in registration.transitions.all()}
    for message in messages_about(subject_of(registration)):
        sent_at = steps.get(message.dedupe_key.rsplit(":", 1)[-1], at)
        messages_about(subject_of(registration)).filter(pk=message.pk).update(
            state="seen",
            created_at=sent_at,
            sent_at=sent_at,
            delivered_at=sent_at,
            seen_at=min(sent_at + timedelta(minutes=2), now),
        )
    registration.reminders.filter(due_at__lte=now).update(sent_at=at)
    ContactAttempt.objects.filter(registration=registration, outcome=ContactAttempt.Outcome.OWED).delete()
