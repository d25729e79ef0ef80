"""Zalo in trouble: errors, silence, half-done work, a token that dies in the middle of a burst."""

import time
from typing import Any

from config.embedded import Servers
from tests.drills.ground import Ground, drill

CS = "/v3.0/oa/message/cs"


def _trouble(lasts_s: float = 4.0, *, path: str = CS, times: int | None = None, **fault: Any) -> Any:
    """Everything sent to `path` goes wrong for a while, in the middle of a burst."""

    def disturb(here: Ground) -> None:
        here.talk(10)
        here.zalo.fail_next(path, times=times, **fault)
        here.talk(20, over_s=lasts_s)
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


def run(own: Servers) -> list[dict[str, Any]]:
    everything = {"path": "*"}
    return [
        drill(own, "Zalo answers 500", _trouble(http=500, **everything)),
        drill(own, "Zalo answers 500 after the message went out", _trouble(http=500, after_work=True)),
        drill(own, "Zalo answers HTML", _trouble(html=True, **everything)),
        drill(own, "Zalo hangs for 30 s", _trouble(hang=30, times=3)),
        drill(own, "Zalo hangs for 30 s, message went out", _trouble(hang=30, times=3, after_work=True)),
        drill(own, "Zalo cuts the connection", _trouble(cut=True)),
        drill(own, "Zalo cuts the connection, message went out", _trouble(cut=True, after_work=True)),
        drill(own, "error -32 (too fast)", _trouble(error=-32, times=5)),
        drill(own, "error -216 (token)", _trouble(error=-216, times=2)),
        drill(own, "error -230 (no interaction): a call task each", _trouble(error=-230)),
        drill(own, "error -211 (out of quota)", _trouble(error=-211)),
        drill(own, "token expires three times, 4 workers", _expire_token, workers=4),
        drill(
            own,
            "message went out, connection cut",
            _trouble(cut=True, after_work=True),
            without=("look before sending again", "believe the echo"),
        ),
        drill(own, "token expires, 4 workers", _expire_token, workers=4, without=("one refresh at a time",)),
    ]
