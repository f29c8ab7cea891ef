"""A PostgreSQL server for measuring, with the durability of production: what it has confirmed, it has on disk."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import postgresql as ours  # noqa: E402 - plain scripts, no package
from processes import Family  # noqa: E402

OPTIONS = ["max_connections=120", "listen_addresses="]


class Cluster:
    """Stopped when its `with` is left. A folder that holds one already is started as it was left."""

    def __init__(self, folder: Path):
        self.folder, self.data = folder, folder / "data"
        self.url = f"postgres://lms@/{folder}/lms"

    def __enter__(self) -> "Cluster":
        if ours.programs() is None:
            sys.exit("PostgreSQL is missing: apt-get install postgresql-15")
        self.owner = ours._owner()
        if self.data.exists():
            self.start()
            self.until_ready()
            return self
        self.folder.mkdir()
        if self.owner:
            shutil.chown(self.folder, **self.owner)
            self.folder.parent.chmod(0o755)
        self._run("initdb", "-D", self.data, "-U", "lms", "--auth=trust", "--encoding=UTF8", "--no-locale")
        self.start()
        self.until_ready()
        self._run("createdb", "-h", self.folder, "-U", "lms", "lms")
        return self

    def __exit__(self, *error) -> None:
        self.family.stop()

    def start(self) -> None:
        self.family, log = Family(), self.folder / "log"
        options = [part for option in OPTIONS for part in ("-c", option)]
        with log.open("ab") as output:
            self.family.start(
                "PostgreSQL", [ours.programs() / "postgres", "-D", self.data, "-k", self.folder, *options], cwd=self.folder,
                stdout=output, stderr=output, **self.owner)
        ours._wait(self.folder / ".s.PGSQL.5432", self.family, log)

    def until_ready(self) -> None:
        """The socket is there before the server lets anybody in."""
        for _try in range(300):
            if not subprocess.run([ours.programs() / "pg_isready", "-q", "-h", self.folder], check=False).returncode:
                return
            time.sleep(0.2)

    def restart(self) -> None:
        """Stop at once, without saying good-bye to anybody, and start again: it has to recover from its log."""
        import signal

        self.family.stop(signal.SIGQUIT)
        with contextlib.suppress(FileNotFoundError):
            (self.folder / ".s.PGSQL.5432").unlink()
        self.start()

    def cpu_seconds(self) -> float:
        """Return the CPU time of the server: its own, that of connections which are open, and that of those which ended."""
        head, ticks = self.family.children["PostgreSQL"].pid, 0
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                values = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(folder.name) == head:
                    ticks += sum(int(value) for value in values[11:15])
                elif int(values[1]) == head:
                    ticks += int(values[11]) + int(values[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def _run(self, program: str, *arguments) -> None:
        done = subprocess.run([ours.programs() / program, *arguments], cwd="/", check=False, capture_output=True, text=True, **self.owner)
        if done.returncode:
            sys.exit(f"{program} failed: {done.stderr.strip()}")
