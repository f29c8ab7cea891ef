"""Who was erased, remembered apart from the database: a restore brings the rows of another day back, and must not bring people back with them.

Keeps true: only uuids and days, no names, only added to. A small file an erasure lies in the private storage, which every process reaches; each backup
copies all of them into its manifest and into a list beside it, so that they go where the backups go.
"""

import json
import os
import re
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.models import ERASED_DOMAIN, User
from accounts.services.erasing import ERASED, erase_person
from accounts.signals import person_erased

FOLDER, LIST = "erased", "erased.jsonl"
_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})_([0-9a-f]{32})")
AT_ONCE = 500
# Written into the register and the log, so in Vietnamese.
AGAIN = "Đã xóa ngày %s; xóa lại sau khi phục hồi bản sao lưu của ngày trước"

Erased = dict[UUID, date]


@receiver(person_erased)
def remember_erasure(sender, user: User, now: datetime, **kwargs) -> None:
    """Raises when the storage is away: the sender notes that not everybody has heard it, and the clock sends it again."""
    remember({user.uuid: timezone.localdate(now)})


def remember(erased: Erased) -> None:
    """Lay whoever is not there yet into the private storage. One listing, and a small file each. Safe to call twice."""
    known = in_storage() if erased else {}
    for uuid, day in erased.items():
        if uuid not in known:
            storages["private"].save(f"{FOLDER}/{day:%Y-%m-%d}_{uuid.hex}", ContentFile(b"\n"))


def in_storage() -> Erased:
    """Return who was erased by the private storage. One listing."""
    try:
        _folders, names = storages["private"].listdir(FOLDER)
    except FileNotFoundError:
        return {}
    found = (match.groups() for name in names if (match := _NAME.match(name)))
    return merged((UUID(uuid), date.fromisoformat(day)) for day, uuid in found)


def in_list(folder: Path) -> Erased:
    """Return who was erased by the list that lies beside the backups of a folder; a line that was cut off is left out."""
    try:
        lines = (folder / LIST).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return merged(row for line in lines if (row := _row(line)))


def _row(line: str) -> tuple[UUID, date] | None:
    try:
        uuid, day = json.loads(line)
        return UUID(uuid), date.fromisoformat(day)
    except (ValueError, TypeError, AttributeError):
        return None


def in_database() -> Erased:
    """Return who was erased by the rows of this site; a former version remembered them nowhere else. Two queries, none where there are no tables."""
    if not {User._meta.db_table, ModelLogEntry._meta.db_table} <= set(connection.introspection.table_names()):
        return {}
    days = dict(ModelLogEntry.objects.filter(action=ERASED).order_by("-timestamp").values_list("object_id", "timestamp"))
    rows = User.objects.filter(email__endswith=f"@{ERASED_DOMAIN}").values_list("pk", "uuid", "joined_at")
    return {uuid: timezone.localdate(days.get(str(pk), joined_at)) for pk, uuid, joined_at in rows}


def in_manifest(manifest: dict) -> Erased:
    """Return who was erased by the manifest of a backup; one of a former version says nothing."""
    return merged((UUID(uuid), date.fromisoformat(day)) for uuid, day in manifest.get("erased", []))


def merged(rows: Iterable[tuple[UUID, date]]) -> Erased:
    """Return each of them once, with the first day."""
    found: Erased = {}
    for uuid, day in rows:
        found[uuid] = min(day, found.get(uuid, day))
    return found


def known(*erased: Erased) -> Erased:
    """Return whoever was erased by any of these."""
    return merged(row for found in erased for row in found.items())


def told(erased: Erased) -> list[list[str]]:
    """Return what stands of them in a manifest or a list, in the order of days."""
    return [[str(uuid), day.isoformat()] for day, uuid in sorted((day, uuid) for uuid, day in erased.items())]


def add_to_list(folder: Path, erased: Erased) -> None:
    """Add whoever is missing to the list beside the backups of this folder, for its owner alone; without anybody there is none.

    :raises OSError: when it cannot be written.
    """
    there = in_list(folder)
    missing = {uuid: day for uuid, day in erased.items() if uuid not in there}
    if not missing:
        return
    descriptor = os.open(folder / LIST, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        # A line that a full disk has cut off ends here.
        file.write("".join(f"\n{json.dumps(row)}" for row in told(missing)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def erase_again(erased: Erased, *, now: datetime) -> int:
    """Erase whoever of these a restore has brought back, as the first time, and return how many people that were. Safe to call twice.

    A query for every few hundred of them, and what an erasure takes for each who is back.
    """
    count, uuids = 0, list(erased)
    for begin in range(0, len(uuids), AT_ONCE):
        for person in User.objects.filter(uuid__in=uuids[begin:begin + AT_ONCE]):
            if not person.is_erased:
                erase_person(user=person, by=None, now=now, reason=AGAIN % f"{erased[person.uuid]:%d/%m/%Y}")
                count += 1
    return count
