"""The checklist of the call: kept as far as it was asked, each changed answer in the history, taken back at a press."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from registrations.errors import StaleState
from registrations.history import write_history
from registrations.models import Checklist, FieldChange, Registration
from registrations.states import CLOSED_STATES
from registrations.transitions import Actor

ANSWERS, PAPERS, NOTE = FIELDS = ("checklist", "papers_ready", "checklist_note")  # as the history calls them
ANSWER_WORDS = {True: "có", False: "không", None: "chưa hỏi"}


def save_checklist(
    *, registration: Registration, actor: Actor, answers: dict[str, bool | None], papers: list[str], note: str
) -> list[FieldChange]:
    """Keep what was asked so far; a half-finished call is not lost. What changed, as lines of the history."""
    if registration.state in CLOSED_STATES:
        raise StaleState(f"Hồ sơ {registration.code} đã kết thúc, phiếu xác minh không sửa được nữa.")
    with transaction.atomic():
        saved, _ = Checklist.objects.select_for_update().get_or_create(registration=registration)
        known = {name: answers.get(name, getattr(saved, name)) for name in Checklist.LABELS}
        changed = [name for name, answer in known.items() if getattr(saved, name) != answer]
        lines = []
        if changed:
            lines.append((ANSWERS, _said(saved, changed), _said(Checklist(**known), changed)))
        if saved.papers_ready != papers:
            lines.append((PAPERS, "; ".join(saved.papers_ready), "; ".join(papers)))
        if saved.note != note[:500]:
            lines.append((NOTE, saved.note, note[:500]))
        changes = write_history(registration, lines, actor=actor)
        Checklist.objects.filter(pk=saved.pk).update(
            **known, papers_ready=papers, note=note[:500], updated_by=actor.user, updated_at=timezone.now()
        )
    return changes


def answers_of(registration: Registration) -> dict[str, Any]:
    """The checklist as plain values for a receipt, without the note: its words stay in the history alone."""
    saved = Checklist.objects.filter(registration=registration).first() or Checklist()
    return {"answers": {name: getattr(saved, name) for name in Checklist.LABELS}, "papers": saved.papers_ready}


def put_back(*, registration: Registration, before: dict[str, Any], changes: list[int], actor: Actor) -> None:
    """The answers as they stood in `before` (answers_of); `changes` are the lines of the saving to take back.

    Raises StaleState when somebody has saved others since.
    """
    if registration.changes.filter(field__in=FIELDS, pk__gt=max(changes)).exists():
        raise StaleState(f"Phiếu xác minh của {registration.code} đã có người sửa tiếp nên không hoàn tác được.")
    note = registration.changes.filter(pk__in=changes, field=NOTE).first()
    saved = Checklist.objects.get(registration=registration)
    save_checklist(
        registration=registration,
        actor=actor,
        answers=before["answers"],
        papers=before["papers"],
        note=note.old if note else saved.note,
    )


def _said(checklist: Checklist, names: list[str]) -> str:
    return "; ".join(f"{Checklist.LABELS[name]}: {ANSWER_WORDS[getattr(checklist, name)]}" for name in names)
