"""A worker killed -9 at the three worst moments, and the guards that make it harmless."""

from typing import Any

from config.embedded import Servers
from tests.drills.ground import Ground, drill


def _burst(here: Ground) -> None:
    here.talk(30, over_s=1.0)


def run(own: Servers) -> list[dict[str, Any]]:
    return [
        drill(own, "worker killed between claim and send", _burst, die="claim-send"),
        drill(own, "worker killed between send and record", _burst, die="send-record"),
        drill(own, "worker killed while handling an event", _burst, die="handling"),
        drill(
            own,
            "killed between send and record",
            _burst,
            die="send-record",
            without=("look before sending again", "believe the echo"),
        ),
        drill(own, "killed between send and record", _burst, die="send-record", without=("claim before sending",)),
        drill(own, "killed while handling", _burst, die="handling", without=("one transaction per event",)),
    ]
