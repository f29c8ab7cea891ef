"""What the register costs: its list, search and filters at 500,000 certificates, as a browser asks for them.

    .venv/bin/python bench/register.py [--certificates 500000] [--database sqlite|postgresql] [--requests 20] [--export]

bench/README.md says how it measures. Everything happens in a temporary folder; rows are made in bulk, without files.
"""

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import ROOT, environment

AT_ONCE = 5_000
ISSUERS, YEARS, UNITS, COURSES, PEOPLE = 20, 5, 500, 20, 50_000
FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"]
MIDDLE = ["Thị", "Văn", "Thị Thu", "Đức", "Minh", "Thị Ngọc", "Hữu", "Thanh", "Quốc", "Thị Kim"]
GIVEN = ["Ân", "Bình", "Châu", "Dũng", "Đào", "Giang", "Hà", "Hạnh", "Khánh", "Lan", "Mai", "Nga", "Oanh", "Phúc", "Quý", "Sơn", "Thảo", "Uyên", "Vân", "Yến"]


_drawn: set[str] = set()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificates", type=int, default=500_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--requests", type=int, default=20)
    parser.add_argument("--export", action="store_true", help="write the register as a workbook, too, and a book of some thousand lines as a PDF")
    parser.add_argument("--step", choices=["make", "list", "export"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        import django

        django.setup()
        {"make": lambda: make(options.certificates), "list": lambda: measure(options.requests), "export": export}[options.step]()
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
    steps = ["make", "list", "export"] if options.export else ["make", "list"]
    for step in steps:
        command = [sys.executable, __file__, "--step", step, "--certificates", str(options.certificates), "--requests", str(options.requests)]
        done = subprocess.run(command, cwd=ROOT, env=env, check=False)
        if done.returncode:
            sys.exit(done.returncode)


def make(count: int) -> None:
    """Issuers, units, courses, people and certificates of five years; one in fifty revoked, a tenth with an end, one in a hundred brought in."""
    from django.db import connection

    from tests.factories import accounts, courses, unions
    from unions.models import Unit

    begun, chance = time.perf_counter(), random.Random(5)
    top = unions.unit("LĐLĐ tỉnh Tân Hòa", "TH")
    series = _series(top)
    units = list(Unit.objects.filter(path__startswith=top.path).values_list("pk", "name"))
    taught = [courses.course(f"Bồi dưỡng {number:02d}: thương lượng tập thể và đối thoại", f"khoa-{number}") for number in range(COURSES)]
    people = _people()
    keeper = accounts.person("Phạm Thị Giữ", "giu@example.org")
    unions.role(keeper, series[0].issuer.unit)
    root = accounts.person("Trần Văn Xem", "xem@example.org")
    unions.role(root, top)
    numbers = dict.fromkeys((one.pk for one in series), 0)
    for start in range(0, count, AT_ONCE):
        _write(range(start, min(count, start + AT_ONCE)), series, units, taught, people, numbers, chance)
    for one in series:
        one.taken = numbers[one.pk]
        one.save(update_fields=["taken"])
    with connection.cursor() as cursor:
        # What a server in use does by itself at night.
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    print(f"\n{count:,} certificates in {time.perf_counter() - begun:.0f} s, {connection.vendor}", flush=True)


def _series(top) -> list:
    from certificates.models import Issuer, Series
    from tests.factories import unions

    wards = [unions.unit(f"Công đoàn phường {number:02d}", f"P{number:02d}", top) for number in range(ISSUERS)]
    for number in range(UNITS):
        unions.unit(f"CĐCS Công ty TNHH {number:03d}", f"C{number:03d}", wards[number % ISSUERS])
    issuers = [Issuer.objects.create(unit=ward, name=ward.name, place="Tân Lập", signer_name="Trần Văn An", is_default=not place) for place, ward in enumerate(wards)]
    return [Series.objects.create(issuer=issuer, year=2022 + year) for issuer in issuers for year in range(YEARS)]


def _people() -> list[tuple[int, str]]:
    from accounts.models import User
    from vietnamese.names import sort_key

    names = [f"{FAMILY[number % 16]} {MIDDLE[number // 16 % 10]} {GIVEN[number // 7 % 20]}" for number in range(PEOPLE)]
    User.objects.bulk_create(
        [User(full_name=name, email=f"p{number}@example.org", sort_key=sort_key(name)) for number, name in enumerate(names)], batch_size=AT_ONCE)
    return list(User.objects.filter(email__startswith="p").values_list("pk", "full_name"))


def _write(numbers: range, series, units, taught, people, taken: dict[int, int], chance: random.Random) -> None:
    from certificates.models import Certificate, RegisterEntry

    rows = [_row(number, series[number % len(series)], units, taught, people, taken, chance) for number in numbers]
    Certificate.objects.bulk_create(rows)
    RegisterEntry.objects.bulk_create([RegisterEntry(certificate=row, kind="issued", at=row.issued_at) for row in rows])


def _row(number: int, series, units, taught, people, taken: dict[int, int], chance: random.Random):
    from django.utils import timezone

    from certificates import codes, snapshots
    from certificates.models import Certificate
    from vietnamese.names import sort_key

    taken[series.pk] += 1
    (user, name), (unit, unit_name), course = people[number % len(people)], chance.choice(units), taught[number // len(people) % len(taught)]
    day = timezone.datetime(series.year, chance.randint(1, 12), chance.randint(1, 28), 3, chance.randrange(60), chance.randrange(60), tzinfo=timezone.get_default_timezone())
    while (code := codes.new_code()) in _drawn:
        pass
    _drawn.add(code)
    at, printed = taken[series.pk], f"{taken[series.pk]:03d}/GCN-CĐ"
    snapshot = {
        "name": name, "given_name": "", "name_key": sort_key(name), "born_on": "1988-02-05", "gender": "female", "unit": unit_name, "post": "Chủ tịch",
        "course": course.title, "hours": "8", "begun_on": f"{day - timedelta(days=18):%Y-%m-%d}", "ended_on": f"{day:%Y-%m-%d}", "grade": "Giỏi",
        "register_number": printed, "register_entry": f"{at:04d}/{series.year}", "code": code, "issuer": series.issuer.name, "decision_number": "15/QĐ-CĐ",
        "decision_on": f"{day:%Y-%m-%d}", "issued_on": f"{day:%Y-%m-%d}", "payload": "7" * 400, "signers": [{"lines": ["TM. BAN CHẤP HÀNH"], "name": "Trần Văn An"}]}
    return Certificate(
        code=code, series=series, number=at, register_number=printed, user_id=user, course=course, unit_id=unit, cycle=number // (len(people) * len(taught)) + 1,
        state="revoked" if number % 50 == 0 else "valid", snapshot=snapshot, search_key=snapshots.search_key_of(snapshot), issued_at=day,
        pdf="" if number % 100 == 1 else f"certificates/{series.year}/{number}.pdf",
        valid_until=(day + timedelta(days=730)).date() if number % 10 == 0 else None)


def measure(requests: int) -> None:
    """Ask each address, the first time unmeasured, and print queries, p50 and p95 in ms as the client waits."""
    from django.test import Client

    from accounts.models import User
    from certificates.models import Certificate

    code = Certificate.objects.order_by("-pk").values_list("code", flat=True)[0]
    for email, words in (("xem@example.org", "reads all 20 registers"), ("giu@example.org", "keeps one")):
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(User.objects.get(email=email))
        print(f"\n{words:<58}{'queries':>8}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}", flush=True)
        for label, query in addresses(code, client):
            client.get(query)
            count, spent, cpu = counted(client, query), [], time.process_time()
            for _again in range(requests):
                begun = time.perf_counter()
                assert client.get(query).status_code == 200
                spent.append((time.perf_counter() - begun) * 1000)
            cpu = (time.process_time() - cpu) * 1000 / requests
            spent.sort()
            print(f"{label:<58}{count:>8}{spent[len(spent) // 2]:>9.0f}{spent[int(len(spent) * 0.95) - 1]:>9.0f}{cpu:>9.0f}", flush=True)


def counted(client, query: str) -> int:
    """Return how many statements a request makes."""
    from django.db import connection

    statements = []

    def note(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        client.get(query)
    return len(statements)


def addresses(code: str, client) -> list[tuple[str, str]]:
    from unions.models import Unit

    base = "/dao-tao/so-goc/"
    pages = [base]
    for _leaf in range(5):
        later = re.search(r"sau=([0-9a-f-]{36})", client.get(pages[-1]).content.decode())
        pages.append(f"{base}?sau={later[1]}")
    ward = Unit.objects.get(code="P07").uuid
    asked = {
        "first page, latest first": "", "by number": "sort=number", "by name": "sort=name", "earliest first": "sort=day",
        "search: a common name": "q=nguyen+thi+mai", "search: a rare one": "q=ly+quoc+yen+thuong+luong", "search: nobody": "q=khong+co+ai+ten+nay",
        "search: number and year": "q=0042/2024", "search: bare number": "q=42", "search: code": f"q={code}", "search: common name, by name": "q=nguyen&sort=name",
        "unit and all below": f"unit={ward}", "unit, by name": f"unit={ward}&sort=name", "course": "course=khoa-3", "one year": "year=2024", "one year, by number": "year=2024&sort=number",
        "one issuer": f"issuer={ward}", "valid": "state=valid", "revoked": "state=revoked", "expired": "state=expired", "ends within 60 days": "state=ending",
        "a week": "since=01/06/2024&until=07/06/2024", "brought in": "origin=brought", "brought in, by number": "origin=brought&sort=number",
        "everything at once": f"q=nguyen&unit={ward}&course=khoa-3&year=2024&state=valid&origin=here&sort=name",
    }
    return [("fifth page", pages[-1]), *((label, f"{base}?{query}") for label, query in asked.items())]


def export() -> None:
    """Write the register as files for whoever reads all of it: seconds, bytes and how much memory the process took at most."""
    import tempfile as files

    from django.utils import timezone

    from accounts.models import User
    from certificates.models import Printout
    from certificates.services import register_exports

    by, now = User.objects.get(email="xem@example.org"), timezone.now()
    for kind, filters, write in (
        ("reg-pdf", {"year": "2024", "course": "khoa-3"}, register_exports.write_register), ("reg-xlsx", {}, register_exports.write_register_sheet)):
        printout = Printout.objects.create(kind=kind, by=by, made_at=now, filters=filters)
        total, begun = [0], time.perf_counter()
        with files.TemporaryFile() as out:
            write(printout, out, lambda done, all_of_it, total=total: total.__setitem__(0, all_of_it))
            size = out.seek(0, 2)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"kind": kind, "lines": total[0], "seconds": round(time.perf_counter() - begun, 1), "MB": round(size / 1e6, 1), "peak MB": round(peak)}), flush=True)


if __name__ == "__main__":
    main()
