"""The figures as tables: the same rows for the page, the workbook and the monthly report, each number with its list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from registrations.counting import Row, Spread
from registrations.filters import choices
from registrations.message_costs import CHAT
from registrations.models import Registration
from registrations.periods import Period
from registrations.states import State
from registrations.statistics import Figures
from registrations.wordings import grouped, minutes_words
from zalo_bridge.services import OutboundMessage, kind_title

STEPS = (
    (State.VERIFIED, "Đã xác minh"),
    (State.IN_PROGRESS, "Đã đến nhà"),
    (State.COMPLETED, "Đã nộp hồ sơ"),
    (State.REJECTED, "Từ chối"),
    (State.CANCELLED, "Đã hủy"),
    (State.NO_SHOW, "Không gặp"),
)


ZALO = Registration.Channel.ZALO.value


@dataclass(frozen=True)
class Cell:
    """`value` for the workbook, `text` for people, `url` the list behind it ("" where there is none)."""

    value: str | int | float | None
    text: str
    url: str = ""

    @property
    def is_number(self) -> bool:
        return not isinstance(self.value, str)


@dataclass(frozen=True)
class Table:
    """`empty` is what stands there without rows."""

    slug: str
    title: str
    head: Sequence[str]
    rows: list[list[Cell]]
    empty: str = "Chưa có số liệu."

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """Each column's title, and whether it holds numbers."""
        return [(title, bool(self.rows) and self.rows[0][place].is_number) for place, title in enumerate(self.head)]

    @property
    def lines(self) -> list[list[tuple[str, Cell]]]:
        """The rows, each cell beside its column's title."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Tile:
    """One figure: what it was in the period before, and the list behind it."""

    title: str
    value: str
    before: str
    url: str
    hint: str = ""


def requests_list(**query: object) -> str:
    return f"/ho-so/?{urlencode({'tab': 'tat-ca', **query})}"


def came_in(period: Period, **query: object) -> str:
    """The list of those that came in during the period, narrowed further."""
    return requests_list(tu=period.first, den=period.last, **query)


def took_step(period: Period, **query: object) -> str:
    """The list of those something happened to in the period."""
    return requests_list(buoc_tu=period.first, buoc_den=period.last, **query)


def messages_list(period: Period, **query: object) -> str:
    return f"/zalo/tin-di/?{urlencode({'tu': period.first, 'den': period.last, **query})}"


def own_list(slug: str, period: Period) -> str:
    return f"/thong-ke/danh-sach/{slug}/?{urlencode({'tu': period.first, 'den': period.last})}"


def one_of(name: str, key: int) -> dict[str, object]:
    """Narrowed to one ward, procedure or person: by the filter people see, where it still offers it."""
    return {name: key} if str(key) in dict(choices()[name]) else {"so": f"{name}-{key}"}


def count(n: int, url: str = "") -> Cell:
    return Cell(n, grouped(n), url if n else "")


def minutes(value: float | None, url: str = "") -> Cell:
    return Cell(None if value is None else round(value), minutes_words(value), url if value is not None else "")


def decimal(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:.{digits}f}".replace(".", ",")


def percent(part: float | None) -> str:
    return "–" if part is None else f"{part * 100:.0f} %"


def dong(amount: int, *, is_estimate: bool) -> str:
    return f"{'khoảng ' if is_estimate and amount else ''}{grouped(amount)}\u00a0đ"


def tiles(period: Period, figures: Figures, before: Figures) -> list[Tile]:
    found = [Tile("Đăng ký", grouped(figures.registered), grouped(before.registered), came_in(period))]
    for state, title in STEPS:
        url = took_step(period, buoc=state)
        found.append(Tile(title, grouped(figures.steps[state]), grouped(before.steps[state]), url))
    late = grouped(figures.called_late)
    found.append(Tile("Gọi trễ hạn", late, grouped(before.called_late), came_in(period, so="goi-tre")))
    spreads = (
        ("Đến cuộc gọi đầu", figures.to_call, before.to_call, came_in(period, so="goi")),
        ("Đến lúc tới nhà", figures.to_visit, before.to_visit, came_in(period, so="den")),
        ("Đến lúc nộp", figures.to_filing, before.to_filing, came_in(period, tinh_trang=State.COMPLETED)),
        ("Chờ đến giờ hẹn", figures.wait_for_slot, before.wait_for_slot, came_in(period, so="hen")),
        ("Chờ giờ trống đầu tiên", figures.wait_for_place, before.wait_for_place, own_list("gio-trong", period)),
    )
    found += [Tile(title, middle(now), middle(then), url, hint=tail(now)) for title, now, then, url in spreads]
    stars = Tile("Đánh giá", stars_words(figures), stars_words(before),
                 took_step(period, so="danh-gia"), hint=f"{grouped(figures.rating_count)} lượt")  # fmt: skip
    cost = Tile("Chi phí tin nhắn", dong(figures.dong, is_estimate=figures.is_estimate),
                dong(before.dong, is_estimate=before.is_estimate), messages_list(period, money="charged"))  # fmt: skip
    return [*found, stars, cost]


def middle(spread: Spread) -> str:
    return minutes_words(spread.median)


def stars_words(figures: Figures) -> str:
    return f"{decimal(figures.rating_average)}/5" if figures.rating_count else "–"


def tail(spread: Spread) -> str:
    return f"9/10 dưới {minutes_words(spread.ninetieth)}" if spread.ninetieth is not None else ""


def tables(period: Period, figures: Figures, before: Figures) -> dict[str, Table]:
    """Every table by its slug, in the order of the workbook."""
    found = (
        by_time(period, figures),
        funnel(period, figures, before),
        staff(period, figures, before),
        places("phuong", "Theo phường, xã", "Phường, xã", period, figures.wards, before.wards),
        places("thu_tuc", "Theo thủ tục", "Thủ tục", period, figures.procedures, before.procedures),
        ratings(period, figures, before),
        reasons(period, figures),
        messages(period, figures, before),
        costs(period, figures),
        first_free(figures, period),
    )
    return {table.slug: table for table in found}


def by_time(period: Period, figures: Figures) -> Table:
    rows = []
    for step, (day, came, filed) in zip(period.steps(), figures.by_time, strict=True):
        done = came_in(step, tinh_trang=State.COMPLETED)
        rows.append([_day(day), count(came, came_in(step)), count(filed, done)])
    return Table("theo_ngay", "Đăng ký theo thời gian", ("Từ ngày", "Đăng ký", "Trong đó đã nộp"), rows)


def first_free(figures: Figures, period: Period) -> Table:
    rows = []
    for step, (day, wait) in zip(period.steps(), figures.first_free, strict=True):
        readings = count(wait.readings, own_list("gio-trong", step))
        rows.append([_day(day), minutes(wait.middle), minutes(wait.longest), count(wait.without), readings])
    head = ("Từ ngày", "Chờ, trung vị", "Chờ lâu nhất", "Lần không còn giờ nào", "Số lần ghi")
    return Table("gio_trong", "Giờ trống đầu tiên", head, rows)


def funnel(period: Period, figures: Figures, before: Figures) -> Table:
    urls = (
        own_list("quan-tam", period),
        own_list("dong-y", period),
        came_in(period, nguon=ZALO),
        came_in(period, nguon=ZALO, so="qua-xac-minh"),
        came_in(period, nguon=ZALO, so="den"),
        came_in(period, nguon=ZALO, tinh_trang=State.COMPLETED),
    )
    rows = []
    previous: int | None = None
    for (title, n), (_, then), url in zip(figures.funnel, before.funnel, urls, strict=True):
        part = n / previous if previous else None
        share = Cell(None if part is None else round(part, 3), percent(part))
        rows.append([Cell(title, title), count(n, url), share, count(then)])
        previous = n
    head = ("Bước", "Số", "So với bước trước", "Kỳ trước")
    return Table("pheu", "Từ quan tâm đến nộp, qua Zalo", head, rows)


def staff(period: Period, figures: Figures, before: Figures) -> Table:
    then = {row.key: row.registered for row in before.staff}
    rows = []
    for row in figures.staff:
        narrowed = {**one_of("can_bo", row.key), "hen_tu": period.first, "hen_den": period.last}
        rows.append(
            [
                Cell(row.name, row.name, requests_list(**narrowed)),
                count(row.registered, requests_list(**narrowed)),
                count(then.get(row.key, 0)),
                count(row.filed, requests_list(**narrowed, tinh_trang=State.COMPLETED)),
                count(row.missed, requests_list(**narrowed, tinh_trang=State.NO_SHOW)),
                Cell(round(row.minutes / 60, 1), f"{decimal(row.minutes / 60)} giờ"),
                Cell(None if row.busy is None else round(row.busy, 3), percent(row.busy)),
                Cell(None if row.rating is None else round(row.rating, 1), decimal(row.rating)),
            ]
        )
    head = ("Cán bộ", "Lượt đi", "Kỳ trước", "Đã nộp", "Không gặp", "Giờ hẹn", "Kín lịch", "Đánh giá")
    return Table("can_bo", "Theo cán bộ", head, rows, "Chưa có lượt đi nào trong kỳ.")


def places(slug: str, title: str, name: str, period: Period, now: list[Row], before: list[Row]) -> Table:
    """Per ward or per procedure."""
    then = {row.key: row.registered for row in before}
    rows = []
    for row in now:
        narrowed = one_of(slug, row.key)
        rows.append(
            [
                Cell(row.name, row.name, came_in(period, **narrowed)),
                count(row.registered, came_in(period, **narrowed)),
                count(then.get(row.key, 0)),
                count(row.filed, came_in(period, **narrowed, tinh_trang=State.COMPLETED)),
                count(row.missed, came_in(period, **narrowed, tinh_trang=State.NO_SHOW)),
            ]
        )
    return Table(slug, title, (name, "Đăng ký", "Kỳ trước", "Đã nộp", "Không gặp"), rows)


def ratings(period: Period, figures: Figures, before: Figures) -> Table:
    rows = [
        [
            Cell(f"{stars} sao", f"{stars} sao"),
            count(n, took_step(period, so="danh-gia", danh_gia=stars)),
            count(before.ratings.get(stars, 0)),
        ]
        for stars, n in figures.ratings.items()
    ]
    return Table("danh_gia", "Đánh giá", ("Sao", "Số", "Kỳ trước"), rows)


def reasons(period: Period, figures: Figures) -> Table:
    rows = [
        [
            Cell(reason.words, reason.words),
            Cell(str(State(reason.state).label), str(State(reason.state).label)),
            count(reason.count, took_step(period, buoc=reason.state, so=f"ly-do-{reason.sample}")),
        ]
        for reason in figures.reasons
    ]
    empty = "Không có hồ sơ nào bị từ chối, hủy hay không gặp."
    return Table("ly_do", "Vì sao không thành", ("Lý do", "Tình trạng", "Số"), rows, empty)


def messages(period: Period, figures: Figures, before: Figures) -> Table:
    labels = dict(OutboundMessage.State.choices)
    states = [state for state in labels if state in figures.messages or state in before.messages]
    rows = [
        [
            Cell(labels[state], labels[state]),
            count(figures.messages.get(state, 0), messages_list(period, state=state)),
            count(before.messages.get(state, 0)),
        ]
        for state in states
    ]
    return Table("tin_nhan", "Tin nhắn gửi người dân", ("Kết quả", "Số", "Kỳ trước"), rows, "Chưa gửi tin nào.")


def costs(period: Period, figures: Figures) -> Table:
    channels = dict(OutboundMessage.Channel.choices)
    rows = []
    for cost in figures.costs:
        label = kind_title(cost.kind)
        name = f"{channels[cost.channel]}: {str(label).lower()}" if label else str(channels[cost.channel])
        narrowed = {"channel": cost.channel, **({} if cost.channel == CHAT else {"kind": cost.kind})}
        unsure = cost.charged > 0 and (not cost.is_certain or cost.unpriced > 0)
        amount = "chưa có giá" if cost.unpriced and not cost.dong else dong(cost.dong, is_estimate=unsure)
        rows.append(
            [
                Cell(name, name),
                count(cost.arrived, messages_list(period, **narrowed, money="sent")),
                count(cost.charged, messages_list(period, **narrowed, money="charged")),
                Cell(cost.dong if cost.dong or not cost.unpriced else None, amount),
            ]
        )
    head = ("Kênh, loại tin", "Gửi được", "Tính phí", "Thành tiền")
    return Table("chi_phi", "Chi phí tin nhắn", head, rows, "Chưa gửi được tin nào.")


def _day(day: date) -> Cell:
    return Cell(f"{day:%d/%m/%Y}", f"{day:%d/%m/%Y}")
