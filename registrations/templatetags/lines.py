"""Rows that a page has by the dozen or the hundred, put together here: a template takes ten times as long for each."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.template import Library
from django.template.defaultfilters import linebreaksbr
from django.utils import timezone
from django.utils.safestring import SafeString

from registrations import wordings
from registrations.rows import Row
from registrations.timeline import Item

register = Library()


def filled(form: str, *values: object) -> SafeString:
    """`format_html`, which takes four times as long, without its care for words that are translated later."""
    return SafeString(form.format(*(value if type(value) is SafeString else escape(str(value)) for value in values)))


def joined(between: str, form: str, lines: Iterable[Iterable[object]]) -> SafeString:
    return SafeString(between.join(filled(form, *values) for values in lines))


@register.simple_tag
def queue_rows(rows: Iterable[Row], opened: Any, *, may_pick: bool) -> SafeString:
    """The rows of the queue's table. `opened`: the request that stands in the pane, or None."""
    on = opened.code if opened else ""
    return joined(
        "\n",
        '<tr data-row="{0}"{1}>{2}'
        '<td><a class="row-link" href="/ho-so/{0}/" data-open="{0}"><b>{3}</b></a>{4}'
        '<small>{0} · <span class="text-nowrap">{5}</span></small></td>'
        "<td>{6}{7}</td><td>{8}<small>{9}</small></td>"
        '<td><span class="pill {10}">{11}</span><small>{12}</small></td>{13}</tr>',
        (
            (
                row.code,
                SafeString(' class="on"') if row.code == on else "",
                filled(TICK, row.code) if may_pick else "",
                row.name,
                row.priority and filled(' <span class="pill plan">{}</span>', row.priority),
                row.phone,
                row.procedure,
                row.words and filled("<small>“{}”</small>", row.words),
                filled('<time datetime="{}">{}</time>', row.visit_at, row.visit) if row.visit_at else row.visit,
                row.ward,
                row.head.tone,
                row.head.pill,
                row.head.fact,
                joined("", "<td>{}</td>", ([cell] for cell in row.cells)),
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
    today, zone = timezone.localdate(), timezone.get_current_timezone()
    return joined(
        "\n",
        '<li class="{}{}"><b><time datetime="{}">{}</time></b> {}{}{}{}</li>',
        (
            (
                "" if number else "latest ",
                item.tone,
                at.isoformat(),
                wordings.clock_or_day_of(at, today),
                item.title,
                item.mark and filled(' <span class="pill{}">{}</span>', _pill_tone(item), item.mark),
                _detail(item),
                item.who and filled(" <small>{}</small>", item.who),
            )
            for number, item in enumerate(items)
            for at in (item.at.astimezone(zone),)
        ),
    )


def _pill_tone(item: Item) -> str:
    return " stop" if item.tone == "stop" else ""


def _detail(item: Item) -> str:
    if item.url:
        return filled('<br><a href="{}" target="_blank" rel="noopener">{}</a>', item.url, item.detail)
    return item.detail and filled("<br>{}", linebreaksbr(item.detail))
