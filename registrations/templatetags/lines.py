"""Rows that a page has by the dozen or the hundred, put together here: a template takes ten times as long for each."""

from collections.abc import Iterable
from typing import Any

from django.template import Library
from django.template.defaultfilters import linebreaksbr
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from registrations import wordings
from registrations.rows import Row
from registrations.timeline import Item

register = Library()


@register.simple_tag
def queue_rows(rows: Iterable[Row], opened: Any, *, may_pick: bool) -> SafeString:
    """The rows of the queue's table. `opened`: the request that stands in the pane, or None."""
    on = opened.code if opened else ""
    return format_html_join(
        "\n",
        '<tr data-row="{0}"{1}>{2}'
        '<td><a class="row-link" href="/ho-so/{0}/" data-open="{0}"><b>{3}</b></a>{4}'
        '<small>{0} · <span class="text-nowrap">{5}</span></small></td>'
        "<td>{6}{7}</td><td>{8}<small>{9}</small></td>"
        '<td><span class="pill {10}">{11}</span><small>{12}</small></td>{13}</tr>',
        (
            (
                row.code,
                mark_safe(' class="on"') if row.code == on else "",
                format_html(TICK, row.code) if may_pick else "",
                row.name,
                row.priority and format_html(' <span class="pill plan">{}</span>', row.priority),
                row.phone,
                row.procedure,
                row.words and format_html("<small>“{}”</small>", row.words),
                format_html('<time datetime="{}">{}</time>', row.visit_at, row.visit) if row.visit_at else row.visit,
                row.ward,
                row.head.tone,
                row.head.pill,
                row.head.fact,
                format_html_join("", "<td>{}</td>", ([cell] for cell in row.cells)),
            )
            for row in rows
        ),
    )


TICK = (
    '<td class="tick"><input class="form-check-input" type="checkbox" name="code" value="{0}" form="bulk"'
    ' aria-label="Chọn {0}"></td>'
)


@register.filter
def timeline_lines(items: Iterable[Item]) -> SafeString:
    """A timeline, without the list around it."""
    now = timezone.now()
    return format_html_join(
        "\n",
        '<li class="{}{}"><b><time datetime="{}">{}</time></b> {}{}{}{}</li>',
        (
            (
                "" if number else "latest ",
                item.tone,
                timezone.localtime(item.at).isoformat(),
                wordings.clock_or_day(item.at, now),
                item.title,
                item.mark and format_html(' <span class="pill{}">{}</span>', _pill_tone(item), item.mark),
                _detail(item),
                item.who and format_html(" <small>{}</small>", item.who),
            )
            for number, item in enumerate(items)
        ),
    )


def _pill_tone(item: Item) -> str:
    return " stop" if item.tone == "stop" else ""


def _detail(item: Item) -> str:
    if item.url:
        return format_html('<br><a href="{}" target="_blank" rel="noopener">{}</a>', item.url, item.detail)
    return item.detail and format_html("<br>{}", linebreaksbr(item.detail))
