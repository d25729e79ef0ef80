"""The queue: tabs by what needs doing, search, filters, order, pages, and the pane beside it."""

import secrets
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from registrations.access import visible_to
from registrations.asking import LONGEST, Asked, asked_for, ours
from registrations.case import case_of
from registrations.columns import COLUMNS
from registrations.filters import QueueFilter
from registrations.forms import SavedViewForm
from registrations.models import DeskPreference, Registration, SavedView
from registrations.queue import (
    COUNT_UP_TO,
    ORDERS,
    TAB_BY_SLUG,
    TABS,
    Page,
    Tab,
    count_up_to,
    estimated_total,
    newest_id,
    one_page,
    order_of,
    tab_counts,
    with_row_facts,
)
from registrations.rows import row_of
from registrations.views.pages import StaffRequest, needs, say
from registrations.wordings import grouped

SEES_THE_QUEUE = "registrations.view_registration"
SEARCHES_KEPT = 20


def page_of(request: StaffRequest, asked: Asked) -> Page:
    return one_page(
        asked.rows,
        order_of(asked.order, asked.tab.slug),
        after=_id(request.GET.get("sau")),
        before=_id(request.GET.get("truoc")),
    )


@needs(SEES_THE_QUEUE)
@require_GET
def queue(request: StaffRequest) -> HttpResponse:
    asked = asked_for(request.user, request.GET, searches_of(request))
    page = page_of(request, asked)
    opened = _opened(request)
    desk = DeskPreference.objects.filter(user=request.user).first() or DeskPreference(user=request.user)
    columns = [column for column in COLUMNS if column.slug in desk.columns]
    now = timezone.now()
    names = ("tim", "q", "xep", *QueueFilter.base_filters)
    counts = tab_counts(now, asked.rules)
    context = {
        "tabs": with_counts(counts),
        "fingerprint": fingerprint(counts),
        "asked": asked,
        "page": page,
        "rows": [row_of(facts, now, [column.text for column in columns]) for facts in page.rows],
        "how_many": how_many(asked, page, counts),
        "orders": ORDERS.items(),
        "columns": columns,
        "column_choices": [(column, column.slug in desk.columns) for column in COLUMNS],
        "rings": desk.rings,
        "kept": kept(request, "tab", *names),
        "tab_query": kept(request, *(name for name in names if name != "xep")),
        "order_query": kept(request, "tab", *(name for name in names if name != "xep")),
        "opened": opened,
        "case": case_of(opened, request.user) if opened is not None else None,
        "in_pane": True,
        "oob": False,
        "may_pick": asked.tab.slug == "phan-cong" and request.user.has_perm("registrations.assign_registration"),
        "newest": newest_id(),
        "saved_views": SavedView.objects.filter(user=request.user),
    }
    if request.htmx:
        # The list alone, and the tabs' new numbers beside it.
        listing = render(request, "registrations/queue.html#list", context)
        tabs = render(request, "registrations/queue.html#tabs", {**context, "oob": True})
        return HttpResponse(listing.content + tabs.content)
    return render(request, "registrations/queue.html", context)


@needs(SEES_THE_QUEUE)
@require_POST
def search(request: StaffRequest) -> HttpResponse:
    """Remember what is searched under a key, so that no name or number ends up in an address, a log or a bookmark."""
    text = request.POST.get("q", "").strip()[:LONGEST]
    query = QueryDict(ours(request.POST.get("query", ""), but=("tim", "q")), mutable=True)
    if text:
        searches = searches_of(request)
        key = next((known for known, words in searches.items() if words == text), secrets.token_urlsafe(6))
        newest = [(known, words) for known, words in searches.items() if known != key][-SEARCHES_KEPT + 1 :]
        request.session["searches"] = dict([*newest, (key, text)])
        query["tim"] = key
        if "tab" not in query or not request.POST.get("stay"):
            query["tab"] = "tat-ca"
    return redirect(f"/ho-so/?{query.urlencode()}")


def searches_of(request: StaffRequest) -> dict[str, str]:
    known = request.session.get("searches", {})
    return known if isinstance(known, dict) else {}


