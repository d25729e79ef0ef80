"""The day board, its live updates, and the pane of one visit: preview, move, undo."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from scheduling.board import day_board
from scheduling.models import BoardChange
from scheduling.orders import UNDO_WITHIN
from scheduling.stamps import stamp_of
from scheduling.views.days import CHANGE, MANAGE, SEE, day_from
from scheduling.words import day_name, parse_day, when

_PASS = signing.TimestampSigner(salt="scheduling.board")
PASS_SECONDS = 600


@require_GET
@permission_required(SEE, raise_exception=True)
def day(request: HttpRequest) -> HttpResponse:
    """The whole page of one day."""
    return render(request, "scheduling/board.html", _context(request, day_from(request)))


@login_not_required
def changes(request: HttpRequest) -> HttpResponse:
    """The table again, or 204 while nothing changed. Asked every two seconds by every open board.

    The page was given a pass that proves its user could see the board minutes ago. Whoever shows it is told whether
    anything changed, and no more, without a look at session, account or permissions; the table itself is given only to
    somebody signed in who may see it, with a new pass.
    """
    shown = parse_day(request.GET.get("ngay", "")) or timezone.localdate()
    stamp = request.GET.get("moc", "")
    if stamp and _pass_is_good(request) and stamp == stamp_of(shown, now=timezone.now()):
        return HttpResponse(status=204)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    return render(request, "scheduling/board.html#table", _context(request, shown))


def _context(request: HttpRequest, shown: date) -> dict[str, Any]:
    now = timezone.now()
    # Before the board is read: a change in between makes the next poll fetch once too often, never once too seldom.
    stamp = stamp_of(shown, now=now)
    board = day_board(shown, now=now)
    return {
        "board": board,
        "title": day_name(shown),
        "day": shown,
        "before": shown - timedelta(days=1),
        "after": shown + timedelta(days=1),
        "today": timezone.localdate(),
        "stamp": stamp,
        "board_pass": _PASS.sign(str(request.user.pk)),
        "may_change": request.user.has_perm(CHANGE),
        "may_manage": request.user.has_perm(MANAGE),
        "just_changed": _just_changed(request),
    }


def _pass_is_good(request: HttpRequest) -> bool:
    try:
        _PASS.unsign(request.GET.get("the", ""), max_age=PASS_SECONDS)
    except signing.BadSignature:
        return False
    return True


def _just_changed(request: HttpRequest) -> dict[str, Any] | None:
    """The change this person just made, while it can be taken back."""
    number = request.GET.get("vua", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    rows = BoardChange.objects.filter(
        pk=number, by=request.user.pk, undone_at__isnull=True, at__gt=timezone.now() - UNDO_WITHIN
    )
    change = rows.select_related("to_staff", "to_slot").first()
    if change is None:
        return None
    person = change.to_staff.called if change.to_staff else "chưa phân công ai"
    return {
        "text": f"Đã chuyển: {person}, {when(change.to_slot.starts_at)}.",
        "url": reverse("scheduling:undo", args=[change.pk]),
    }


def back_to_board(request: HttpRequest, shown: date, *, change: BoardChange | None = None) -> HttpResponse:
    """Leave for the board of a day; a form sent by htmx is told to go there."""
    url = f"{reverse('scheduling:day')}?ngay={shown.isoformat()}"
    if change is not None:
        url += f"&vua={change.pk}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def say(request: HttpRequest, sentence: str) -> None:
    messages.error(request, sentence)
