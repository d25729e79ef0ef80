"""Something of a citizen's that could not be handled: they hear it in one sentence, and the chat waits for a person."""

from django.utils import timezone

from registrations.dialogue import commands
from registrations.dialogue.shell import moment_values
from registrations.models import Dialogue
from registrations.wording import Wording
from zalo_bridge import outbox
from zalo_bridge.services import EventKind, GivenUp

# Nobody is waiting for an answer to these.
NEEDS_NO_ANSWER = (EventKind.UNFOLLOWED, EventKind.COLLEAGUE_WROTE, EventKind.REACTED, EventKind.STICKER)


def on_given_up(given_up: GivenUp) -> None:
    """Runs in the transaction that records the failure, so that it is said once; once an hour for a series of them."""
    if given_up.kind in NEEDS_NO_ANSWER:
        return
    now = timezone.now()
    dialogue, _ = Dialogue.objects.select_for_update().get_or_create(contact=given_up.contact)
    commands.call_human(dialogue=dialogue, why="Hệ thống không xử lý được tin của người dân.", now=now)
    dialogue.save(update_fields=["wants_human_since", "wants_human_because"])
    if commands.is_paused(dialogue, now):
        return
    text = Wording.current().render("trouble", xung_ho="anh/chị", Xung_ho="Anh/chị", **moment_values(now))
    key = f"trouble:{given_up.contact.pk}:{now:%Y%m%d%H}"
    outbox.enqueue(kind="reply", dedupe_key=key, contact=given_up.contact, text=text, is_reply=True)
