"""The steps of a notice: chat → template by user id → template by phone → somebody has to call.

Each step is a row of its own, so a late success of the step before can still stop the next one, and each has its trail.
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from zalo_bridge.events import Undelivered
from zalo_bridge.listeners import tell_undelivered
from zalo_bridge.models import NoticeTemplate, OutboundMessage
from zalo_bridge.templates import fill

Channel = OutboundMessage.Channel
State = OutboundMessage.State

STEPS = (Channel.CHAT, Channel.TEMPLATE_BY_USER, Channel.TEMPLATE_BY_PHONE)
# Pieces of a long text carry the number in their key; they follow the first piece, they are no notices themselves.
MOST_PIECES = 12


def step_down(message: OutboundMessage, *, why: str, may_have_arrived: bool = False) -> OutboundMessage | None:
    """The channel did not work out. Queue the next one, or tell whoever owes the notice that a person must call.

    Call it in the transaction that records the end of `message`. `may_have_arrived` skips the other channels: a second
    message could double the first.
    """
    is_further_piece = "~" in message.dedupe_key
    if not is_further_piece and not may_have_arrived:
        for channel in STEPS[STEPS.index(Channel(message.channel)) + 1 :]:
            if (template := _template_for(message, channel)) is None:
                continue
            _, faults = fill(template, message.payload.get("params", {}))
            if faults:
                why = f"{why} Mẫu tin {template.template_id}: {'; '.join(faults)}."
                continue
            return _queue(message, channel)
    if message.subject:
        tell_undelivered(
            Undelivered(
                message_id=message.pk,
                kind=message.kind,
                subject=message.subject,
                contact_id=message.contact_id,
                phone=message.phone,
                dedupe_key=root_key(message),
                why=why,
            )
        )
    return None


def root_key(message: OutboundMessage) -> str:
    """The key the notice was enqueued with."""
    return message.dedupe_key.partition("#")[0].partition("~")[0]


def template_data(message: OutboundMessage) -> tuple[str, dict[str, str]]:
    """(template id, parameters) for a template step. Raises `LookupError` with a sentence when it cannot be filled."""
    template = _template_for(message, message.channel)
    if template is None:
        raise LookupError("Chưa cấu hình mẫu tin cho loại tin này.")
    params: Mapping[str, Any] = message.payload.get("params", {})
    data, faults = fill(template, params)
    if faults:
        raise LookupError(f"Mẫu tin {template.template_id}: {'; '.join(faults)}.")
    return template.template_id, data


def _template_for(message: OutboundMessage, channel: str) -> NoticeTemplate | None:
    if channel == Channel.TEMPLATE_BY_USER and message.contact_id is None:
        return None
    if channel == Channel.TEMPLATE_BY_PHONE and not message.phone:
        return None
    return NoticeTemplate.objects.filter(kind=message.kind, channel=channel, is_enabled=True).first()


def _queue(message: OutboundMessage, channel: str) -> OutboundMessage:
    root = root_key(message)
    rows = OutboundMessage.objects.filter(
        dedupe_key__in=[f"{root}~{number}" for number in range(2, MOST_PIECES)], state__in=OutboundMessage.UNSENT_STATES
    )
    rows.update(state=State.SUPERSEDED, note="tin đầu chuyển sang kênh khác")
    following, _ = OutboundMessage.objects.get_or_create(
        dedupe_key=f"{root}#{channel}",
        defaults={
            "contact": message.contact,
            "phone": message.phone,
            "channel": channel,
            "kind": message.kind,
            "payload": message.payload,
            "subject": message.subject,
            "next_attempt_at": timezone.now(),
            "give_up_at": message.give_up_at,
            "replaces": message,
            "written_by": message.written_by,
        },
    )
    return following
