"""When a person last did something towards the OA, by Zalo's own record: it decides whether chat messages reach them.

Our record is made of events and can be wrong: the contact is older than this system, or an event got lost.
Source: developers.zalo.me, "Hạn mức tin nhắn".
"""

from datetime import datetime

from django.db.models import Q

from zalo_bridge import client, throttle, tokens
from zalo_bridge.envelope import moment, text_of
from zalo_bridge.errors import TokenUnusable
from zalo_bridge.models import Contact
from zalo_bridge.windows import OPEN_FOR


def ask_zalo(contact: Contact) -> None:
    """Before giving up on the chat: bring our record up to Zalo's. An HTTP call; silent when there is no answer."""
    if contact.withdrawn_at or not throttle.wait_for_turn():
        return
    try:
        answer = client.user_quota(tokens.access_token(), contact.user_id)
    except (TokenUnusable, client.NoAnswer):
        return
    found = answer.data.get("last_interaction") if answer.is_success and isinstance(answer.data, dict) else None
    at = moment(text_of(found))
    if at is None:
        return
    is_news = Q(last_interaction_at__isnull=True) | Q(last_interaction_at__lt=at)
    if Contact.objects.filter(is_news, pk=contact.pk).update(last_interaction_at=at):
        contact.last_interaction_at = at


def note_closed(contact: Contact, *, at: datetime) -> None:
    """Zalo refused a chat message for want of an interaction: the last one was longer ago than we thought."""
    Contact.objects.filter(pk=contact.pk, last_interaction_at__range=(at - OPEN_FOR, at)).update(
        last_interaction_at=at - OPEN_FOR
    )
