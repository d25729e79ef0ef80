"""What people ask about their own data: the list with the law's two clocks, one request, one taken by telephone."""

from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registrations import data_requests
from registrations.access import visible_to
from registrations.errors import RegistrationError
from registrations.models import DataRequest, PersonalDataView
from registrations.queue import forget_counts
from registrations.views.pages import StaffRequest, needs, say

MAY = "registrations.verify_registration"
PAGE_SIZE = 50


@needs(MAY)
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    """`/du-lieu-ca-nhan/`: what is open, most urgent first; `?muc=xong` what was closed."""
    closed = request.GET.get("muc") == "xong"
    rows = data_requests.closed_requests() if closed else data_requests.open_requests()
    return render(
        request,
        "registrations/data_requests.html",
        {
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("trang")),
            "is_closed": closed,
            "open_count": rows.count() if not closed else data_requests.open_requests().count(),
            "kinds": DataRequest.Kind.choices,
        },
    )


@needs(MAY)
@require_POST
def take(request: StaffRequest) -> HttpResponse:
    """Note what somebody asked by telephone or at the counter."""
    code = request.POST.get("ma", "").strip().upper()
    registration = visible_to(request.user).select_related("citizen__contact").filter(code=code).first()
    if registration is None:
        say(request, "Không có hồ sơ mang mã này.", is_bad=True)
        return redirect("chats:data_requests")
    try:
        made = data_requests.take(
            registration=registration,
            kind=request.POST.get("loai", ""),
            words=request.POST.get("noi-dung", ""),
            now=timezone.now(),
        )
    except RegistrationError as error:
        say(request, error.sentence, is_bad=True)
        return redirect("chats:data_requests")
    forget_counts()
    return redirect("chats:data_request", number=made.pk)


@needs(MAY)
@require_http_methods(["GET", "POST"])
def one(request: StaffRequest, number: int) -> HttpResponse:
    """`/du-lieu-ca-nhan/<number>/`: what is asked, what we hold, what was done; answer, extend, carry out, refuse."""
    asked = get_object_or_404(DataRequest.objects.select_related("citizen", "contact", "done_by"), pk=number)
    problem, words = "", None
    if request.method == "POST":
        words = request.POST.get("noi-dung", "")
        try:
            data_requests.work_on(
                number=number,
                deed=request.POST.get("viec", ""),
                words=words,
                told=request.POST.get("bao-qua", ""),
                user=request.user,
                now=timezone.now(),
            )
        except RegistrationError as error:
            problem = error.sentence
        else:
            forget_counts()
            say(request, "Đã ghi lại.")
            return redirect("chats:data_request", number=number)
    holdings = data_requests.holdings_of(asked)
    if holdings.registrations:
        PersonalDataView.objects.create(
            registration=holdings.registrations[0], user=request.user, what="dữ liệu theo yêu cầu người dân"
        )
    context = {
        "asked": asked,
        "holdings": holdings,
        "steps": [
            step
            | {
                "at": datetime.fromisoformat(step["at"]),
                "did": data_requests.DEEDS.get(step["did"], step["did"]),
                "told": data_requests.TOLD.get(step["told"], step["told"]),
            }
            for step in asked.steps
        ],
        "words": data_requests.suggested_words(asked, holdings) if words is None else words,
        "ways": data_requests.TOLD,
        "may_chat": data_requests.may_chat(asked, timezone.now()),
        "problem": problem,
    }
    return render(request, "registrations/data_request.html", context, status=400 if problem else 200)
