"""The cache in Redis, with one client kept instead of one made for every question."""

from functools import cached_property
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class KeptClient(RedisCacheClient):
    """Django makes a new client for each `get` and `set`; that takes longer than asking Redis does."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self._kept

    @cached_property
    def _kept(self) -> Any:
        return super().get_client(write=True)  # `REDIS_URL` names one server


class KeptRedisCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]):
        super().__init__(server, params)
        self._class = KeptClient
