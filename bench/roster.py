"""What a list of cadres costs: a workbook of 50,000 people is read, matched, written; sent again it changes nothing.

    .venv/bin/python bench/roster.py [--rows 50000] [--database sqlite|postgresql]

bench/README.md says how it measures. Everything happens in a temporary folder; the list is the same each time. Each step runs in a process of its own.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import ROOT, environment

UNITS_EACH, WARDS = 10, 20
FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"]
MIDDLE = ["Thị", "Văn", "Thị Thu", "Đức", "Minh", "Thị Ngọc", "Hữu", "Thanh", "Quốc", "Thị Kim"]
GIVEN = ["Ân", "Bình", "Châu", "Dũng", "Đào", "Giang", "Hà", "Hạnh", "Khánh", "Lan", "Mai", "Nga", "Oanh", "Phúc", "Quý", "Sơn", "Thảo", "Uyên", "Vân", "Yến"]
HEAD = ["STT", "Họ và tên", "Nam", "Nữ", "Chức vụ", "Số điện thoại", "Mã đoàn viên", "Email", "Chuyên trách", "Nhiệm kỳ", "Từ ngày", "Số quyết định", "Ghi chú"]
KINDS = ["Chủ tịch", "Phó Chủ tịch", "Ủy viên Ban Chấp hành", "Tổ trưởng công đoàn", "Tổ phó công đoàn"]
LIMIT_SECONDS = 60


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--step", choices=["make", "bring", "again"], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        import django

        django.setup()
        {"make": lambda: make(options.rows, options.file), "bring": lambda: bring(options.file), "again": lambda: bring(options.file, again=True)}[options.step]()
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lms-bench-")))
        run(options, stack, folder)


def run(options, stack: ExitStack, folder: Path) -> None:
    (folder / "static").mkdir()
    env = environment(folder, debug="0")
    if options.database == "postgresql":
        from bench.postgresql import Cluster

        env["DATABASE_URL"] = stack.enter_context(Cluster(folder / "postgresql")).url
    for command in (["migrate", "--verbosity=0"], ["createcachetable", "--verbosity=0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
    print(f"\n{options.rows:,} rows, {options.database}", flush=True)
    for step in ("make", "bring", "again"):
        command = [sys.executable, __file__, "--step", step, "--rows", str(options.rows), "--file", str(folder / "list.xlsx")]
        done = subprocess.run(command, cwd=ROOT, env=env, check=False)
        if done.returncode:
            sys.exit(done.returncode)


def make(count: int, file: Path) -> None:
    """A federation with its wards and grassroots unions, and the list: a heading for each union, its people below it, as offices write them."""
    from xlsxwriter import Workbook

    from tests.factories import unions

    for rank, name in enumerate(KINDS):
        unions.post_kind(name, f"kind-{rank}", rank)
    top = unions.unit("LĐLĐ tỉnh Tân Hòa", "TH")
    wards = [unions.unit(f"Công đoàn phường {number:02d}", f"P{number:02d}", top) for number in range(WARDS)]
    names = [unions.unit(f"CĐCS Công ty TNHH Số {number:03d}", f"C{number:03d}", wards[number % WARDS]).name for number in range(WARDS * UNITS_EACH)]
    with Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Danh sách")
        lines = [["LIÊN ĐOÀN LAO ĐỘNG TỈNH TÂN HÒA"], ["DANH SÁCH CÁN BỘ CÔNG ĐOÀN"], [], HEAD]
        for line, row in enumerate(chain(lines, _people(count, names))):
            sheet.write_row(line, 0, row)


def _people(count: int, units: list[str]):
    chance, each = random.Random(7), -(-count // len(units))
    for number in range(count):
        if number % each == 0:
            yield [f"{number // each + 1}. {units[number // each]}"]
        gender = chance.randrange(2)
        born = date(1965, 1, 1) + timedelta(days=chance.randrange(14_000))
        name = f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}"
        said = born.strftime("%d/%m/%Y") if chance.randrange(4) else str(born.year)
        yield [
            number % each + 1, f"Đ/c {name}" if chance.randrange(3) == 0 else name, "" if gender else said, said if gender else "", chance.choice(KINDS),
            f"9{number:08d}", f"DV{number:06d}", "", "x" if number % 17 == 0 else "", "2023-2028", "01/07/2025", f"{number % 90}/QĐ-CĐ", ""]


def bring(file: Path, *, again: bool = False) -> None:
    from django.db import connection
    from django.utils import timezone

    from unions.models import Post, Unit
    from unions.services.rosters import applying, reading, receiving

    top, begun, cpu = Unit.objects.get(code="TH"), time.perf_counter(), time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with file.open("rb") as opened:
        job = receiving.receive_roster(file=opened, name=file.name, unit=top, on=date(2026, 7, 1), by=None, now=timezone.now())
    job = reading.read_roster(job=job, clock=timezone.now)
    read = time.perf_counter()
    counts = {name: count for name, count in job.counts.items() if name in ("new", "changed", "same", "ask", "refused")}
    if again:
        print(f"  the same again: {read - begun:5.1f} s, {counts}, at most {_memory():,} MB", flush=True)
        return
    job = applying.apply_roster(job=job, by=None, now=timezone.now(), clock=timezone.now)
    done = time.perf_counter()
    print(
        f"  read and matched: {read - begun:5.1f} s\n  written:          {done - read:5.1f} s\n  together:         {done - begun:5.1f} s (at most {LIMIT_SECONDS} s), {time.process_time() - cpu:.1f} s of them this process\n"
        f"  memory: at most {_memory():,} MB, {_memory() - before:,} MB above what it began with\n  {counts}, {Post.objects.count():,} posts, {connection.vendor}", flush=True)


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
