"""Where the web processes of one server keep their numbers together, so that whichever of them is asked tells the sum.

Keeps true: decided before prometheus_client is imported, which looks once; each start of the server has a folder of its own, so that nothing of an
earlier start is counted again.
"""

import os
import platform
import shutil
from contextlib import suppress
from pathlib import Path

from django.conf import settings


def share_numbers() -> None:
    """Have prometheus_client keep its numbers in files that all web processes of this server share. Only where somebody may ask for them."""
    if not settings.METRICS_TOKEN or os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return
    parent = os.getppid()
    folder = Path(settings.VAR_DIR, "metrics", f"{platform.node() or 'machine'}-{parent}-{_began(parent)}")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return  # read-only or full: each process tells its own numbers
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    _remove_old(folder)


def _began(process: int) -> str:
    """Return when a process began, in ticks since the machine did: its number alone comes again. 0 where nobody says so."""
    with suppress(OSError, IndexError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    return "0"


def _remove_old(mine: Path) -> None:
    """Remove what earlier servers of this machine left; another machine's, or a container's, may still be written."""
    for folder in mine.parent.glob(f"{platform.node() or 'machine'}-*"):
        parent, _, began = folder.name[len(platform.node() or "machine") + 1:].partition("-")
        if folder != mine and parent.isdecimal() and _began(int(parent)) != began:
            shutil.rmtree(folder, ignore_errors=True)
