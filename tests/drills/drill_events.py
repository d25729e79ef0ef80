"""Events that come twice, late, in any order, all at once; and citizens who all want the same time."""

import time
from collections.abc import Iterator
from typing import Any

from config.embedded import Servers
from tests.drills.ground import Ground, drill, leave_ground, without_constraint


def _redelivered(here: Ground) -> None:
    """The web server is away, so Zalo's ladder delivers again, with num_retry; then everything comes twice."""
    here.zalo.set(duplicate_percent=100)
    here.parts["web"].kill_group()
    here.talk(30)
    time.sleep(2)
    here.parts["web"].start()


def _registering(here: Ground) -> None:
    here.zalo.set(duplicate_percent=100)
    here.parts["web"].kill_group()
    time.sleep(1)
    here.parts["web"].start()
    here.converse()


def _shuffled(here: Ground) -> None:
    here.zalo.set(duplicate_percent=40, shuffle=True, late_seconds=3.0)
    here.talk(300, over_s=6.0)


def _chatter(here: Ground) -> None:
    """A few people who write much faster than anybody answers."""
    here.talk(60)


def run(own: Servers) -> Iterator[dict[str, Any]]:
    few: dict[str, Any] = {"people": 3, "workers": 2, "in_order": True}
    redelivered, shuffled = "webhook redelivered by the ladder, twice", "events doubled, late and shuffled"
    chatter, same_time = "60 texts at once from three people", "24 citizens want the same time, 2 workers"
    yield from drill(own, redelivered, _registering, office=True)
    yield from drill(own, same_time, Ground.converse, office=True, workers=2, people=24)
    yield from drill(own, f"{shuffled}, 200 citizens", _shuffled, people=200, workers=2)
    yield from drill(own, chatter, _chatter, **few)
    yield from drill(own, f"{chatter}, every 7th event fails at first", _chatter, stumbles=7, **few)
    yield from drill(own, f"{chatter}, each notice owed by two callers", _chatter, owed_twice=True, **few)
    yield from drill(own, redelivered, _redelivered, without=("stored once",), shows="doubled")
    yield from drill(
        own,
        shuffled,
        _shuffled,
        workers=2,
        patience_s=60.0,
        without=("late news does not overwrite newer",),
        shows="stale contact",
    )
    yield from drill(own, chatter, _chatter, **few, without=("oldest event first",), shows="out of order")
    yield from drill(
        own, chatter, _chatter, **few, without=("one worker at a time per person, and the last word",), shows="doubled"
    )
    yield from drill(
        own, chatter, _chatter, **few, stumbles=7, without=("failed events are tried again",), shows="lost"
    )
    yield from drill(own, chatter, _chatter, **few, owed_twice=True, without=("one row per notice",), shows="doubled")
    with without_constraint(own.database_url, "scheduling_slot", "slot_is_never_booked_past_capacity"):
        control: dict[str, Any] = {"office": True, "workers": 2, "people": 24}
        yield from drill(
            own, same_time, Ground.converse, **control, without=("places are taken under guard",), shows="oversold"
        )
        leave_ground()
