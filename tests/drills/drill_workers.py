"""A worker killed -9 at the three worst moments, and the guards that make it harmless."""

from collections.abc import Iterator
from typing import Any

from config.embedded import Servers
from tests.drills.ground import Ground, drill

# A call may take this long; only then its sender is taken for dead.
LONGER_THAN_A_CALL_S = 45.0


def _burst(here: Ground) -> None:
    here.talk(30, over_s=1.0)


def run(own: Servers) -> Iterator[dict[str, Any]]:
    between, after, handling = (
        "killed between claim and send",
        "killed between send and record",
        "killed while handling",
    )
    unlooked = ("look before sending again", "believe the echo")
    yield from drill(own, f"worker {between}", Ground.converse, die="claim-send", office=True)
    yield from drill(own, f"worker {after}", Ground.converse, die="send-record", office=True)
    yield from drill(own, f"worker {handling} an event", Ground.converse, die="handling", office=True)
    yield from drill(own, f"worker {handling} an event, echo", _burst, die="handling", in_order=True)
    yield from drill(
        own,
        between,
        _burst,
        die="claim-send",
        without=("messages of dead senders are found",),
        shows="stuck",
        patience_s=LONGER_THAN_A_CALL_S,
    )
    yield from drill(
        own, after, _burst, die="send-record", without=unlooked, shows="doubled", patience_s=LONGER_THAN_A_CALL_S
    )
    yield from drill(own, after, _burst, die="send-record", without=("claim before sending",), shows="doubled")
    yield from drill(own, handling, _burst, die="handling", without=("one transaction per event",), shows="doubled")
    yield from drill(
        own, handling, _burst, die="handling", without=("interrupted events are taken up again",), shows="stuck"
    )
