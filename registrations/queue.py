"""The queue: its tabs, what is late, how it is ordered, one page of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.db.models import DateTimeField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from registrations.models import ContactAttempt, DataRequest, Dialogue, Notification, Registration, WorkRules
from registrations.rows import FIELDS, Facts
from registrations.states import CLOSED_STATES, OPEN_STATES, State
from scheduling import services as scheduling
from scheduling.services import Assignment

PAGE_SIZE = 50
COUNTS_KEPT_S = 5
COUNT_UP_TO = 1000
# States in which something can be late; somebody to make a new appointment with has a tab of their own.
LATE_STATES = (State.SUBMITTED, State.NEEDS_INFO, State.VERIFIED, State.ASSIGNED, State.IN_PROGRESS)
TAB_STATES = {
    "goi": State.SUBMITTED,
    "bo-sung": State.NEEDS_INFO,
    "phan-cong": State.VERIFIED,
    "hen-lai": State.NO_SHOW,
}
CALLED_STATES = (State.SUBMITTED, State.NEEDS_INFO, State.NO_SHOW)
OWED_LISTED = 200
OWED = ContactAttempt.objects.filter(registration=OuterRef("pk"), outcome=ContactAttempt.Outcome.OWED)
FAR_FUTURE = datetime(9999, 1, 1, tzinfo=timezone.get_default_timezone())


@dataclass(frozen=True)
class Tab:
    """What needs doing next. `hint` is what an empty tab teaches."""

    slug: str
    title: str
    hint: str
    order: str
    is_urgent: bool = False


TABS = (
    Tab("goi", "Gọi xác minh", "Hồ sơ mới đăng ký sẽ hiện ở đây để gọi xác minh.", "han", is_urgent=True),
    Tab("bo-sung", "Chờ bổ sung", "Hồ sơ đã nhắn người dân bổ sung sẽ chờ ở đây.", "moi"),
    Tab("phan-cong", "Chờ phân công", "Hồ sơ đã xác minh sẽ chờ ở đây để cử cán bộ.", "hen"),
    Tab("hen-lai", "Cần hẹn lại", "Lịch đến mà không gặp người dân sẽ hiện ở đây để hẹn lại.", "moi"),
    Tab("hom-nay", "Hôm nay", "Hôm nay không có lịch hẹn nào.", "hen"),
    Tab("qua-han", "Quá hạn", "Không có việc nào trễ. Tốt lắm!", "moi", is_urgent=True),
    Tab("tat-ca", "Tất cả", "Chưa có hồ sơ nào. Hồ sơ đến từ Zalo, điện thoại hoặc quầy sẽ hiện ở đây.", "moi"),
)
TAB_BY_SLUG = {tab.slug: tab for tab in TABS}
ORDERS = {"moi": "Mới nhất", "cu": "Cũ nhất", "han": "Hạn gọi", "hen": "Giờ hẹn", "ten": "Tên (A–Z)"}


def today_span(now: datetime) -> tuple[datetime, datetime]:
    """The local day around `now`, half open."""
    start = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    return start, start + timedelta(days=1)


def is_today(now: datetime) -> Q:
    start, end = today_span(now)
    return Q(
        appointment__is_live=True,
        appointment__starts_at__gte=start,
        appointment__starts_at__lt=end,
        state__in=(*OPEN_STATES, State.COMPLETED),
    )


def is_late(now: datetime, rules: WorkRules) -> Q:
    """Anything that should have happened by now: the call, the citizen's answer, sending someone, closing the visit."""
    return (
        Q(state=State.SUBMITTED, call_due_at__lt=now)
        | Q(state=State.NEEDS_INFO, state_changed_at__lt=silent_since(timezone.localdate(now), rules.needs_info_days))
        | Q(state=State.VERIFIED, appointment__starts_at__lt=now + timedelta(hours=rules.assign_before_hours))
        | Q(state=State.ASSIGNED, appointment__ends_at__lt=now)
        | Q(state=State.IN_PROGRESS, appointment__ends_at__lt=now - timedelta(hours=2))
    )


def silent_since(today: date, working_days: int) -> datetime:
    """Who was asked before this moment has had `working_days` working days to answer."""
    key = f"registrations:silent-since:{today:%Y%m%d}:{working_days}"
    known: date | None = cache.get(key)
    if known is None:
        known = today - timedelta(days=working_days)
        while scheduling.working_days_after(known, working_days) > today:
            known -= timedelta(days=1)
        cache.set(key, known, 3600)
    return timezone.make_aware(datetime.combine(known, time.min))


def in_tab(registrations: QuerySet[Registration], slug: str, now: datetime, rules: WorkRules) -> QuerySet[Registration]:
    """The requests of one tab, unordered."""
    if slug in TAB_STATES:
        return registrations.filter(state=TAB_STATES[slug])
    if slug == "hom-nay":
        return registrations.filter(is_today(now))
    if slug == "qua-han":
        # The states by name first: the index on them keeps a million closed requests out of the question.
        return registrations.filter(state__in=LATE_STATES).filter(is_late(now, rules))
    return registrations


