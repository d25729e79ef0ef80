"""What an address (or a saved list, or an export) asks the queue for: tab, search, filters, order."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from registrations.access import visible_to
from registrations.filters import QueueFilter
from registrations.models import Registration
from registrations.queue import ORDERS, TAB_BY_SLUG, TABS, Tab, in_tab
from registrations.search import searched

LONGEST = 100


@dataclass(frozen=True)
class Asked:
    """`rows` are narrowed, unordered. `search_key` stands for the searched text, which stays out of addresses."""

    tab: Tab
    text: str
    search_key: str
    order: str
    filters: QueueFilter
    rows: QuerySet[Registration]
    filter_count: int

    @property
    def filter_key(self) -> str:
        """Tells apart the filter forms that look different."""
        chosen = [
            f"{name}={self.filters.data.get(name)}" for name in self.filters.filters if self.filters.data.get(name)
        ]
        return "&".join([self.tab.slug, self.search_key, self.order, *chosen])

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.filter_count)


def asked_for(user: User, query: QueryDict, searches: Mapping[str, str] | None = None) -> Asked:
    """The rows of a tab as this person may see them. `searches`: texts of this session by key (parameter `tim`)."""
    tab = TAB_BY_SLUG.get(query.get("tab", ""), TABS[0])
    key = query.get("tim", "")
    text = (query.get("q") or (searches or {}).get(key, "")).strip()[:LONGEST]
    order = query.get("xep", "")
    # Asked by day of visit, people expect the order of visits; it is also the order an index can give.
    usual = "hen" if query.get("hen_tu") or query.get("hen_den") else tab.order
    filters = QueueFilter(query, queryset=searched(in_tab(visible_to(user), tab.slug, timezone.now()), text))
    return Asked(
        tab=tab,
        text=text,
        search_key=key if text else "",
        order=order if order in ORDERS else usual,
        filters=filters,
        rows=filters.qs,
        filter_count=sum(1 for name in filters.filters if query.get(name)),
    )


def ours(query: str, *, but: tuple[str, ...] = ()) -> str:
    """The parts of a query string that the queue understands."""
    asked = QueryDict(query)
    names = [name for name in ("tab", "tim", "q", "xep", *QueueFilter.base_filters) if name not in but]
    return urlencode([(name, asked[name]) for name in names if asked.get(name)])
