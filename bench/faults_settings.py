"""Settings for what breaks: the product's own, as in production, with static files under their plain names.

Where no small disk can be mounted, FULL_WHEN names a file: as long as it is there, nothing can be written beside what is stored.
"""

import errno
import os
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from lms.settings import *  # noqa: F403
from lms.settings import PRIVATE_ROOT, STORAGES

FULL_WHEN = os.environ.get("FULL_WHEN", "")


class WithoutMigrations:
    """Tables as the models say, at once: running 300 migrations one by one takes a busy machine longer than all scenes of CI."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


if os.environ.get("QUICK_TABLES"):
    MIGRATION_MODULES = WithoutMigrations()


class SmallDisk(FileSystemStorage):
    """Half of a file is written, and then there is no room, as on a disk that is full."""

    def _save(self, name, content):
        if not Path(FULL_WHEN).exists():
            return super()._save(name, content)
        place = Path(self.path(name))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.read(100))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
if FULL_WHEN:
    STORAGES |= {
        "default": {"BACKEND": "bench.faults_settings.SmallDisk"},
        "private": {"BACKEND": "bench.faults_settings.SmallDisk", "OPTIONS": {"location": PRIVATE_ROOT}}}
