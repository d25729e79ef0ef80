"""A notice no channel could carry becomes a call: nobody waits at home for a message that never came.

What a clerk typed and Zalo refused puts the chat back on the list of those that wait for a person.
"""

from django.utils import timezone

from registrations.models import Dialogue, Registration
from registrations.notices import Notice
from registrations.services import owe_call
from registrations.states import CLOSED_STATES
from zalo_bridge.services import Undelivered

# Nobody is rung up for these: asking for stars by phone would be a nuisance.
NOT_WORTH_A_CALL = (Notice.ASK_RATING.value, Notice.REMINDER_SOON.value, Notice.ON_THE_WAY.value)
# Told after the end, and still owed.
OWED_AFTER_THE_END = (Notice.CANCELLED.value, Notice.REJECTED.value, Notice.COMPLETED.value)


def on_undeliverable(undelivered: Undelivered) -> None:
    """Runs in the transaction that records the failure, so that the call task is made exactly once."""
    kind, _, number = undelivered.subject.partition(":")
    if kind == "chat" and number.isdigit():
        Dialogue.objects.filter(contact=int(number)).update(
            wants_human_since=timezone.now(),
            wants_human_because=f"Tin của cán bộ không tới được, hãy gọi điện: {undelivered.why}"[:200],
        )
        return
    if kind != "registration" or not number.isdigit() or undelivered.kind in NOT_WORTH_A_CALL:
        return
    registration = Registration.objects.filter(pk=int(number), citizen__erased_at__isnull=True).first()
    if registration is None:
        return
    if registration.state in CLOSED_STATES and undelivered.kind not in OWED_AFTER_THE_END:
        return
    label = Notice(undelivered.kind).label if undelivered.kind in Notice.values else "tin nhắn"
    owe_call(
        registration=registration,
        notice_key=undelivered.dedupe_key,
        note=f"Tin “{label}” không tới được: {undelivered.why}",
    )
