"""A cache in Redis that may go away: slower then, never down, and never without limits.

Keeps true: a call that Redis does not answer is answered from the memory of this process, so whatever is counted stays counted in each process;
for a while nobody asks Redis again, so that one time-out is paid and not one a call. What was written or deleted meanwhile is brought to Redis
when it answers again, and of two counts the higher one stands, also when Redis has come back empty.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.connection import AbstractConnection
from redis.exceptions import ConnectionError, RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

# One request pays this much when Redis hangs; a healthy one answers in a thousandth of it.
ANSWER_SECONDS = 0.5
# So long nobody asks again.
PAUSE_SECONDS = 2.0
# Counters are about spans of up to an hour; what was changed longer ago is not brought back.
REMEMBERED_SECONDS = 3600
REMEMBERED_KEYS = 20000
BATCH = 500
_GONE, _DELETED = object(), object()


class SteadyRedisCache(RedisCache):
    """Redis for all processes; the memory of this one while Redis is away."""

    def __init__(self, server: str | list[str], params: dict[str, Any]):
        options = {
            "socket_connect_timeout": ANSWER_SECONDS, "socket_timeout": ANSWER_SECONDS, "health_check_interval": 30,
            # Once more at once, should the connection have been cut meanwhile.
            "retry": Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)), "redis_connect_func": self._greet}
        super().__init__(server, {**params, "OPTIONS": {**options, **params.get("OPTIONS", {})}})
        # One memory and one state for all threads of the process: each of them has its own cache object.
        self._memory = LocMemCache(f"beside {server}", {"OPTIONS": {"MAX_ENTRIES": REMEMBERED_KEYS}, "KEY_FUNCTION": _as_it_is})
        self._state = _state_of(f"{server} {self.key_prefix}")
        self._is_greeting = False

    def get(self, key, default=None, version=None):
        key = self.make_and_validate_key(key, version=version)
        return self._ask(lambda: self._cache.get(key, default), lambda: self._memory.get(key, default))

    def get_many(self, keys, version=None):
        names = {self.make_and_validate_key(key, version=version): key for key in keys}
        if not names:
            return {}
        found = self._ask(lambda: self._cache.get_many(list(names)), lambda: self._memory.get_many(names))
        return {names[key]: value for key, value in found.items()}

    def has_key(self, key, version=None):
        key = self.make_and_validate_key(key, version=version)
        return self._ask(lambda: self._cache.has_key(key), lambda: self._memory.has_key(key))

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        key, seconds = self.make_and_validate_key(key, version=version), self.get_backend_timeout(timeout)

        def there() -> bool:
            added = self._cache.add(key, value, seconds)
            if added:
                self._remember(key, value, seconds)
            return added

        return self._ask(there, lambda: self._memory.add(key, value, seconds), (key, seconds))

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        key, seconds = self.make_and_validate_key(key, version=version), self.get_backend_timeout(timeout)

        def there() -> None:
            self._cache.set(key, value, seconds)
            self._remember(key, value, seconds)

        self._ask(there, lambda: self._memory.set(key, value, seconds), (key, seconds))

    def set_many(self, data, timeout=DEFAULT_TIMEOUT, version=None):
        for key, value in data.items():
            self.set(key, value, timeout, version)
        return []

    def incr(self, key, delta=1, version=None):
        key = self.make_and_validate_key(key, version=version)

        def there() -> int:
            value = self._cache.incr(key, delta)
            self._remember(key, value, REMEMBERED_SECONDS)
            return value

        return self._ask(there, lambda: self._memory.incr(key, delta), (key, REMEMBERED_SECONDS))

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        key, seconds = self.make_and_validate_key(key, version=version), self.get_backend_timeout(timeout)
        return self._ask(lambda: self._cache.touch(key, seconds), lambda: self._memory.touch(key, seconds), (key, seconds))

    def delete(self, key, version=None):
        key = self.make_and_validate_key(key, version=version)

        def there() -> bool:
            self._memory.delete(key)
            self._state.forget(key)
            return self._cache.delete(key)

        return self._ask(there, lambda: self._memory.delete(key), (key, _DELETED))

    def delete_many(self, keys, version=None):
        for key in keys:
            self.delete(key, version)

    def clear(self):
        """Forget what this site has put there; another one that shares the server keeps its own."""
        self._memory.clear()
        self._state.forget_all()
        return self._ask(self._clear_there, lambda: True)

    def _clear_there(self) -> bool:
        client = self._cache.get_client(write=True)
        prefix = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in self.key_prefix)
        for keys in batched(client.scan_iter(f"{prefix}:*", count=BATCH)):
            client.delete(*keys)
        return True

    # Going away and coming back

    def _ask(self, there: Callable[[], Any], here: Callable[[], Any], change: tuple[str, Any] | None = None) -> Any:
        if not self._state.is_away():
            try:
                if self._state.has_returned():
                    self._bring_back()
                return there()
            except RedisError as error:
                if self._state.go_away():
                    log.warning("Redis does not answer (%s): counting in this process until it does.", type(error).__name__)
        answer = here()
        if change:
            self._state.note(*change)
        return answer

    def _greet(self, connection: AbstractConnection) -> None:
        """A new connection may mean that Redis was started anew and is empty: it is told what it lost before it is asked anything."""
        connection.on_connect()
        if not self._is_greeting:
            self._is_greeting = True
            try:
                self._bring_back()
            finally:
                self._is_greeting = False

    def _remember(self, key: str, value: Any, seconds: float | None) -> None:
        """Keep a count beside Redis, so that it goes on from there in this process should Redis go away, or come back empty."""
        if _is_count(value):
            self._memory.set(key, value, seconds)
            self._state.note(key, seconds)

    def _bring_back(self) -> None:
        """Tell Redis what it has missed, before anybody asks it again.

        :raises RedisError: when it is away once more; nothing is lost then.
        """
        count = 0
        for part in batched(self._state.noted()):
            known = self._cache.get_many([key for key, _seconds in part])
            for key, seconds in part:
                self._bring(key, seconds, known.get(key))
            count += len(part)
        if self._state.come_back():
            log.warning("Redis answers again: %d entries were compared with it.", count)

    def _bring(self, key: str, seconds: Any, known: Any) -> None:
        if seconds is _DELETED:
            self._cache.delete(key)
            self._state.forget(key)
            return
        value = self._memory.get(key, _GONE)
        if value is not _GONE and not (_is_count(value) and _is_count(known) and _size(value) <= _size(known)):
            self._cache.set(key, value, seconds)
        if not _is_count(value):
            self._state.forget(key)


def _as_it_is(key: str, prefix: str, version: int) -> str:
    return key


def batched(things: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield lists of BATCH things at most."""
    rest = iter(things)
    while part := list(islice(rest, BATCH)):
        yield part


