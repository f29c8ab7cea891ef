"""The whole drill with the demonstration: SQLite → PostgreSQL → encrypted backup → a new SQLite site, and a backup of an older state.

    .venv/bin/python scripts/drill.py

Every step is a command that somebody on duty would type. At the end the counts and digests of all tables and files must be equal; it prints them
and ends with 1 when they are not. Takes some minutes: it migrates three new databases.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import postgresql
import pyrage

ROOT = Path(__file__).resolve().parent.parent
# The newest migrations of ours that can be taken back: the state of the last release.
FORMER = [("accounts", "0003"), ("cms", "0001")]
ROW = re.compile(r"^ *(\d+)  ([0-9a-f]{64})  (\w+)$", re.MULTILINE)
NAME = "Drill"


class Site:
    """A site of its own folder and database."""

    def __init__(self, folder: Path, url: str = "", files: Path | None = None, recipient: str = ""):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.env = {**os.environ, "DEBUG": "1", "MAINTENANCE": "1", "SECRET_KEY": "drill-" * 9, "SITE_NAME": NAME, "VAR_DIR": str(folder), "LOG_LEVEL": "WARNING",
                    "DATABASE_URL": url or f"sqlite:///{folder / 'db.sqlite3'}", "BACKUP_RECIPIENT": recipient, "BACKUP_DIR": str(folder / "backups"),
                    "MEDIA_ROOT": str((files or folder) / "media"), "PRIVATE_ROOT": str((files or folder) / "private")}

    def manage(self, *words: str) -> str:
        print(f"· {self.folder.name}: {' '.join(words)}", file=sys.stderr, flush=True)
        done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{' '.join(words)} failed:\n{done.stderr[-3000:]}")
        return done.stdout

    def backup(self) -> Path:
        return Path(self.manage("backup").splitlines()[0])


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lms-drill-")))
        folder.chmod(0o755)
        url = stack.enter_context(postgresql.server(folder / "postgresql"))
        subprocess.run([postgresql.programs() / "createdb", "-h", folder / "postgresql", "-U", "lms", "lms"], check=True)
        key = pyrage.x25519.Identity.generate()
        (folder / "key").write_text(f"{key}\n")
        first = Site(folder / "first")
        first.manage("migrate", "--verbosity=0")
        empty = folder / "empty.sqlite3"
        shutil.copyfile(folder / "first" / "db.sqlite3", empty)
        first.manage("demo", "--small")
        moved = first.manage("move_database", "--to", url)
        second = Site(folder / "second", url, files=first.folder, recipient=str(key.to_public()))
        checked = second.manage("check_backup", str(path := second.backup()), "--identity", str(folder / "key"), "--verbosity=2")
        third = Site(folder / "third")
        shutil.copyfile(empty, folder / "third" / "db.sqlite3")
        restored = third.manage("restore", str(path), "--identity", str(folder / "key"))
        again = third.manage("check_backup", str(third.backup()), "--verbosity=2")
        compare(moved, checked, restored, again)
        older(folder, first, empty)


def compare(moved: str, *others: str) -> None:
    """Hold the tables of every step against those that were moved."""
    first = {table: (rows, digest) for rows, digest, table in ROW.findall(moved)}
    for text in others:
        found = {table: (rows, digest) for rows, digest, table in ROW.findall(text)}
        if wrong := [table for table in found if found[table] != first[table]] or not found:
            sys.exit(f"Not equal: {wrong}")
    for table, (rows, digest) in found.items():
        print(f"{rows:>10}  {digest}  {table}")
    print(summary(others[-1]))


def older(folder: Path, first: Site, empty: Path) -> None:
    """Back up a site in a former state of the migrations, and restore it with today's program."""
    former, target = Site(folder / "former", files=first.folder), Site(folder / "target")
    shutil.copyfile(folder / "first" / "db.sqlite3", folder / "former" / "db.sqlite3")
    for state in FORMER:
        former.manage("migrate", "--verbosity=0", *state)
    path = former.backup()
    shutil.copyfile(empty, folder / "target" / "db.sqlite3")
    target.manage("restore", str(path))
    target.manage("migrate", "--check")
    print(summary(target.manage("check_backup", str(target.backup()))))


def summary(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("Whole"))


if __name__ == "__main__":
    main()
