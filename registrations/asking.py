"""What an address (or a saved list, or an export) asks the queue for: tab, search, filters, order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import cast
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from registrations.access import visible_to
from registrations.filters import QueueFilter
from registrations.models import Registration, WorkRules
from registrations.queue import ORDERS, TAB_BY_SLUG, TABS, Tab, in_tab
from registrations.search import searched

LONGEST = 100
Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """`search_key` stands for the searched text, which stays out of addresses; `unfiltered` are the tab's rows.

    `rules` say what is late.
    """

    tab: Tab
    text: str
    search_key: str
    order: str
    query: QueryDict
    unfiltered: QuerySet[Registration]
    rules: WorkRules

    @cached_property
    def filters(self) -> QueueFilter:
        """Made when first needed: its fourteen fields are costly, and most pages neither filter nor draw the form."""
        return QueueFilter(self.query, queryset=self.unfiltered)

    @cached_property
    def chosen(self) -> list[str]:
        """The names of the filters in use."""
        return [name for name in QueueFilter.base_filters if self.query.get(name)]

    @cached_property
    def rows(self) -> QuerySet[Registration]:
        """Narrowed, unordered."""
        return self.filters.qs if self.chosen else self.unfiltered

    @cached_property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter in use in words, and the query string without it."""
        found = []
        for name in self.chosen:
            field, value = self.filters.form.fields[name], self.filters.form.cleaned_data.get(name)
            if not value:
                continue  # nothing anybody can have chosen: the form says so
            if isinstance(value, date):
                words = f"{field.label}: {value:%d/%m/%Y}"
            elif isinstance(field, forms.ChoiceField):
                words = f"{field.label}: {dict(cast(Pairs, field.choices)).get(value, value)}"
            else:
                words = "Sau một con số ở Thống kê"
            found.append((words, ours(self.query.urlencode(), but=(name,))))
        return found

    @property
    def advice(self) -> str:
        """What to try where nothing was found."""
        wider = "Bỏ bớt điều kiện lọc" if self.chosen else "Thử bớt chữ, gõ không dấu"
        return f"{wider}, hoặc tìm trong mọi hồ sơ."

    @property
    def filter_problem(self) -> bool:
        return bool(self.chosen and self.filters.form.errors)

    @property
    def filter_count(self) -> int:
        return len(self.chosen)

    @property
    def filter_key(self) -> str:
        """Tells apart the filter forms that look different."""
        chosen = [f"{name}={self.query.get(name)}" for name in self.chosen]
        return "&".join([self.tab.slug, self.search_key, self.order, *chosen])

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.chosen)


def asked_for(user: User, query: QueryDict, searches: Mapping[str, str] | None = None) -> Asked:
    """The rows of a tab as this person may see them. `searches`: texts of this session by key (parameter `tim`)."""
    tab = TAB_BY_SLUG.get(query.get("tab", ""), TABS[0])
    key = query.get("tim", "")
    text = (query.get("q") or (searches or {}).get(key, "")).strip()[:LONGEST]
    order = query.get("xep", "")
    # Asked by day of visit, people expect the order of visits; it is also the order an index can give.
    usual = "hen" if query.get("hen_tu") or query.get("hen_den") else tab.order
    rules = WorkRules.current()
    return Asked(
        tab=tab,
        text=text,
        search_key=key if text else "",
        order=order if order in ORDERS else usual,
        query=query,
        unfiltered=searched(in_tab(visible_to(user), tab.slug, timezone.now(), rules), text),
        rules=rules,
    )


def ours(query: str, *, but: tuple[str, ...] = ()) -> str:
    """The parts of a query string that the queue understands."""
    asked = QueryDict(query)
    names = [name for name in ("tab", "tim", "q", "xep", *QueueFilter.base_filters) if name not in but]
    return urlencode([(name, asked[name]) for name in names if asked.get(name)])