def _is_count(value: Any) -> bool:
    """Say whether it is a number of times, or allauth's list of times."""
    return type(value) in (int, list)


def _size(count: int | list) -> int:
    return count if isinstance(count, int) else len(count)


class _State:
    """What the threads of a process know about one Redis: since when it is away, and which keys were changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away_until = 0.0
        self._is_away = False
        self._keys: OrderedDict[str, tuple[Any, float]] = OrderedDict()

    def is_away(self) -> bool:
        """Say whether nobody should ask now. Once the pause is over one thread may; the others wait for what it finds."""
        if not self._is_away:
            return False
        with self._lock:
            if time.monotonic() < self._away_until:
                return True
            self._away_until = time.monotonic() + PAUSE_SECONDS
            return False

    def has_returned(self) -> bool:
        return self._is_away

    def go_away(self) -> bool:
        """Note that it does not answer; say whether that is news."""
        with self._lock:
            was_there, self._is_away = not self._is_away, True
            self._away_until = time.monotonic() + PAUSE_SECONDS
            return was_there

    def come_back(self) -> bool:
        """Note that it answers; say whether that is news."""
        with self._lock:
            was_away, self._is_away = self._is_away, False
            return was_away

    def note(self, key: str, seconds: Any) -> None:
        with self._lock:
            self._keys[key] = (seconds, time.monotonic())
            self._keys.move_to_end(key)
            while len(self._keys) > REMEMBERED_KEYS or next(iter(self._keys.values()))[1] < time.monotonic() - REMEMBERED_SECONDS:
                self._keys.popitem(last=False)

    def noted(self) -> list[tuple[str, Any]]:
        with self._lock:
            return [(key, seconds) for key, (seconds, _at) in self._keys.items()]

    def forget(self, key: str) -> None:
        with self._lock:
            self._keys.pop(key, None)

    def forget_all(self) -> None:
        with self._lock:
            self._keys.clear()


_states: dict[str, _State] = {}
_states_lock = threading.Lock()


def _state_of(name: str) -> _State:
    with _states_lock:
        return _states.setdefault(name, _State())
