"""The one place where a registration changes state. `move()` stays dumb: the use case around it does the rest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from registrations.errors import StaleState, explained
from registrations.models import Registration, Transition
from registrations.states import MAY_GO_TO, State
from scheduling.services import staff_name


@dataclass(frozen=True)
class Actor:
    """Who did it. Staff are named; a citizen is the request's own; the system is a timer."""

    kind: Literal["staff", "citizen", "system"]
    user: User | None = None

    @classmethod
    def staff(cls, user: User) -> "Actor":
        return cls("staff", user)

    @classmethod
    def citizen(cls) -> "Actor":
        return cls("citizen")

    @classmethod
    def system(cls) -> "Actor":
        return cls("system")


def begin(*, registration: Registration, actor: Actor, reason: str = "", at: datetime | None = None) -> Transition:
    """The first line of the history, written with the registration itself."""
    return Transition.objects.create(
        registration=registration,
        from_state="",
        to_state=registration.state,
        actor=actor.user,
        actor_kind=actor.kind,
        reason=reason[:500],
        at=at or timezone.now(),
    )


def move(
    *,
    registration: Registration,
    to: State,
    actor: Actor,
    reason: str = "",
    at: datetime | None = None,
    only_from: tuple[State, ...] = (),
    **fields: Any,
) -> Transition:
    """Change the state from what `registration` says to `to`, with `fields`, and write it into the history.

    `registration` must be as the caller read it: the UPDATE happens only if the row still has that state, so of two
    people pressing at once one does it and the other reads what happened. The instance is brought up to date.
    `only_from`: the states the use case starts from, where the table lets others come to `to`, too.
    Raises StaleState (moved meanwhile, or not a step of the table) and MissingFact (a constraint of the table).
    """
    before = State(registration.state)
    if to not in MAY_GO_TO[before] or only_from and before not in only_from:
        raise StaleState(_already(registration, to))
    return _change(
        registration, to, actor, reason[:500], at or timezone.now(), {"state_reason": reason[:500], **fields}
    )


def take_back_step(
    *, registration: Registration, line: Transition, actor: Actor, reason: str, at: datetime | None = None
) -> Transition:
    """Undo the newest step: back to the state it came from, with the reason that stood there. Both lines stay.

    The table of steps does not bind here: what never should have happened may be taken back even from an end state.
    Raises StaleState when the request has moved on.
    """
    if registration.state != line.to_state:
        raise StaleState(_already(registration, State(line.from_state)))
    stood = registration.transitions.filter(to_state=line.from_state, undoes=None, pk__lt=line.pk).order_by("-pk")
    fields = {"state_reason": stood.values_list("reason", flat=True).first() or ""}
    return _change(registration, State(line.from_state), actor, reason[:500], at or timezone.now(), fields, line)


def _change(
    registration: Registration,
    to: State,
    actor: Actor,
    reason: str,
    now: datetime,
    fields: dict[str, Any],
    undoes: Transition | None = None,
) -> Transition:
    """The guarded UPDATE and its line in the history; the only writer of both."""
    before = State(registration.state)
    changes = {"state": to, "state_changed_at": now, **fields}
    # One transaction: a state without its line in the history could not be explained to anyone.
    try:
        with transaction.atomic():
            if not Registration.objects.filter(pk=registration.pk, state=before).update(**changes):
                registration.refresh_from_db()
                raise StaleState(_already(registration, to))
            line = Transition.objects.create(
                registration=registration,
                from_state=before,
                to_state=to,
                actor=actor.user,
                actor_kind=actor.kind,
                reason=reason,
                at=now,
                undoes=undoes,
            )
    except IntegrityError as error:
        if sentence := explained(error):
            raise sentence from error
        raise
    for name, value in changes.items():
        setattr(registration, name, value)
    return line


def _already(registration: Registration, to: State) -> str:
    """What happened meanwhile, as a clerk would say it."""
    last = registration.transitions.select_related("actor").order_by("-at", "-id").first()
    when = f" lúc {timezone.localtime(registration.state_changed_at):%H:%M %d/%m}"
    who = ""
    if last is not None:
        when = f" lúc {timezone.localtime(last.at):%H:%M %d/%m}"
        who = {"citizen": " (người dân)", "system": " (hệ thống)"}.get(last.actor_kind, "")
        if last.actor is not None:
            who = f" ({staff_name(last.actor)})"
    label = State(registration.state).label
    if registration.state == to:
        return f"Việc này đã làm rồi: hồ sơ {registration.code} đã ở bước “{label}”{when}{who}."
    return f"Hồ sơ {registration.code} đang ở bước “{label}”{when}{who} nên không làm được việc này. Hãy xem lại."
