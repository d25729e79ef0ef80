"""Zalo in trouble: errors, silence, half-done work, a token that dies in the middle of a burst."""

import time
from collections.abc import Iterator
from typing import Any

from config.embedded import Servers
from config.processes import wait_until
from tests.drills.ground import Ground, drill

CS = "/v3.0/oa/message/cs"


def _trouble(lasts_s: float = 4.0, *, path: str = CS, times: int | None = None, **fault: Any) -> Any:
    """Everything sent to `path` goes wrong for a while, in the middle of a burst."""

    def disturb(here: Ground) -> None:
        here.talk(10)
        here.zalo.fail_next(path, times=times, **fault)
        here.talk(20, over_s=lasts_s)
        # On a busy machine the burst may come later than that. A trouble nobody met would show nothing.
        if not wait_until(lambda: any(call.fault for call in here.zalo.calls()), timeout_s=60, step_s=0.3):
            raise AssertionError("nobody called Zalo while it was in trouble")
        here.zalo.heal()

    return disturb


def _expire_token(here: Ground) -> None:
    """The login service answers slowly, so that all workers want a new token at the same time."""
    here.zalo.fail_next("/v4/oa/access_token", delay=0.5, times=None)
    for _ in range(3):
        here.talk(20)
        time.sleep(0.5)
        here.zalo.expire_token()
    here.talk(20)


def _rush(here: Ground) -> None:
    here.talk(100)


def run(own: Servers) -> Iterator[dict[str, Any]]:
    everything = {"path": "*"}
    cut_after = _trouble(cut=True, after_work=True)
    unlooked = ("look before sending again", "believe the echo")
    yield from drill(own, "Zalo answers 500", _trouble(http=500, **everything), in_order=True)
    yield from drill(
        own, "Zalo answers 500 after the message went out", _trouble(http=500, after_work=True), in_order=True
    )
    yield from drill(own, "Zalo answers HTML", _trouble(html=True, **everything), in_order=True)
    yield from drill(own, "Zalo hangs for 30 s", _trouble(hang=30, times=3), in_order=True)
    yield from drill(
        own, "Zalo hangs for 30 s, message went out", _trouble(hang=30, times=3, after_work=True), in_order=True
    )
    yield from drill(own, "Zalo cuts the connection", _trouble(cut=True), in_order=True)
    yield from drill(own, "Zalo cuts the connection, message went out", cut_after, in_order=True)
    yield from drill(own, "error -32 (too fast)", _trouble(error=-32, times=5), in_order=True)
    yield from drill(own, "error -216 (token)", _trouble(error=-216, times=2), in_order=True)
    yield from drill(own, "error -230 (no interaction): a call task each", _trouble(error=-230))
    yield from drill(own, "error -211 (out of quota)", _trouble(error=-211), in_order=True)
    yield from drill(own, "error -321 (out of money)", _trouble(error=-321), in_order=True)
    yield from drill(own, "token expires three times, 4 workers", _expire_token, workers=4)
    yield from drill(own, "100 texts at once, 300 calls a minute allowed", _rush, workers=2, rate_per_minute=300)
    yield from drill(own, "message went out, connection cut", cut_after, without=unlooked, shows="doubled")
    yield from drill(
        own,
        "connection cut",
        _trouble(cut=True),
        people=3,
        in_order=True,
        without=("later messages wait",),
        shows="out of order",
    )
    yield from drill(own, "connection cut", _trouble(cut=True), without=("sweep of the outbox",), shows="stuck")
    yield from drill(own, "error -321", _trouble(error=-321), without=("stopped channels are probed",), shows="stuck")
    yield from drill(own, "error -230", _trouble(error=-230), without=("somebody is told to call",), shows="lost")
    yield from drill(
        own, "token expires, 4 workers", _expire_token, workers=4, without=("one refresh at a time",), shows="stuck"
    )
    yield from drill(own, "token expires", _expire_token, without=("refresh after a refusal",), shows="stuck")
    yield from drill(
        own, "100 texts at once", _rush, workers=2, rate_per_minute=300, without=("rate limit",), shows="too fast"
    )