def is_due_to_call(now: datetime, prefix: str = "") -> Q:
    """New ones and those to book again, unless asked to be called later; reminders when their time has come."""
    state, again = f"{prefix}state", f"{prefix}next_call_at"
    at_once = Q(**{f"{state}__in": [State.SUBMITTED, State.NO_SHOW]})
    its_time = Q(**{f"{again}__lte": now})
    return (at_once & (Q(**{f"{again}__isnull": True}) | its_time)) | (Q(**{state: State.NEEDS_INFO}) & its_time)


def is_due_to_answer(today: date) -> Q:
    """Requests about personal data whose next day the law gives is today or gone."""
    is_answered = Q(answered_at__isnull=False)
    return Q(done_at__isnull=True) & (Q(done_due_on__lte=today) | (~is_answered & Q(answer_due_on__lte=today)))


def to_call(now: datetime) -> QuerySet[Registration]:
    """Everybody somebody should call now."""
    # Fetched, not joined: with a subquery beside the OR no index on the requests would be used. They are few.
    owed = list(
        ContactAttempt.objects.filter(outcome=ContactAttempt.Outcome.OWED)
        .exclude(registration__state__in=CLOSED_STATES)
        .order_by("at")
        .values_list("registration", flat=True)[:OWED_LISTED]
    )
    return Registration.objects.annotate(has_owed=Exists(OWED)).filter(is_due_to_call(now) | Q(pk__in=owed))


def _counted(now: datetime, rules: WorkRules) -> dict[str, int]:
    """Every count in one round trip, none beyond COUNT_UP_TO + 1: a backlog of years must not slow down every page."""
    everything = Registration.objects.order_by()
    owed = ContactAttempt.objects.order_by().filter(outcome=ContactAttempt.Outcome.OWED)
    owed = owed.exclude(registration__state__in=CLOSED_STATES).exclude(is_due_to_call(now, "registration__"))
    parts: dict[str, QuerySet[Any]] = {
        **{slug: everything.filter(state=state) for slug, state in TAB_STATES.items()},
        "hom-nay": everything.filter(is_today(now)),
        "qua-han": everything.filter(state__in=LATE_STATES).filter(is_late(now, rules)),
        "due": everything.filter(state__in=CALLED_STATES).filter(is_due_to_call(now)),
        "owed": owed.order_by("registration").distinct("registration"),
        "tro-chuyen": Dialogue.objects.order_by().filter(wants_human_since__isnull=False),
        "du-lieu": DataRequest.objects.order_by().filter(done_at__isnull=True),
        "du-lieu-gap": DataRequest.objects.order_by().filter(is_due_to_answer(timezone.localdate())),
    }
    statements, values = [], []
    for slug, rows in parts.items():
        sql, params = rows.values("pk")[: COUNT_UP_TO + 1].query.sql_with_params()
        statements.append(f"SELECT %s, count(*) FROM ({sql}) AS part")  # noqa: S608  our own queries, values apart
        values += [slug, *params]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), values)
        return dict(cursor.fetchall())


def tab_counts(now: datetime, rules: WorkRules | None = None) -> dict[str, int]:
    """How many wait in each tab (all but `tat-ca`), at most some seconds old. `rules`: where they are read already."""
    known: dict[str, int] | None = cache.get("registrations:tab-counts")
    if known is None:
        known = _counted(now, rules or WorkRules.current())
        known["can-goi"] = known.pop("due") + known.pop("owed")
        cache.set("registrations:tab-counts", known, COUNTS_KEPT_S)
    return known


def waiting_for(user: User) -> dict[str, tuple[int, bool]]:
    """What waits behind each entry of the navigation: address → (how many, is it pressing)."""
    now = timezone.now()
    found: dict[str, tuple[int, bool]] = {}
    if user.has_perm("registrations.view_registration"):
        counts = tab_counts(now)
        # A visit of today or a late one also stands in its own tab: only the tabs by state add up.
        found["/ho-so/"] = (sum(counts[slug] for slug in ("goi", "bo-sung", "phan-cong", "hen-lai")), False)
        found["/can-goi/"] = (counts["can-goi"], counts["qua-han"] > 0)
        if user.has_perm("registrations.change_registration"):
            chats = counts.get("tro-chuyen", 0)
            found["/tro-chuyen/"] = (chats, chats > 0)
        found["/du-lieu-ca-nhan/"] = (counts.get("du-lieu", 0), counts.get("du-lieu-gap", 0) > 0)
    if user.has_perm("registrations.work_on_own_visits"):
        start, end = today_span(now)
        mine = Registration.objects.filter(
            appointment__assignments__staff__user_id=user.pk,
            appointment__assignments__is_active=True,
            appointment__starts_at__gte=start,
            appointment__starts_at__lt=end,
            state__in=[State.ASSIGNED, State.IN_PROGRESS],
        )
        found["/viec-cua-toi/"] = (mine.count(), False)
    unread = Notification.objects.filter(user=user, read_at__isnull=True).count()
    found["/thong-bao/"] = (unread, unread > 0)
    return found


