"""Taking back what was just done: everything as it stood before, both steps in the history.

Nothing asks "are you sure?" beforehand. For some minutes whoever acted may press "Hoàn tác", as long as nothing else
has happened to the request. Words to the citizen that have not left are dropped; where they have, the citizen hears the
correction, or somebody has to call.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from procedures.services import Procedure
from registrations import checklists, notices
from registrations.actions import ACTION_BY_SLUG
from registrations.errors import StaleState
from registrations.history import when, write_history
from registrations.intake import audience_of, current_value, edit, shown
from registrations.models import ContactAttempt, FieldChange, Receipt, Registration
from registrations.notices import Notice, subject_of
from registrations.transitions import Actor, take_back_step
from registrations.verification import owe_call
from scheduling import services as scheduling
from scheduling.services import Appointment, StaffMember, Ward
from zalo_bridge import outbox
from zalo_bridge.services import messages_about

UNDO_WITHIN = timedelta(minutes=5)
# Bad news and questions wait this long before they leave, so that a wrong press can be taken back unheard.
HELD_FOR = timedelta(seconds=20)
HELD = {
    "tu-choi": Notice.REJECTED,
    "huy": Notice.CANCELLED,
    "bo-sung": Notice.NEEDS_INFO,
    "ghi-goi": Notice.UNREACHABLE,
    "sua": Notice.PROCEDURE_CHANGED,
}
TIMES = (
    "call_due_at",
    "next_call_at",
    "first_called_at",
    "unreachable_told_at",
    "set_off_at",
    "expected_at",
    "missed_at",
    "arrived_at",
    "finished_at",
)
PLAIN = ("missed_calls", "dossier_number")
UNDOABLE = frozenset(
    (
        *("xac-minh", "bo-sung", "da-bo-sung", "tu-choi", "huy", "phan-cong", "doi-nguoi", "bo-phan-cong", "doi-gio"),
        *("dang-di", "da-den", "da-nop", "khong-gap", "ghi-goi"),
    )
)
# Where the citizen has already read it. After the others the next notice says it right by itself.
TOLD_AGAIN = {"doi-gio": Notice.MOVED, "doi-nguoi": Notice.REASSIGNED, "sua": Notice.PROCEDURE_CHANGED}
TOLD_BY_CALL = ("tu-choi", "huy", "bo-sung", "khong-gap", "dang-di", "ghi-goi")


CHECKLIST = "phieu"


def standing_of(registration: Registration) -> dict[str, Any]:
    """How a request stands, as plain values; two equal ones mean that nothing has happened in between."""
    row = Registration.objects.select_related("appointment").get(pk=registration.pk)
    visit = row.appointment
    lead = visit.assignments.filter(is_active=True, is_lead=True).first() if visit is not None else None
    last = row.transitions.order_by("-id").values_list("pk", flat=True).first()
    return {
        **{name: at.isoformat() if (at := getattr(row, name)) else None for name in TIMES},
        **{name: getattr(row, name) for name in PLAIN},
        "state": row.state,
        "version": row.version,
        "last": last,
        "calls": row.calls.filter(by__isnull=False).count(),
        "slot": visit.slot_id if visit is not None and visit.is_live else None,
        "minutes": int((visit.ends_at - visit.starts_at).total_seconds() // 60) if visit is not None else 0,
        "lead": lead.staff_id if lead is not None else None,
    }


def before_of(registration: Registration) -> dict[str, Any]:
    """What to keep before an action: how the request stands, which words about it wait, and the newest of all.

    Nothing personal: of texts that are only how long they were, or which line of the history has them.
    """
    calls = registration.calls.order_by("pk")
    owed = calls.filter(outcome=ContactAttempt.Outcome.OWED)
    return {
        **standing_of(registration),
        **notices.words_so_far(subject_of(registration)),
        "newest_call": calls.values_list("pk", flat=True).last() or 0,
        "owed": [[task.pk, task.at.isoformat(), len(task.note)] for task in owed],
        "chosen": {
            "procedure": registration.procedure_id,
            "version": registration.procedure_version,
            "ward": registration.ward_id,
            "priority": registration.citizen.priority,
        },
    }


def remember_checklist(*, receipt: Receipt, answers: dict[str, Any], changes: Iterable[FieldChange]) -> None:
    """Keep with the receipt of a checklist saved just now which answers stood before, and the lines that tell it."""
    sheet = {**answers, "changes": [change.pk for change in changes]}
    remember(receipt=receipt, slug=CHECKLIST, before={**before_of(receipt.registration), "sheet": sheet})


def remember(*, receipt: Receipt, slug: str, before: dict[str, Any], changes: Iterable[FieldChange] = ()) -> None:
    """Keep with the receipt what it takes to take the action back. Call it in the transaction of the action.

    `changes` are the lines of the history an edit has written.
    """
    receipt.before = {**before, "slug": slug, "changes": [change.pk for change in changes]}
    receipt.after = standing_of(receipt.registration)
    receipt.save(update_fields=["before", "after"])
    if slug in HELD:
        subject = subject_of(receipt.registration)
        outbox.postpone(subject=subject, kinds=[HELD[slug].value], until=timezone.now() + HELD_FOR)


def receipts_under(key: str, user: User) -> list[Receipt]:
    """What this key did and this person may still take back, newest first: one action, or all of a batch (`key.…`)."""
    mine = Receipt.objects.filter(Q(key=key) | Q(key__startswith=f"{key}."), user=user, before__isnull=False)
    fresh = mine.filter(undone_at__isnull=True, at__gte=timezone.now() - UNDO_WITHIN)
    return list(fresh.select_related("registration").order_by("-pk")) if key else []


def take_back(*, receipt: Receipt, by: User) -> str:
    """Put the request back as it was before this action. What happened, for the clerk to read.

    Raises StaleState when too much time has passed or anything has happened since, and the errors of scheduling when
    the place or the person is taken by now; then nothing is changed.
    """
    actor, now = Actor.staff(by), timezone.now()
    with transaction.atomic():
        row = (
            Registration.objects.select_for_update(of=("self",))
            .select_related("citizen__contact", "appointment", "procedure__field", "ward")
            .get(pk=receipt.registration_id)
        )
        known = Receipt.objects.select_for_update().get(pk=receipt.pk)
        before, after = known.before, known.after
        if known.undone_at is not None or before is None:
            raise StaleState(f"{row.code}: việc này đã được hoàn tác rồi.")
        if now > known.at + UNDO_WITHIN:
            raise StaleState(f"{row.code}: đã quá {UNDO_WITHIN.seconds // 60} phút nên không hoàn tác được nữa.")
        if row.citizen.erased_at is not None:
            raise StaleState(f"{row.code}: dữ liệu của người dân đã xóa nên không hoàn tác được nữa.")
        if standing_of(row) != after:
            raise StaleState(f"{row.code} đã có thay đổi khác sau đó nên không hoàn tác được. Hãy xem lại hồ sơ.")
        title = _title_of(before["slug"])
        if sheet := before.get("sheet"):
            checklists.put_back(registration=row, before=sheet, changes=sheet["changes"], actor=actor)
        _facts_back(row, before, actor)
        _calls_back(row, before, actor)
        old_time = _visit_back(row, before, after, actor, now)
        _steps_back(row, before, actor, title, now)
        notices.recompute_reminders(registration=row)
        said = _words_back(row, known, before, old_time)
        known.undone_at = now
        known.save(update_fields=["undone_at"])
    back = f" trở lại “{row.get_state_display()}”" if before["state"] != after["state"] else " như cũ"
    return f"Đã hoàn tác “{title}”: {row.code}{back}.{said}"


def _title_of(slug: str) -> str:
    return "Phiếu xác minh" if slug == CHECKLIST else ACTION_BY_SLUG[slug].title


def _facts_back(row: Registration, before: dict[str, Any], actor: Actor) -> None:
    """An edit the other way round: its texts from the lines it wrote, what was chosen from the receipt."""
    lines = row.changes.filter(pk__in=before.get("changes", ())).exclude(field="visit")
    if not lines:
        return
    old: dict[str, Any] = {}
    for line in lines:
        if shown(line.field, current_value(row, line.field))[:500] != line.new:
            # The same person's facts, mended at another of their requests.
            raise StaleState(f"{row.code} đã có thay đổi khác sau đó nên không hoàn tác được. Hãy xem lại hồ sơ.")
        old[line.field] = before["chosen"].get(line.field, line.old)
    if old.get("procedure") is not None:
        old["procedure"] = Procedure.objects.get(pk=old["procedure"])
    if old.get("ward") is not None:
        old["ward"] = Ward.objects.get(pk=old["ward"])
    edit(registration=row, fields=old, expected_version=None, actor=actor)
    if "procedure" in old:
        # The papers as they were promised then, not as the procedure reads today.
        row.procedure_version = before["chosen"]["version"]
        row.save(update_fields=["procedure_version"])


def _calls_back(row: Registration, before: dict[str, Any], actor: Actor) -> None:
    """Calls settled are owed again; one written down stays in the history, with a line that takes it back."""
    written = list(row.calls.filter(pk__gt=before["newest_call"], by=actor.user))
    for pk, at, length in before["owed"]:
        task = row.calls.exclude(outcome=ContactAttempt.Outcome.OWED).filter(pk=pk).first()
        if task is not None:
            written.append(task)
            ContactAttempt.objects.filter(pk=pk).update(
                outcome=ContactAttempt.Outcome.OWED, by=None, at=parse_datetime(at), note=task.note[:length]
            )
    lines = [("call", call.get_outcome_display(), "đã hoàn tác") for call in written]
    write_history(row, lines, actor=actor)


def _visit_back(row: Registration, before: dict[str, Any], after: dict[str, Any], actor: Actor, now: datetime) -> str:
    """The same slot and the same person as before. The time it was meanwhile, "" where that has not changed."""
    visit: Appointment | None = row.appointment
    old = ""
    if before["slot"] != after["slot"]:
        old = when(visit) if after["slot"] else ""
        if before["slot"] is None and visit is not None:
            scheduling.release(appointment=visit, reason="Hoàn tác")
        elif after["slot"] is None and row.ward is not None:
            visit = row.appointment = scheduling.book(
                slot_id=before["slot"],
                ward=row.ward,
                field=row.procedure.field if row.procedure else None,
                minutes=before["minutes"],
                audience=audience_of(actor),
                now=now,
            )
            row.save(update_fields=["appointment"])
        elif visit is not None:
            scheduling.move(
                appointment=visit,
                slot_id=before["slot"],
                minutes=before["minutes"],
                audience=audience_of(actor),
                now=now,
            )
        if old:
            new = when(visit) if before["slot"] else ""
            write_history(row, [("visit", old, new)], actor=actor)
    if visit is None:
        return old
    going = visit.assignments.filter(is_active=True, is_lead=True).values_list("staff", flat=True).first()
    if before["lead"] is not None and before["lead"] != going:
        send = scheduling.reassign if going is not None else scheduling.assign
        staff = StaffMember.objects.get(pk=before["lead"])
        send(appointment=visit, staff=staff, by=actor.user, reason="Hoàn tác", now=now)
    elif before["lead"] is None and going is not None and before["slot"] is not None:
        scheduling.unassign(appointment=visit, by=actor.user, reason="Hoàn tác", now=now)
    return old


def _steps_back(row: Registration, before: dict[str, Any], actor: Actor, title: str, now: datetime) -> None:
    facts: dict[str, Any] = {name: parse_datetime(before[name]) if before[name] else None for name in TIMES}
    facts |= {name: before[name] for name in PLAIN}
    for line in row.transitions.filter(pk__gt=before["last"]).order_by("-pk"):
        take_back_step(registration=row, line=line, actor=actor, reason=f"Hoàn tác “{title}”", at=now)
    if row.set_off_at is not None and facts["set_off_at"] is None and row.state == before["state"]:
        write_history(row, [("set_off", f"{timezone.localtime(row.set_off_at):%H:%M}", "")], actor=actor)
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=[*facts])


def _words_back(row: Registration, receipt: Receipt, before: dict[str, Any], old_time: str) -> str:
    """Drop what has not left, owe again what the action dropped, correct what has been read. What staff should know."""
    about, slug = subject_of(row), before["slug"]
    ours = messages_about(about).filter(pk__gt=before["newest_message"])
    kinds = set(ours.values_list("kind", flat=True))
    outbox.supersede(subject=about, kinds=kinds, because="cán bộ hoàn tác")
    outbox.reinstate(ids=before["waiting"])
    if not ours.exclude(state="superseded").exists():
        return ""
    if slug in TOLD_AGAIN:
        notices.tell(registration=row, kind=TOLD_AGAIN[slug], occasion=f"undo-{receipt.pk}", old_time=old_time)
        return " Tin trước đã tới người dân; hệ thống nhắn lại cho đúng."
    if slug in TOLD_BY_CALL:
        owe_call(
            registration=row,
            notice_key=f"undo:{receipt.pk}",
            note=f"Đã hoàn tác “{_title_of(slug)}” sau khi tin tới người dân: gọi nói lại.",
        )
        return " Tin đã tới người dân: cần gọi nói lại, việc này đã có trong Cần gọi."
    return ""
