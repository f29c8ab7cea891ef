"""Ends what `make run` started when the one who started it is gone, however it went (even by SIGKILL).

Reads numbers of process groups from standard input, one a line. The line "done" means that they were stopped in good order;
end of file without it means that nobody is left to stop them.
"""

import contextlib
import os
import signal
import sys
import time

GRACE_SECONDS = 5


def main() -> None:
    groups = []
    for line in sys.stdin:
        if line.strip() == "done":
            return
        groups.append(int(line))
    for number in (signal.SIGTERM, signal.SIGKILL):
        for group in groups:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)
        if number == signal.SIGTERM:
            time.sleep(GRACE_SECONDS)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    main()