def forget_counts() -> None:
    """After an action the person who did it must see the new numbers at once."""
    cache.delete("registrations:tab-counts")


def with_row_facts(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """What a row shows, in two queries whatever the page size."""
    return registrations.select_related("citizen", "procedure", "appointment", "ward").prefetch_related(
        Prefetch(
            "appointment__assignments",
            queryset=Assignment.objects.filter(is_active=True, is_lead=True).select_related("staff"),
            to_attr="leads",
        )
    )


def count_up_to(registrations: QuerySet[Registration], limit: int = COUNT_UP_TO) -> int:
    """How many, but no more than `limit` + 1: nobody reads the difference between 40,000 and 41,000."""
    return registrations.order_by().values("pk")[: limit + 1].count()


@dataclass(frozen=True)
class Order:
    """An order with a total, so that a page can start after any row: a value and the id, both in one direction."""

    value: str | Combinable
    descending: bool
    only: Q = Q()


def order_of(slug: str, tab: str) -> Order:
    if slug == "ten":
        return Order("citizen__sort_key", descending=False)
    if slug == "cu":
        return Order("created_at", descending=False)
    if slug == "han":
        if tab in ("goi", "tat-ca"):
            # Over everything only those still to be called are walked, along the index of the call queue.
            return Order("call_due_at", descending=False, only=Q(state=State.SUBMITTED, call_due_at__isnull=False))
        return Order(Coalesce("call_due_at", Value(FAR_FUTURE), output_field=DateTimeField()), descending=False)
    if slug == "hen":
        if tab == "tat-ca":
            # Over everything only live visits are walked, latest first, along the index of visits.
            return Order("appointment__starts_at", descending=True, only=Q(appointment__is_live=True))
        return Order(
            Coalesce("appointment__starts_at", Value(FAR_FUTURE), output_field=DateTimeField()), descending=False
        )
    return Order("created_at", descending=True)


@dataclass(frozen=True)
class Page:
    rows: Sequence[Facts]
    next_after: int | None
    previous_before: int | None


def one_page(
    registrations: QuerySet[Registration],
    order: Order,
    *,
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """The rows after (or before) the row with that id: page 1,000 is as quick as page 1, nothing shifts while reading.

    The mark is an id and not a value, so that no name ends up in an address. A mark that is gone gives the first page.
    """
    value = F(order.value) if isinstance(order.value, str) else order.value
    rows = registrations.filter(order.only).annotate(place=value)
    mark_id = after if after is not None else before
    mark = None
    if mark_id is not None:
        mark = Registration.objects.filter(pk=mark_id).annotate(place=value).values("place", "pk").first()
    backwards = mark is not None and after is None
    descending = order.descending != backwards
    if mark is not None and mark["place"] is not None:
        way = "lt" if descending else "gt"
        # The first condition alone would do for the answer; it is there so that the index is entered at the right leaf.
        rows = rows.filter(**{f"place__{way}e": mark["place"]}).filter(
            Q(**{f"place__{way}": mark["place"]}) | Q(**{f"pk__{way}": mark["pk"]})
        )
    rows = rows.order_by(F("place").desc() if descending else F("place").asc(), "-pk" if descending else "pk")
    found = _facts(rows[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
        return Page(found, found[-1].pk if found else None, found[0].pk if found and more else None)
    return Page(found, found[-1].pk if more else None, found[0].pk if found and mark is not None else None)


def _facts(rows: QuerySet[Registration]) -> list[Facts]:
    """Two queries whatever the page size: the rows, and who goes."""
    found = [Facts(*row) for row in rows.values_list(*FIELDS)]
    visits = [row.visit for row in found if row.visit is not None]
    going = Assignment.objects.filter(appointment__in=visits, is_active=True, is_lead=True)
    leads = dict(going.values_list("appointment", "staff__name")) if visits else {}
    return [row._replace(lead=leads[row.visit]) if row.visit in leads else row for row in found]


def estimated_total() -> int:
    """How many requests there are; beyond some ten thousands about how many: counting a million takes too long."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT CASE WHEN reltuples > 20000 THEN reltuples::bigint
                ELSE (SELECT count(*) FROM (SELECT FROM registrations_registration LIMIT 20001) AS part) END
            FROM pg_class WHERE oid = 'registrations_registration'::regclass
            """
        )
        return int(cursor.fetchone()[0])


def newest_id() -> int:
    """The mark from which the screen asks for what is new."""
    return Registration.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
