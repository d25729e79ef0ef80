"""The rate limits Zalo sets, shared by all workers: a token bucket in Redis for the app and one for the OA.

The bucket's capacity plus a minute of refill equals the limit, so no minute ever exceeds it.
"""

import logging
import threading
import time
from dataclasses import dataclass

import redis
from django.conf import settings

log = logging.getLogger(__name__)

# Takes one token from both buckets or from none; answers how many milliseconds to wait (0: taken). Redis keeps the
# time, so workers with different clocks agree.
TAKE = """
local now = redis.call('TIME'); local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local wait = 0
local left = {}
for i, key in ipairs(KEYS) do
  local rate, capacity = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local seen = redis.call('HMGET', key, 'level', 'at')
  local level = math.min(capacity, (tonumber(seen[1]) or capacity) + math.max(0, ms - (tonumber(seen[2]) or ms)) * rate)
  left[i] = level - 1
  if level < 1 then wait = math.max(wait, math.ceil((1 - level) / rate)) end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  redis.call('HSET', key, 'level', tostring(left[i]), 'at', ms)
  redis.call('PEXPIRE', key, 120000)
end
return 0
"""


@dataclass(frozen=True)
class Bucket:
    key: str
    per_minute: int

    @property
    def capacity(self) -> float:
        return max(1.0, min(self.per_minute * 0.02, 60.0))

    @property
    def per_ms(self) -> float:
        return max(self.per_minute - self.capacity, 1.0) / 60_000


_lock = threading.Lock()
_client: redis.Redis | None = None
_alone_next = 0.0


def wait_for_turn(*, patience_s: float = 5.0) -> bool:
    """Take one request's worth of the limits, waiting up to `patience_s`. False: not now, come back later."""
    end = time.monotonic() + patience_s
    while True:
        wait_s = _take()
        if wait_s <= 0:
            return True
        if time.monotonic() + wait_s > end:
            return False
        time.sleep(wait_s)


def _buckets() -> list[Bucket]:
    return [
        Bucket(f"zalo:rate:app:{settings.ZALO_APP_ID}", settings.ZALO_RATE_PER_MINUTE),
        Bucket(f"zalo:rate:oa:{settings.ZALO_OA_ID}", settings.ZALO_OA_RATE_PER_MINUTE),
    ]


def _take() -> float:
    """Seconds to wait; 0 when a token was taken."""
    buckets = _buckets()
    numbers = [number for bucket in buckets for number in (bucket.per_ms, bucket.capacity)]
    try:
        waited = _redis().eval(TAKE, len(buckets), *(bucket.key for bucket in buckets), *numbers)
    except redis.RedisError as error:
        log.warning("Rate limit: Redis not reachable (%s), this worker limits itself", type(error).__name__)
        return _take_alone(min(bucket.per_minute for bucket in buckets))
    return int(waited) / 1000


def _take_alone(per_minute: int) -> float:
    """Without Redis each process keeps to a quarter of the limit: slower, but four workers together stay below it."""
    global _alone_next
    with _lock:
        now = time.monotonic()
        if now < _alone_next:
            return _alone_next - now
        _alone_next = now + 60 / max(per_minute / 4, 1)
        return 0


def _redis() -> redis.Redis:
    global _client
    if _client is None:
        _client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2)
    return _client
