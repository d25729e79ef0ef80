"""The cells of the board as HTML.

Written here and not in a template: a full day has five hundred blocks and twice as many cells, and a template spends
twice the time on them that everything else on the page takes together. Every text that people wrote is escaped.
"""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString, mark_safe

from scheduling.board_rows import BoardVisit, Cell
from scheduling.words import span

_DRAGGABLE = ' draggable="true"'


def cells_markup(cells: Iterable[Cell]) -> SafeString:
    """The cells of one row, from left to right."""
    return mark_safe("".join([_cell(cell) for cell in cells]))  # noqa: S308 -- escaped piece by piece below


def _cell(cell: Cell) -> str:
    if cell.visit is not None:
        return f'<td colspan="{cell.span}" class="has">{_block(cell.visit)}</td>'
    if not cell.label:
        return f'<td colspan="{cell.span}" class="{cell.kind}"></td>'
    label = escape(cell.label)
    return (
        f'<td colspan="{cell.span}" class="{cell.kind}" title="{label}">'
        f'<span class="visually-hidden">{label}</span></td>'
    )


def _block(visit: BoardVisit) -> str:
    """The link that is the block of a visit."""
    badges = "".join([f'<em class="{tone}">{escape(words)}</em> · ' for tone, words in visit.badges])
    whole = escape(", ".join(filter(None, (visit.title, visit.ward, visit.detail))))
    what = escape(" · ".join(filter(None, (short_ward(visit.ward), visit.detail))))
    # The name as a narrow block can hold it: middle and given name, as people are called ("Mẫu Lan").
    name = escape(" ".join(visit.title.split()[-2:]))
    return (
        f'<a class="visit {visit.tone}" id="luot-{visit.id}" href="{visit.url}"'
        f'{_DRAGGABLE if visit.may_move else ""} title="{whole}">'
        f'<span class="clock">{span(visit.starts_at, visit.ends_at)} </span><b>{name}</b>'
        f'<span class="what">{badges}{what}</span></a>'
    )


def short_ward(ward: str) -> str:
    """Tây Nha Trang as "Tây NT"; short names stay whole."""
    first, *rest = ward.split() or [""]
    return f"{first} {''.join(word[0] for word in rest)}" if len(rest) > 1 else ward