def with_counts(counts: dict[str, int]) -> list[tuple[Tab, int | None]]:
    return [(tab, counts.get(tab.slug)) for tab in TABS]


def how_many(asked: Asked, page: Page, counts: dict[str, int]) -> str:
    """In words, without counting a million rows."""
    if not page.previous_before and not page.next_after:
        return f"{len(page.rows)} hồ sơ"
    only = order_of(asked.order, asked.tab.slug).only
    if asked.is_narrowed or (only and asked.tab.slug == "tat-ca"):
        found = count_up_to(asked.rows.filter(only))
    elif asked.tab.slug == "tat-ca":
        total = estimated_total()
        return f"{'khoảng ' if total > 20_000 else ''}{grouped(total)} hồ sơ"
    else:
        # Counted for the tab a moment ago; never fewer than stand here.
        found = max(counts[asked.tab.slug], len(page.rows))
    return f"hơn {grouped(COUNT_UP_TO)} hồ sơ" if found > COUNT_UP_TO else f"{grouped(found)} hồ sơ"


def kept(request: StaffRequest, *names: str) -> str:
    """The part of the address that a link keeps, ready to be extended."""
    return urlencode([(name, value) for name in names if (value := request.GET.get(name))])


@needs(SEES_THE_QUEUE)
@require_GET
def news(request: StaffRequest) -> HttpResponse:
    """What a screen asks for every few seconds: nothing (204), or fresh counts and a line saying how many are new."""
    counts = tab_counts(timezone.now())
    since = _id(request.GET.get("tu-id")) or 0
    fresh = count_up_to(visible_to(request.user).filter(pk__gt=since), 99)
    known = request.GET.get("dem")
    if not fresh and known == fingerprint(counts):
        return HttpResponse(status=204)
    names = ("tim", "q", *QueueFilter.base_filters)
    context = {
        "fresh": fresh,
        "here": f"?{kept(request, 'tab', 'xep', *names)}",
        "tabs": with_counts(counts),
        "fingerprint": fingerprint(counts),
        "asked": {"tab": TAB_BY_SLUG.get(request.GET.get("tab", ""), TABS[0])},
        "tab_query": kept(request, *names),
        "oob": True,
    }
    response = render(request, "registrations/queue.html#news", context)
    response["X-New"] = str(fresh)
    return response


def fingerprint(counts: dict[str, int]) -> str:
    """Changes when a count does."""
    return "-".join(str(count) for count in counts.values())


@needs(SEES_THE_QUEUE)
@require_POST
def save_view(request: StaffRequest) -> HttpResponse:
    """Keep the tab, filters and order under a name, or forget one."""
    if name := request.POST.get("forget"):
        SavedView.objects.filter(user=request.user, name=name).delete()
        say(request, f"Đã bỏ danh sách “{name}”.")
        return redirect("registrations:queue")
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        say(request, "Hãy đặt tên cho danh sách.", is_bad=True)
        return redirect("registrations:queue")
    query = ours(form.cleaned_data["query"], but=("tim", "q"))
    SavedView.objects.update_or_create(user=request.user, name=form.cleaned_data["name"], defaults={"query": query})
    say(request, f"Đã lưu danh sách “{form.cleaned_data['name']}”.")
    return redirect(f"/ho-so/?{query}")


@needs(SEES_THE_QUEUE)
@require_POST
def choose_columns(request: StaffRequest) -> HttpResponse:
    """Which columns this person wants, and whether new requests ring."""
    DeskPreference.objects.update_or_create(
        user=request.user,
        defaults={"columns": request.POST.getlist("cot"), "rings": bool(request.POST.get("rings"))},
    )
    say(request, "Đã lưu cách hiển thị.")
    return redirect(f"/ho-so/?{ours(request.POST.get('query', ''))}")


def _opened(request: StaffRequest) -> Registration | None:
    code = request.GET.get("mo", "")
    if not code or request.htmx:
        return None
    return (
        with_row_facts(visible_to(request.user))
        .select_related("citizen__contact", "procedure__field")
        .filter(code=code)
        .first()
    )


def _id(text: Any) -> int | None:
    return int(text) if text and str(text).isdecimal() and len(str(text)) < 19 else None
