"""What can go wrong when someone acts on a request. Each error carries a sentence a clerk can read."""

from django.db import IntegrityError

from registrations.models import Citizen, Merge, Registration


class RegistrationError(Exception):
    """The action was not done; `sentence` says why, in Vietnamese."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


class StaleState(RegistrationError):
    """The request has moved on since the button was drawn, or the button never fitted its state."""


class MissingFact(RegistrationError):
    """A step needs something that is not there yet: a reason, a procedure, a time, a dossier number."""


class EditedMeanwhile(RegistrationError):
    """Somebody saved other values since the form was opened. `theirs`: field → (value now, value sent)."""

    def __init__(self, sentence: str, theirs: dict[str, tuple[str, str]]):
        super().__init__(sentence)
        self.theirs = theirs


class CannotMerge(RegistrationError):
    """The two records cannot become one, or the merge cannot be taken back."""


SENTENCES = {
    constraint.name: str(constraint.violation_error_message)
    for model in (Registration, Citizen, Merge)
    for constraint in model._meta.constraints
    if getattr(constraint, "violation_error_message", None)
}


def explained(error: IntegrityError) -> MissingFact | None:
    """The constraint a write broke, as its own sentence; None where the constraint is not one of ours."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return MissingFact(SENTENCES[name]) if name in SENTENCES else None
