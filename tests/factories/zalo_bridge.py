import itertools
import json
from typing import Any

import factory
from django.utils import timezone

from zalo_bridge.models import Contact, OutboundMessage, WebhookEvent

_numbers = itertools.count(1)


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    class Params:
        silent = factory.Trait(last_interaction_at=None)

    oa_id = "2000300040005000601"
    user_id = factory.Sequence(lambda n: str(3000400050006000000 + n))
    is_following = True
    last_interaction_at = factory.LazyFunction(timezone.now)


class MessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OutboundMessage

    contact = factory.SubFactory(ContactFactory)
    kind = "confirmation"
    dedupe_key = factory.Sequence(lambda n: f"test:{n}")
    payload = factory.LazyFunction(lambda: {"text": "Chào anh/chị Người Mẫu Một."})


def text_event(user_id: str, text: str = "xin chào", **fields: Any) -> dict[str, Any]:
    """A `user_send_text` body as Zalo writes it."""
    number = next(_numbers)
    body = {
        "app_id": "1000200030004000501",
        "sender": {"id": user_id},
        "user_id_by_app": "4000500060007000801",
        "recipient": {"id": "2000300040005000601"},
        "event_name": "user_send_text",
        "message": {"text": text, "msg_id": f"m{number:012d}"},
        "timestamp": str(int(timezone.now().timestamp() * 1000) + number),
    }
    return {**body, **fields}


class EventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WebhookEvent

    class Params:
        text = "xin chào"

    user_id = "3000400050006000701"
    event_name = "user_send_text"
    dedupe_key = factory.Sequence(lambda n: f"test:{n}")
    raw = factory.LazyAttribute(lambda o: json.dumps(text_event(o.user_id, o.text)).encode())
    happened_at = factory.LazyFunction(timezone.now)
