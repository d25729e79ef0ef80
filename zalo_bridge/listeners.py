"""Who is told. The bridge knows none of the other apps, so they register themselves when Django starts."""

from collections.abc import Callable
from datetime import datetime

from zalo_bridge.events import GivenUp, InboundEvent, Undelivered

_event_listeners: list[Callable[[InboundEvent], None]] = []
_undelivered_listeners: list[Callable[[Undelivered], None]] = []
_given_up_listeners: list[Callable[[GivenUp], None]] = []
_office_hours: list[Callable[[datetime], bool]] = []


def on_event(listener: Callable[[InboundEvent], None]) -> None:
    """Call `listener` with every event of a contact, inside the transaction that marks the event done.

    The contact's row is locked and events come in order of time per contact. What the listener writes (outbox rows
    included) commits with the event; if it raises, nothing of it does, and the event is tried again later.
    """
    if listener not in _event_listeners:
        _event_listeners.append(listener)


def on_undeliverable(listener: Callable[[Undelivered], None]) -> None:
    """Call `listener` when no channel could carry a notice, inside the transaction that records it."""
    if listener not in _undelivered_listeners:
        _undelivered_listeners.append(listener)


def on_given_up(listener: Callable[[GivenUp], None]) -> None:
    """Call `listener` when an event of a contact has failed for good, inside the transaction that records it.

    The contact's row is locked. What it writes commits with the failure; if it raises, only that is undone.
    """
    if listener not in _given_up_listeners:
        _given_up_listeners.append(listener)


def ask_office_hours(is_open: Callable[[datetime], bool]) -> None:
    """Let the silence alarm ask whether the office was open at a time, instead of guessing Monday to Friday."""
    _office_hours[:] = [is_open]


def tell_event(event: InboundEvent) -> None:
    for listener in _event_listeners:
        listener(event)


def tell_undelivered(undelivered: Undelivered) -> None:
    for listener in _undelivered_listeners:
        listener(undelivered)


def tell_given_up(given_up: GivenUp) -> None:
    for listener in _given_up_listeners:
        listener(given_up)


def office_is_open(at: datetime) -> bool | None:
    """None when nobody who knows has registered."""
    return _office_hours[0](at) if _office_hours else None
