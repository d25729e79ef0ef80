"""Events that come twice, late, and in any order."""

import time
from typing import Any

from config.embedded import Servers
from tests.drills.ground import Ground, drill


def _redelivered(here: Ground) -> None:
    """The web server is away, so Zalo's ladder delivers again, with num_retry; then everything comes twice."""
    here.zalo.set(duplicate_percent=100)
    here.parts["web"].kill_group()
    here.talk(30)
    time.sleep(2)
    here.parts["web"].start()


def _shuffled(here: Ground) -> None:
    here.zalo.set(duplicate_percent=40, shuffle=True, late_seconds=3.0)
    here.talk(300, over_s=6.0)


def run(own: Servers) -> list[dict[str, Any]]:
    return [
        drill(own, "webhook redelivered by the ladder, twice", _redelivered),
        drill(own, "events doubled, late and shuffled, 200 citizens", _shuffled, people=200, workers=2),
        drill(own, "webhook redelivered", _redelivered, without=("stored once",)),
    ]
