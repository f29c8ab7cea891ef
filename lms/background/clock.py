"""A clock: looks again and again at what is due, does what it can claim, and says that it is alive.

Keeps true: one duty that fails or hangs keeps no other clock from the others, and its own clock for an hour at most; a clock that ends gives back
what it holds.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import close_old_connections, connection
from django.utils import timezone

from cms.models import WorkerKind
from lms.background import duties
from lms.background.limits import TakesTooLong, limited
from lms.background.presence import BEAT_SECONDS, Presence, Watch
from lms.logs import in_request, new_request_id, words_of

logger = logging.getLogger(__name__)

# No duty needs so long: what hangs is broken off, and the others get their turn.
SECONDS_AT_MOST = 3600

Parts = dict[str, Callable[[datetime], int]]


class Clock:
    def __init__(self, parts: Parts, *, pauses: dict[str, timedelta], every: int, stopwatch: Callable[[], float] = time.monotonic):
        self.parts, self.every = parts, timedelta(seconds=every)
        self.pauses, self.watch, self._watched = pauses, Watch(stopwatch), threading.Lock()
        self.presence = Presence(WorkerKind.CLOCK, afterwards=self.look)
        self._over = threading.Event()
        self.gone: set[str] = set()

    def stop_on_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, _number, _frame) -> None:
        # The duty at hand is finished; told again, it is broken off and given back.
        if self._over.is_set():
            raise SystemExit(1)
        self._over.set()

    def look(self) -> None:
        with self._watched:
            self.watch.look()
            self.watch.forget(now=timezone.now())

    def go_on(self, tell: Callable[[str], None]) -> None:
        """Do what is due, every so many seconds by the stopwatch, until asked to stop."""
        while not self._be_known():
            if self._over.wait(2):
                return
        try:
            while True:
                tell(self.round())
                if self._over.wait(self.every.total_seconds()):
                    return
        finally:
            self._leave()

    def once(self, *, whenever: bool) -> str:
        """Do everything that nobody else is at, and say what was done."""
        self.presence.beat()
        try:
            self.look()
            text = self.round(whenever=whenever)
            return "; ".join(filter(None, (text, self._take_over(whenever=whenever))))
        finally:
            self._leave()

    def _take_over(self, *, whenever: bool) -> str:
        """Do what somebody claims who seems to be gone, once it was seen for two beats that nothing moves there."""
        before = self.watch.in_doubt(timezone.now())
        if not duties.held_by(before) or self._over.wait(2 * BEAT_SECONDS + 1):
            return ""
        self.presence.beat()
        self.look()
        self.gone = {name for name, at in self.watch.in_doubt(timezone.now()).items() if before.get(name) == at}
        return self.round(whenever=whenever)

    def _be_known(self) -> bool:
        try:
            self.presence.start()
            self.look()
        except Exception as error:
            logger.warning("The database is away: %s", words_of(error))
            close_old_connections()
            return False
        return True

    def _leave(self) -> None:
        try:
            duties.give_up_all(by=self.presence.name)
            self.presence.stop()
        except Exception as error:
            logger.warning("Left without a word: %s", words_of(error))

    def round(self, *, whenever: bool = False) -> str:
        """Look at each duty once, in their order, and return in words what was done."""
        try:
            times = duties.next_times(list(self.parts))
        except Exception as error:
            self._forgive("the rows of the duties", error)
            return ""
        done = {}
        for name in self.parts:
            if self._over.is_set():
                break
            if whenever or duties.is_due(times[name], self._pause(name), timezone.now()):
                done[name] = self._do(name, whenever=whenever)
        return ", ".join(f"{count} {name}" for name, count in done.items() if count)

    def _do(self, name: str, *, whenever: bool) -> int:
        """Do one duty if it is this clock's; whatever goes wrong with it is logged, and the others are done all the same."""
        due, began = None, time.monotonic()
        with in_request(f"duty-{new_request_id()}"):
            try:
                due = self._claim(name, whenever=whenever)
                if due is None:
                    return 0
                with limited(SECONDS_AT_MOST):
                    count = self.parts[name](timezone.now()) or 0
                duties.let_go(due=due, count=count, seconds=time.monotonic() - began, now=timezone.now())
                return count
            except (Exception, TakesTooLong) as error:
                self._forgive(name, error)
                if due is not None:
                    self._write_down(due, error, time.monotonic() - began)
                return 0

    def _claim(self, name: str, *, whenever: bool) -> duties.Due | None:
        with self._watched:
            gone = self.watch.gone() | self.gone
        return duties.claim(name=name, by=self.presence.name, pause=self._pause(name), gone=gone, now=timezone.now(), whenever=whenever)

    def _pause(self, name: str) -> timedelta:
        return max(self.pauses.get(name, self.every), self.every)

    def _forgive(self, name: str, error: BaseException) -> None:
        logger.error("Not done by the clock: %s", name, exc_info=error)
        if not connection.in_atomic_block:
            # A database that was gone must not keep the next part from it.
            close_old_connections()

    def _write_down(self, due: duties.Due, error: BaseException, seconds: float) -> None:
        try:
            duties.let_go_failed(due=due, error=words_of(error), seconds=seconds, now=timezone.now())
        except Exception as another:
            # The claim stays ours: the next round takes it up again.
            logger.warning("Could not write down what was not done: %s", words_of(another))
