"""One request: its page, its pane, and the small things around it."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registrations import services
from registrations.case import case_of, papers_of, take_up
from registrations.errors import EditedMeanwhile, RegistrationError
from registrations.forms import ChecklistForm, EditForm, NoteForm
from registrations.intake import FIELD_LABELS
from registrations.models import Checklist, Follow, PersonalDataView, Registration
from registrations.notifying import write_note
from registrations.queue import forget_counts
from registrations.timeline import KINDS
from registrations.transitions import Actor
from registrations.views.pages import (
    StaffRequest,
    back_to,
    fetch,
    is_for_pane,
    needs,
    say,
    show_pane,
)

WORKS_THE_QUEUE = "registrations.verify_registration"
LOOKS = {"so-dien-thoai": "số điện thoại"}


@require_GET
def case(request: StaffRequest, code: str) -> HttpResponse:
    """The whole story, or the pane alone for the queue."""
    registration = fetch(request, code)
    if request.user.has_perm(WORKS_THE_QUEUE) and not registration.is_closed:
        take_up(registration=registration, user=request.user)
    if is_for_pane(request):
        return show_pane(request, registration)
    found = case_of(registration, request.user, whole=True)
    kind = request.GET.get("loai", "")
    items = [item for item in found.items if item.kind == kind] if kind in KINDS else found.items
    return render(
        request,
        "registrations/case.html",
        {
            "case": found,
            "items": items,
            "kinds": [(slug, title) for slug, title in KINDS.items() if any(item.kind == slug for item in found.items)],
            "kind": kind,
            "note_form": NoteForm(),
            "in_pane": False,
        },
    )


@require_POST
def reveal_phone(request: StaffRequest, code: str) -> HttpResponse:
    """Show the whole number and write down who looked."""
    registration = fetch(request, code)
    if not may_see_phone(request.user):
        raise PermissionDenied
    PersonalDataView.objects.create(registration=registration, user=request.user, what=LOOKS["so-dien-thoai"])
    if request.htmx:
        return render(request, "registrations/case.html#phone", {"registration": registration, "is_shown": True})
    return render(request, "registrations/phone.html", {"registration": registration, "is_shown": True})


def may_see_phone(user: User) -> bool:
    return user.has_perm("registrations.see_personal_data") or user.has_perm("registrations.work_on_own_visits")


@needs("registrations.change_registration")
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, code: str) -> HttpResponse:
    """Mend the facts. When somebody else saved first, both versions are shown and this person chooses."""
    registration = fetch(request, code)
    form = EditForm(request.POST if request.method == "POST" else None, registration=registration)
    meeting: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        expected = None if request.POST.get("overwrite") else form.cleaned_data["expected_version"]
        try:
            changes = services.edit(
                registration=registration,
                fields=form.facts(),
                expected_version=expected,
                actor=Actor.staff(request.user),
            )
        except EditedMeanwhile as error:
            say(request, error.sentence, is_bad=True)
            meeting = [(FIELD_LABELS[name], now, sent) for name, (now, sent) in error.theirs.items()]
        except RegistrationError as error:
            form.add_error(None, error.sentence)
        else:
            say(request, f"Đã lưu {len(changes)} thay đổi." if changes else "Không có gì thay đổi.")
            forget_counts()
            if is_for_pane(request):
                return show_pane(request, fetch(request, code), changed=True)
            return back_to(request, registration)
    name = "registrations/edit.html#form" if request.htmx else "registrations/edit.html"
    return render(
        request,
        name,
        {"registration": registration, "form": form, "meeting": meeting, "in_pane": is_for_pane(request)},
    )


@needs(WORKS_THE_QUEUE)
@require_http_methods(["GET", "POST"])
def checklist(request: StaffRequest, code: str) -> HttpResponse:
    """What to ask in the call, and what was answered."""
    registration = fetch(request, code)
    papers = papers_of(registration)
    saved = Checklist.objects.filter(registration=registration).first()
    form = ChecklistForm(
        request.POST if request.method == "POST" else None, papers=papers, initial=ChecklistForm.initial_of(saved)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.save_checklist(
                registration=registration,
                actor=Actor.staff(request.user),
                answers=form.answers(),
                papers=form.cleaned_data["papers"],
                note=form.cleaned_data["note"],
            )
        except RegistrationError as error:
            say(request, error.sentence, is_bad=True)
        else:
            say(request, "Đã lưu phiếu xác minh.")
        if is_for_pane(request):
            return show_pane(request, fetch(request, code))
        return back_to(request, registration)
    name = "registrations/checklist.html#form" if request.htmx else "registrations/checklist.html"
    return render(request, name, {"registration": registration, "form": form, "in_pane": is_for_pane(request)})


@require_POST
def note(request: StaffRequest, code: str) -> HttpResponse:
    registration = fetch(request, code)
    form = NoteForm(request.POST)
    if form.is_valid():
        write_note(registration=registration, author=request.user, text=form.cleaned_data["text"])
        say(request, "Đã ghi chú.")
    else:
        say(request, "Ghi chú đang trống.", is_bad=True)
    return redirect("registrations:case", code=code)


@require_POST
def follow(request: StaffRequest, code: str) -> HttpResponse:
    """Follow, or stop following."""
    registration = fetch(request, code)
    gone, _ = Follow.objects.filter(registration=registration, user=request.user).delete()
    if not gone:
        Follow.objects.create(registration=registration, user=request.user)
    say(request, "Đã thôi theo dõi." if gone else "Đã theo dõi: có thay đổi anh/chị sẽ nhận thông báo.")
    if is_for_pane(request):
        return show_pane(request, registration)
    return back_to(request, registration)


@require_POST
def hold(request: StaffRequest, code: str) -> HttpResponse:
    """A sign of life from the open screen, so that colleagues see the request is being worked on."""
    registration: Registration = fetch(request, code)
    take_up(registration=registration, user=request.user)
    return HttpResponse(status=204)
