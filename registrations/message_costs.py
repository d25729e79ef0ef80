"""What was sent, what arrived, what it costs.

Zalo takes money for a template message it delivers, and for a chat message beyond the free 48 hours and the package
(`purchase_quota` in its own answer). People enter the prices; one not checked yet makes the sum an estimate.
"""

from dataclasses import dataclass

from registrations.counting import Span, rows

CHAT = "chat"
# In words both statements and the list behind them share; the alias m is the message.
ARRIVED = "m.state IN ('sent', 'delivered', 'seen')"
CHARGED = f"{ARRIVED} AND (m.channel <> 'chat' OR m.counted_as = 'purchase_quota')"

BY_STATE = """
SELECT m.state, count(*) FROM zalo_bridge_outboundmessage m
WHERE m.created_at >= %(start)s AND m.created_at < %(end)s GROUP BY m.state
"""
# Days first, so that a price is looked up once a day and kind, and a new price does not change what is past.
COSTS = f"""
SELECT d.channel, d.kind, sum(d.arrived)::int, sum(d.charged)::int, coalesce(sum(d.charged * p.dong), 0)::int,
    coalesce(sum(d.charged) FILTER (WHERE p.dong IS NULL), 0)::int,
    coalesce(bool_and(p.is_certain) FILTER (WHERE d.charged > 0), true)
FROM (
    SELECT m.channel, CASE WHEN m.channel = 'chat' THEN '' ELSE m.kind END AS kind,
        (m.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day,
        count(*) FILTER (WHERE {ARRIVED}) AS arrived, count(*) FILTER (WHERE {CHARGED}) AS charged
    FROM zalo_bridge_outboundmessage m
    WHERE m.created_at >= %(start)s AND m.created_at < %(end)s GROUP BY 1, 2, 3
) d LEFT JOIN LATERAL (
    SELECT dong, is_certain FROM zalo_bridge_messageprice
    WHERE channel = d.channel AND kind IN ('', d.kind) AND valid_from <= d.day
    ORDER BY kind DESC, valid_from DESC LIMIT 1
) p ON true
GROUP BY 1, 2 HAVING sum(d.arrived) > 0 ORDER BY 1, 4 DESC, 2
"""  # noqa: S608


@dataclass(frozen=True)
class Cost:
    """Messages of one channel and kind. `unpriced` of the charged ones have no price, so `dong` leaves them out."""

    channel: str
    kind: str
    arrived: int
    charged: int
    dong: int
    unpriced: int
    is_certain: bool


def by_state(span: Span) -> dict[str, int]:
    return dict(rows(BY_STATE, span))


def costs(span: Span) -> list[Cost]:
    return [Cost(*row) for row in rows(COSTS, span)]
