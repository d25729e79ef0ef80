"""Chats that need a person, one chat to read and write, and the papers citizens sent."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from registrations import attachments, chats
from registrations.access import visible_to
from registrations.errors import RegistrationError
from registrations.models import Attachment, PersonalDataView
from registrations.views.pages import StaffRequest
from zalo_bridge.services import Contact

MAY_CHAT = "registrations.change_registration"
INLINE = ("image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf")


@permission_required(MAY_CHAT, raise_exception=True)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """`/tro-chuyen/`: who waits for a person."""
    dialogues = list(chats.waiting()[:200])
    return render(request, "registrations/chat/waiting.html", {"dialogues": dialogues})


@permission_required(MAY_CHAT, raise_exception=True)
@require_GET
def chat(request: HttpRequest, contact: int) -> HttpResponse:
    """`/tro-chuyen/<number>/`: one chat; `?khung=1` the panel alone, `dong` its lines and who has it (for htmx)."""
    found = chats.chat_of(contact=get_object_or_404(Contact, pk=contact))
    if request.GET.get("da-thay") == found.fingerprint:
        return HttpResponse(status=204)  # htmx leaves the page, and the place where somebody is reading, as they are
    wanted = request.GET.get("khung", "")
    name = {"1": "#panel", "dong": "#news", "dong-khung": "#news"}.get(wanted, "")
    return render(
        request,
        f"registrations/chat/chat.html{name}",
        {"chat": found, "key": uuid.uuid4().hex, "is_panel": wanted in ("1", "dong-khung"), "problem": "", "kept": ""},
    )


@permission_required(MAY_CHAT, raise_exception=True)
@require_POST
def write(request: HttpRequest, contact: int) -> HttpResponse:
    """Send what was typed, take the chat over, or hand it back to the bot."""
    found = get_object_or_404(Contact, pk=contact)
    user = request.user
    if not user.is_authenticated:
        raise PermissionDenied
    problem, text = "", request.POST.get("noi-dung", "")
    try:
        match request.POST.get("viec"):
            case "gui":
                chats.write(contact=found, text=text, user=user, key=request.POST.get("khoa", "")[:64])
                text = ""
            case "nhan":
                chats.take_over(contact=found, user=user)
            case "tra":
                chats.hand_back(contact=found)
            case _:
                raise Http404
    except RegistrationError as error:
        problem = error.sentence
    if request.headers.get("HX-Request"):
        context = {
            "chat": chats.chat_of(contact=found),
            "key": uuid.uuid4().hex,
            "problem": problem,
            "kept": text if problem else "",
            "is_panel": "khung" in request.GET,
        }
        return render(request, "registrations/chat/chat.html#panel", context)
    if problem:
        messages.error(request, problem)
    return redirect("chats:chat", contact=contact)


@require_GET
def attachment(request: StaffRequest, number: int) -> HttpResponse | FileResponse:
    """`/giay-to/<number>/`: a paper of a request, only for who may see that request; who looked is written down."""
    row = get_object_or_404(Attachment.objects.exclude(file=""), pk=number)
    registration = get_object_or_404(visible_to(request.user), pk=row.registration_id)
    with row.file.open("rb") as file:
        kind = attachments.type_of(file.read())
    if kind is None:
        raise Http404
    what = "ảnh biên nhận" if row.kind == attachments.RECEIPT else "giấy tờ người dân gửi"
    PersonalDataView.objects.create(registration=registration, user=request.user, what=what)
    response = FileResponse(
        row.file.open("rb"),
        as_attachment=kind[1] not in INLINE,
        filename=row.name or f"giay-to-{row.pk}.{kind[0]}",
        content_type=kind[1],
    )
    # Whatever the file holds, it runs nothing and is nobody's to keep.
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    response["Cache-Control"] = "private, no-store"
    return response
