"""How long two unions with 10,000 people each take to become one, what the undo takes, and whether it gives every row back.

    .venv/bin/python bench/merging.py [--people 10000] [--children 100] [--around 5000] [--database postgresql sqlite]

Into a new union and, after the undo, into one of the two, with posts and roles carried on. One transaction each; what is told after the commit is
counted. `--around`: other unions of the same province, with five people each. bench/README.md says more.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.certificates import FAMILY, GIVEN, MIDDLE, site_environment, url_of  # noqa: E402 - the path has to be there first

# What was promised for two unions of 10,000.
PEOPLE, SECONDS = 10_000, 5.0
NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)
DAY, LONG_AGO = date(2026, 7, 1), date(2021, 7, 1)
AT_ONCE = 2000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--children", type=int, default=100)
    parser.add_argument("--around", type=int, default=5000)
    parser.add_argument("--database", nargs="+", default=["postgresql", "sqlite"], choices=["postgresql", "sqlite"])
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        return step(*asked.step)
    broken = 0
    for name in asked.database:
        with tempfile.TemporaryDirectory(prefix="lms-bench-") as folder, contextlib.ExitStack() as stack:
            site = Path(folder, name)
            environment = site_environment(site, url_of(Path(folder), name, name == "postgresql", stack))
            said = run_step(environment, "measure", str(asked.people), str(asked.children), str(asked.around))
            broken += told(name, asked.people, said)
    return broken


def told(name: str, people: int, said: dict) -> int:
    """Print what was measured; return how many promises were broken."""
    broken = 0
    print(f"{name}: two unions of {people:,} people and {said['children']:,} unions below, in a tree of {said['units']:,}; load {os.getloadavg()[0]:.1f}")
    for kind, one in said["merges"].items():
        print(f"  {kind}: looked at in {one['plan']:.2f} s, merged in {one['merge']:.2f} s ({one['queries']} queries in one transaction, {one['kilobytes']:,.0f} KB "
              f"kept for the undo), undone in {one['undo']:.2f} s; {one['posts']:,} posts ended, {one['carried']:,} carried on; "
              f"{one['compared']:,} rows compared, {one['different']} differ")
        broken += bool(one["different"]) + (people >= PEOPLE and one["merge"] > SECONDS)
    return broken


def run_step(environment: dict, *what: str) -> dict:
    done = subprocess.run([sys.executable, __file__, "--step", *what], env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"the step failed: {what}")
    return json.loads(done.stdout.splitlines()[-1])


def step(kind: str, *what: str) -> int:
    import django

    django.setup()
    print(json.dumps({"measure": measure}[kind](*map(int, what))))
    return 0


def measure(people: int, children: int, around: int) -> dict:
    from django.core.management import call_command

    from unions.models import Unit
    from unions.services import changes

    call_command("migrate", verbosity=0, stdout=sys.stderr)
    province, one, other = make(people, children, around)
    new = changes.NewUnit("X", "Công đoàn các khu công nghiệp", one.type, province)
    merges = {"into a new one": new, "into one of them": other}
    found = {kind: measure_one(changes.Merge((one, other), into, carries_roles=True)) for kind, into in merges.items()}
    return {"merges": found, "units": Unit.objects.count(), "children": 2 * children}


def measure_one(merge) -> dict:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from unions.services import changes

    before, decision = rows(), changes.Decision(DAY, "Sắp xếp lại tổ chức", "12/QĐ-LĐLĐ")
    begun = time.perf_counter()
    plan = changes.plan_merge(merge=merge, on=DAY, now=NOW)
    looked = time.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        change = changes.merge_units(merge=merge, decision=decision, by=None, now=NOW, seen=plan.digest)
    merged = time.perf_counter()
    changes.undo_change(change=change, by=None, now=NOW)
    undone, after = time.perf_counter(), rows()
    return {
        "plan": looked - begun, "merge": merged - looked, "undo": undone - merged, "queries": len(asked), "kilobytes": len(json.dumps(change.rows)) / 1000,
        **change.counts, "compared": sum(map(len, before.values())), "different": sum(len(set(before[name]) ^ set(after[name])) for name in before)}


def rows() -> dict[str, list]:
    from django.apps import apps

    models = ("Unit", "UnitName", "UnitPlacement", "UnitPath", "UnitFigures", "Post", "RoleGrant", "Unit_successors")
    return {name: list(apps.get_model("unions", name).objects.values_list()) for name in models}


def make(people: int, children: int, around: int):
    from unions.models import UnitType
    from unions.services.units import create_unit

    kind = UnitType.objects.create(name="Công đoàn cấp trên")
    province = create_unit(code="TH", name="LĐLĐ tỉnh Tân Hòa", type=kind, active_from=LONG_AGO)
    pair = [create_unit(code=code, name=f"LĐLĐ huyện {code}", type=kind, active_from=LONG_AGO, parent=province, members=people) for code in ("HB", "HN")]
    below = [unit for parent in pair for unit in make_units(kind, parent, children)]
    others = make_units(kind, province, around)
    hold_posts([(unit, people) for unit in pair] + [(unit, 5) for unit in (*below, *others)])
    return province, *pair


def make_units(kind, parent, count: int) -> list:
    from unions.models import Unit, UnitName, UnitPath, UnitPlacement

    units = Unit.objects.bulk_create([
        Unit(code=f"{parent.code}{number:05d}", name=f"CĐCS {parent.code} {number}", search_key=f"cdcs {number}", type=kind, active_from=LONG_AGO,
             path=f"new-{parent.pk}-{number}") for number in range(count)], batch_size=AT_ONCE)
    for unit in units:
        unit.path = f"{parent.path}{unit.pk}/"
    Unit.objects.bulk_update(units, ["path"], batch_size=500)
    for model, values in ((UnitName, lambda unit: {"name": unit.name}), (UnitPlacement, lambda unit: {"parent": parent}), (UnitPath, lambda unit: {"path": unit.path})):
        model.objects.bulk_create([model(unit=unit, valid_from=LONG_AGO, **values(unit)) for unit in units], batch_size=AT_ONCE)
    return units


def hold_posts(asked: list[tuple]) -> None:
    """Everybody holds one post, one in twenty another one beside it, and one in a hundred looks after the unit."""
    from accounts.models import User
    from unions.enums import Role
    from unions.models import Post, PostKind, RoleGrant

    kinds = [PostKind.objects.create(slug=f"k{rank}", name=f"Chức danh {rank}", rank=rank) for rank in range(1, 10)]
    number = 0
    for unit, count in asked:
        made = []
        for place in range(number, number + count):
            name = f"{FAMILY[place % 12]} {MIDDLE[place % 10]} {GIVEN[place % 15]}"
            made.append(User(full_name=name, phone=f"+849{place:08d}", password="!", sort_key=name, search_key=name.lower()))
        number += count
        made = User.objects.bulk_create(made, batch_size=AT_ONCE)
        posts = [Post(user=user, unit=unit, kind=kinds[place % 9], valid_from=LONG_AGO) for place, user in enumerate(made)]
        posts += [Post(user=user, unit=unit, kind=kinds[(place + 1) % 9], valid_from=LONG_AGO) for place, user in enumerate(made) if place % 20 == 0]
        Post.objects.bulk_create(posts, batch_size=AT_ONCE)
        RoleGrant.objects.bulk_create([
            RoleGrant(user=user, unit=unit, role=Role.TRAINING_ADMIN, granted_at=NOW) for place, user in enumerate(made) if place % 100 == 99])


if __name__ == "__main__":
    sys.exit(main())
