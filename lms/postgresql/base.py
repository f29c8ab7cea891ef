"""PostgreSQL for web processes: one that is away costs a request no time, one that hangs a few seconds, and one that is back is used within two.

Keeps true: as long as a new connection has just failed and none is left, requests are refused at once and hold no thread that a probe needs; the pool
itself, and nobody's request, asks whether the server is back; a statement may take as long as it likes while the server answers others.
"""

from collections.abc import Callable, Generator
from functools import partial
from time import monotonic
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.errors import ConnectionTimeout
from psycopg_pool import ConnectionPool, PoolTimeout

# Who waits for a connection looks so often whether it is in vain, and gives up in the end: every thread may be taken meanwhile.
TURN_SECONDS, WAIT_SECONDS = 0.25, 2
# A statement without an answer: is the server still there? Asked by another connection, later and later, since most statements are only long.
SILENT_SECONDS, RARELY_SECONDS, ANSWER_SECONDS = 1, 10, 3
# The pool tries about once a second, and for as long as a connection may take; should it not, requests try again themselves.
AGAIN_SECONDS, KNOWN_SECONDS = 2, 8


class Away:
    """What this process knows of a server that is not there: since when, and whether it hangs."""

    def __init__(self) -> None:
        self._until, self._hangs = 0.0, False

    def note(self, *, hangs: bool = False) -> None:
        self._hangs = hangs or self.hangs
        self._until = monotonic() + KNOWN_SECONDS

    def forget(self) -> None:
        self._until = 0.0

    @property
    def is_known(self) -> bool:
        return monotonic() < self._until

    @property
    def hangs(self) -> bool:
        """Say whether connections that are there are worth nothing either."""
        return self._hangs and self.is_known


AWAY = Away()


class Connection(psycopg.Connection):
    """libpq waits for an answer without end, also for that of a server that is frozen; this one makes sure in between."""

    _ask: Callable[[], psycopg.Connection]

    @classmethod
    def connect(cls, conninfo: str = "", **kwargs: Any) -> "Connection":
        try:
            made = super().connect(conninfo, **kwargs)
        except psycopg.OperationalError:
            AWAY.note()
            raise
        AWAY.forget()
        made._ask = partial(psycopg.Connection.connect, conninfo, **{**kwargs, "connect_timeout": ANSWER_SECONDS})
        return made

    def wait(self, gen: Generator, *args: Any, **kwargs: Any) -> Any:
        return super().wait(self._watched(gen), *args, **kwargs)

    def _watched(self, gen: Generator) -> Generator:
        """Pass on what psycopg and the socket tell one another: while the socket is silent, ten times a second that it is."""
        patience, since = SILENT_SECONDS, None
        try:
            wish = next(gen)
            while True:
                ready = yield wish
                if ready:
                    since = None
                elif since is None:
                    since = monotonic()
                elif monotonic() - since > patience:
                    self._make_sure()
                    patience, since = min(2 * patience, RARELY_SECONDS), None
                wish = gen.send(ready)
        except StopIteration as end:
            return end.value

    def _make_sure(self) -> None:
        try:
            self._ask().close()
        except ConnectionTimeout:
            AWAY.note(hangs=True)
            self.pgconn.finish()
            raise psycopg.OperationalError("the server has taken a statement and answers nobody any more") from None
        except psycopg.OperationalError:
            pass  # whoever refuses is there; of a machine that has gone TCP will tell


def _begin_again(pool: ConnectionPool) -> None:
    """Keep on asking: a pool that has given up would wait for a request to ask. While it has what works, requests may."""
    if _is_in_vain(pool):
        pool.check()


def _is_in_vain(pool: ConnectionPool) -> bool:
    # A server that takes no more connections refuses new ones too, and those that are there go on.
    return AWAY.is_known and (AWAY.hangs or not pool.get_stats()["pool_available"])


# psycopg's own pool asks after 1, 2, 4, 8, 16 … seconds: after an outage of a minute the site would be down for half a minute more.
POOL = {"connection_class": Connection, "timeout": TURN_SECONDS, "reconnect_timeout": AGAIN_SECONDS, "reconnect_failed": _begin_again}


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not self.pool:
            return super().get_new_connection(conn_params)
        until = monotonic() + WAIT_SECONDS
        while not _is_in_vain(self.pool):
            try:
                found = super().get_new_connection(conn_params)
            except PoolTimeout:
                if monotonic() > until:
                    raise
            else:
                AWAY.forget()
                return found
        raise psycopg.OperationalError("the server was away a moment ago")
