"""One request: its page, its pane, and the small things around it."""

import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registrations import services
from registrations.case import case_of, let_go, papers_of
from registrations.checklists import answers_of
from registrations.errors import EditedMeanwhile, RegistrationError
from registrations.forms import ChecklistForm, EditForm, NoteForm
from registrations.history import FIELD_LABELS
from registrations.models import Checklist, Follow, Note, PersonalDataView, Receipt, Registration
from registrations.notifying import unwrite_note, write_note
from registrations.queue import forget_counts
from registrations.timeline import KINDS
from registrations.transitions import Actor
from registrations.undo import UNDO_WITHIN, before_of, remember, remember_checklist
from registrations.views.pages import (
    StaffRequest,
    back_to,
    claim,
    fetch,
    is_for_pane,
    needs,
    say,
    show_pane,
    undo_address,
)

WORKS_THE_QUEUE = "registrations.verify_registration"
LOOKS = {"so-dien-thoai": "số điện thoại", "sua": "số điện thoại (khi sửa)"}


@require_GET
def case(request: StaffRequest, code: str) -> HttpResponse:
    """The whole story, or the pane alone for the queue."""
    registration = fetch(request, code)
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
            receipt = _save(registration, form.facts(), expected, request.user)
        except EditedMeanwhile as error:
            say(request, error.sentence, is_bad=True)
            meeting = [(FIELD_LABELS[name], now, sent) for name, (now, sent) in error.theirs.items()]
        except RegistrationError as error:
            form.add_error(None, error.sentence)
        else:
            sentence, undo = (receipt.sentence, undo_address(receipt.key)) if receipt else ("Không có gì thay đổi.", "")
            say(request, sentence, undo=undo)
            forget_counts()
            if is_for_pane(request):
                return show_pane(request, fetch(request, code), changed=True)
            return back_to(request, registration)
    if request.method == "GET" and registration.citizen.phone:
        # The form shows the whole number.
        PersonalDataView.objects.create(registration=registration, user=request.user, what=LOOKS["sua"])
    name = "registrations/edit.html#form" if request.htmx else "registrations/edit.html"
    return render(
        request,
        name,
        {
            "registration": registration,
            "form": form,
            "meeting": meeting,
            "in_pane": is_for_pane(request),
            **claim(request, registration),
        },
    )


def _save(registration: Registration, facts: dict[str, Any], expected: int | None, user: User) -> Receipt | None:
    """Save what was mended and keep what it takes to take it back; None where nothing differs."""
    with transaction.atomic():
        before = before_of(registration)
        changes = services.edit(
            registration=registration, fields=facts, expected_version=expected, actor=Actor.staff(user)
        )
        if not changes:
            return None
        receipt = Receipt.objects.create(
            key=secrets.token_urlsafe(12),
            user=user,
            registration=registration,
            sentence=f"Đã lưu {len(changes)} thay đổi.",
        )
        remember(receipt=receipt, slug="sua", before=before, changes=changes)
    return receipt


@needs(WORKS_THE_QUEUE)
@require_http_methods(["GET", "POST"])
def checklist(request: StaffRequest, code: str) -> HttpResponse:
    """What to ask in the call, and what was answered; with `doi`, one answer changed and the others left."""
    registration = fetch(request, code)
    papers = papers_of(registration)
    saved = ChecklistForm.initial_of(Checklist.objects.filter(registration=registration).first())
    sent: Any = request.POST if request.method == "POST" else None
    if pressed := request.POST.get("doi"):
        name, _, answer = pressed.partition(":")
        sent = {**saved, name: answer}
    form = ChecklistForm(sent, papers=papers, initial=saved)
    if request.method == "POST" and form.is_valid():
        key = secrets.token_urlsafe(12)
        try:
            is_new = keep_checklist(registration, form, user=request.user, key=key)
        except RegistrationError as error:
            say(request, error.sentence, is_bad=True)
        else:
            say(request, "Đã lưu phiếu xác minh.", undo=undo_address(key) if is_new else "")
        if is_for_pane(request):
            return show_pane(request, fetch(request, code))
        return back_to(request, registration)
    name = "registrations/checklist.html#form" if request.htmx else "registrations/checklist.html"
    context = {"registration": registration, "form": form, "in_pane": is_for_pane(request)}
    return render(request, name, {**context, **claim(request, registration)})


def keep_checklist(registration: Registration, form: ChecklistForm, *, user: User, key: str) -> bool:
    """Save what was answered, and with this key what it takes to take it back. False where nothing differs."""
    with transaction.atomic():
        before = answers_of(registration)
        changes = services.save_checklist(
            registration=registration,
            actor=Actor.staff(user),
            answers=form.answers(),
            papers=form.cleaned_data["papers"],
            note=form.cleaned_data["note"],
        )
        if not changes:
            return False
        receipt, is_new = Receipt.objects.get_or_create(
            key=key, defaults={"user": user, "registration": registration, "sentence": "Đã lưu phiếu xác minh."}
        )
        if is_new:
            remember_checklist(receipt=receipt, answers=before, changes=changes)
    return is_new


@require_POST
def note(request: StaffRequest, code: str) -> HttpResponse:
    registration = fetch(request, code)
    form = NoteForm(request.POST)
    if form.is_valid():
        made = write_note(registration=registration, author=request.user, text=form.cleaned_data["text"])
        say(request, "Đã ghi chú.", undo=reverse("registrations:unnote", args=[code, made.pk]))
    else:
        say(request, "Ghi chú đang trống.", is_bad=True)
    return redirect("registrations:case", code=code)


@require_POST
def unnote(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Take back one's own note, for as long as other actions can be taken back."""
    registration = fetch(request, code)
    fresh = Note.objects.filter(registration=registration, author=request.user, at__gte=timezone.now() - UNDO_WITHIN)
    note = fresh.filter(pk=pk).first()
    if note is None:
        say(request, "Ghi chú này không bỏ được nữa.", is_bad=True)
    else:
        unwrite_note(note=note)
        say(request, "Đã bỏ ghi chú.")
    return redirect("registrations:case", code=code)


@require_POST
def follow(request: StaffRequest, code: str) -> HttpResponse:
    """Follow, or stop following."""
    registration = fetch(request, code)
    gone, _ = Follow.objects.filter(registration=registration, user=request.user).delete()
    if not gone:
        # Of two presses at once both find nothing to delete.
        Follow.objects.bulk_create([Follow(registration=registration, user=request.user)], ignore_conflicts=True)
    say(request, "Đã thôi theo dõi." if gone else "Đã theo dõi: có thay đổi anh/chị sẽ nhận thông báo.")
    if is_for_pane(request):
        return show_pane(request, registration)
    return back_to(request, registration)


@require_POST
def hold(request: StaffRequest, code: str) -> HttpResponse:
    """A sign of life from the open screen: who is on the request now. With `tha`, that this screen is being left."""
    registration: Registration = fetch(request, code)
    if left := request.POST.get("tha"):
        seen_at = _moment(left)
        if seen_at is not None:
            let_go(registration=registration, user=request.user, seen_at=seen_at)
        return HttpResponse(status=204)
    return render(request, "registrations/_held.html", {"registration": registration, **claim(request, registration)})


def _moment(text: str) -> datetime | None:
    """What a screen was told about its claim; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else None
