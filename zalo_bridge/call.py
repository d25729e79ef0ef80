"""One request to Zalo, ready to go: a message turned into the body its channel asks for."""

from dataclasses import dataclass

from django.conf import settings

from zalo_bridge import bodies, client, ladder
from zalo_bridge.memory import recall
from zalo_bridge.models import OutboundMessage

Channel = OutboundMessage.Channel


@dataclass(frozen=True)
class Call:
    """A request ready to go: which function of the client, its body, and the button shape used."""

    channel: str
    body: dict[str, object]
    shape: str = "none"

    def make(self, token: str) -> client.Answer:
        if self.channel == Channel.CHAT:
            return client.send_chat(token, self.body)
        if self.channel == Channel.TEMPLATE_BY_USER:
            return client.send_template_to_user(token, self.body)
        return client.send_template_to_phone(token, self.body)


def call_for(message: OutboundMessage, *, shape: str | None = None) -> Call:
    """Raises `LookupError` with a sentence when the template is not configured or cannot be filled."""
    user_id = message.contact.user_id if message.contact else ""  # the database requires one but for phones
    if message.channel == Channel.CHAT:
        shape = shape or _button_shape(message)
        return Call(message.channel, bodies.chat_body(user_id, message.payload, buttons=shape), shape)
    template_id, data = ladder.template_data(message)
    if message.channel == Channel.TEMPLATE_BY_USER:
        return Call(message.channel, bodies.template_body(template_id, data, user_id=user_id))
    tracking = bodies.tracking_id(message.pk)
    return Call(
        message.channel, bodies.phone_template_body(template_id, data, phone=message.phone, tracking_id=tracking)
    )


def _button_shape(message: OutboundMessage) -> str:
    shape = str(settings.ZALO_BUTTONS)
    if shape == "none" or "card" in message.payload or not bodies.has_buttons(message.payload):
        return "none"
    return "none" if recall(f"buttons-refused:{shape}") else shape
