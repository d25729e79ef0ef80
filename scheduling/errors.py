"""What can go wrong with times, places and people. Every error carries a sentence a clerk or a citizen can read."""


class SchedulingError(Exception):
    """Refused, with the reason in Vietnamese in `sentence`."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


class NoOfficeHours(SchedulingError):
    """A year ahead has no open minute: hours were never entered, or all of them ended."""


class SlotFull(SchedulingError):
    """Somebody else took the last place."""


class SlotGone(SchedulingError):
    """There is no such slot, or its time has passed."""


class SlotClosed(SchedulingError):
    """The slot is shut, or the visit would run past closing time."""


class TooSoon(SchedulingError):
    """Citizens cannot book at so short notice."""


class TooLate(SchedulingError):
    """Citizens cannot book so far ahead."""


class AppointmentGone(SchedulingError):
    """The visit was cancelled or released in the meantime."""


class StaffNotAvailable(SchedulingError):
    """This person cannot be sent to this visit."""


class StaffBusy(StaffNotAvailable):
    """Already somewhere else then, or could not get there in time."""


class StaffAbsent(StaffNotAvailable):
    """On leave, ill, in training or at other work."""


class ReasonMissing(SchedulingError):
    """Somebody other than the first of the ranking is sent, and nobody wrote why."""


class AlreadyAssigned(SchedulingError):
    """Somebody is already going; use `reassign`."""


class PlanIsStale(SchedulingError):
    """What the screen showed is no longer how things stand."""


class ExchangeRefused(SchedulingError):
    """One of several changes made in one step cannot be: `number` says which of them, so all were left undone."""

    def __init__(self, sentence: str, number: int):
        super().__init__(sentence)
        self.number = number


class OfferGone(SchedulingError):
    """The offered place lapsed, or was answered before."""
