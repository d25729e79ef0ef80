"""What we know of a contact from events alone. Late events never overwrite what newer ones said."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from zalo_bridge.models import Contact
from zalo_bridge.reading import INTERACTIONS

# A clock that is wrong on one side must not hold a window open for days.
MOST_AHEAD = timedelta(minutes=5)


def locked_contact(user_id: str) -> Contact:
    """The contact of an id, made on first sight, locked until the transaction ends."""
    Contact.objects.bulk_create([Contact(oa_id=settings.ZALO_OA_ID, user_id=user_id)], ignore_conflicts=True)
    # Not the key: a notice about this person, written elsewhere meanwhile, may point at the row without waiting for us.
    # Otherwise a clerk who holds the request and waits here would meet a citizen who holds this and waits there.
    contacts = Contact.objects.select_for_update(of=("self",), no_key=True)
    return contacts.get(oa_id=settings.ZALO_OA_ID, user_id=user_id)


def note_event(*, contact: Contact, name: str, at: datetime) -> None:
    """Following, withdrawn, last interaction. `contact` is locked by the caller."""
    changed = []
    at = min(at, timezone.now() + MOST_AHEAD)
    if contact.last_event_at is None or at > contact.last_event_at:
        contact.last_event_at = at
        changed.append("last_event_at")
    if name in INTERACTIONS and (contact.last_interaction_at is None or at > contact.last_interaction_at):
        contact.last_interaction_at = at
        changed.append("last_interaction_at")
    if name in ("follow", "unfollow") and (contact.follow_changed_at is None or at >= contact.follow_changed_at):
        contact.is_following, contact.follow_changed_at = name == "follow", at
        changed += ["is_following", "follow_changed_at"]
    if name == "user_withdraw" and (contact.withdrawn_at is None or at > contact.withdrawn_at):
        contact.withdrawn_at = at
        changed.append("withdrawn_at")
    if changed:
        contact.save(update_fields=changed)
