"""A province for `bench/coverage.py`: communes, grassroots unions, five people each, their posts, and what they learned; the same each time."""

import random
import time
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from django.db import connection, models

FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"]
MIDDLE = ["Thị", "Văn", "Thị Thu", "Đức", "Minh", "Thị Ngọc", "Hữu", "Thanh", "Quốc", "Thị Kim"]
GIVEN = ["Ân", "Bình", "Châu", "Dũng", "Đào", "Giang", "Hà", "Hạnh", "Khánh", "Lan", "Mai", "Nga", "Oanh", "Phúc", "Quý", "Sơn", "Thảo", "Uyên", "Vân", "Yến"]
BEGAN, CHANGED = date(2024, 1, 1), date(2026, 8, 1)
FIRST_DAY = datetime(2025, 1, 2, 3, 0, tzinfo=UTC)
DAYS = 685
COURSES, WIDEST, PER_COMMUNE = 12, 530, 100
KINDS = [("Chủ tịch", "chair"), ("Phó Chủ tịch", "vice-chair"), ("Ủy viên Ban Chấp hành", "member"), ("Tổ trưởng", "leader"), ("Tổ phó", "deputy")]
AT_ONCE = 20_000


def pour(model: type[models.Model], names: list[str], rows: Iterable[tuple]) -> int:
    """Write rows past the ORM, COPY on PostgreSQL; what is not named has its default, a uuid of its own. Return how many."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    usual = [name for name, field in fields.items() if name not in names and not field.primary_key]
    fixed = [fields[name].get_db_prep_save(fields[name].get_default(), connection) for name in usual]
    own = [place for place, name in enumerate(usual) if isinstance(fields[name], models.UUIDField)]
    given = [fields[name] for name in names]
    columns = [fields[name].column for name in [*names, *usual]]

    def lines() -> Iterator[list]:
        for row in rows:
            rest = list(fixed)
            for place in own:
                rest[place] = fields[usual[place]].get_db_prep_save(uuid.uuid4(), connection)
            yield [field.get_db_prep_save(value, connection) for field, value in zip(given, row, strict=True)] + rest

    return _copy(model._meta.db_table, columns, lines())


def _copy(table: str, columns: list[str], lines: Iterator[list]) -> int:
    names = ", ".join(f'"{column}"' for column in columns)
    count = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for line in lines:
                    copy.write_row(line)
                    count += 1
            return count
        marks = ", ".join("%s" for _column in columns)
        while some := list(islice(lines, AT_ONCE)):
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', some)  # nosec B608 # our own names
            count += len(some)
    return count


def make(units: int, taught: list | None = None) -> dict:
    """Make the province; `taught`: twelve courses that are there already, instead of empty ones."""
    begun, chance = time.perf_counter(), random.Random(6)
    kinds, courses, rules = _lists(taught)
    tree = _units(units, chance)
    people = units * 5
    _people(people, chance)
    posts = _posts(tree, people, kinds, chance)
    enrolments = _learning(people, courses, rules, chance)
    _targets(kinds, courses)
    _set_sequences()
    with connection.cursor() as cursor:
        # What a server in use does by itself at night.
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    return {"people": people, "posts": posts, "enrolments": enrolments, "seconds": time.perf_counter() - begun}


def _lists(taught: list | None) -> tuple[list, list, list]:
    from courses.models import RuleSet
    from courses.selectors import rules_of
    from tests.factories import courses as pages
    from unions.models import PostKind, UnitType

    UnitType.objects.all().delete()
    for rank, name in enumerate(("Liên đoàn Lao động tỉnh", "Công đoàn xã, phường", "Công đoàn cơ sở"), start=1):
        UnitType.objects.create(pk=rank, name=name, rank=rank)
    PostKind.objects.all().delete()
    kinds = [PostKind.objects.create(name=name, slug=slug, rank=rank) for rank, (name, slug) in enumerate(KINDS, start=1)]
    if taught:
        newest = rules_of(course.pk for course in taught)
        return kinds, taught, [newest[course.pk] for course in taught]
    courses = [pages.course(f"Chuyên đề {number:02d}", f"chuyen-de-{number}") for number in range(COURSES)]
    rules = [RuleSet.objects.create(course=course, number=1, digest="0" * 64, steps=[], created_at=FIRST_DAY) for course in courses]
    return kinds, courses, rules


def _units(count: int, chance: random.Random) -> list[tuple[int, str, int]]:
    """A province, a commune for each hundred units (the first with many more), grassroots unions. One in fifty moved on 01/08/2026."""
    from unions.models import Unit, UnitFigures, UnitName, UnitPath, UnitPlacement

    communes = max(count // PER_COMMUNE, 3)
    tree = [(1, "1/", 0, "T", "LĐLĐ tỉnh Tân Hòa", 1)]
    tree += [(2 + each, f"1/{2 + each}/", 1, f"X{each:04d}", f"Công đoàn xã {each:04d}", 2) for each in range(communes)]
    before = {}
    for pk in range(2 + communes, count + 1):
        number = pk - 2 - communes
        parent = 2 + (0 if number < WIDEST else 1 + number % (communes - 1))
        tree.append((pk, f"1/{parent}/{pk}/", parent, f"C{pk:06d}", f"CĐCS Công ty TNHH {pk:06d}", 3))
        if number >= WIDEST and pk % 50 == 0:
            before[pk] = 3 + (parent - 2) % (communes - 1)
    sizes = {row[0]: chance.choice((20, 60, 150, 400, 900, 1500, 4000)) for row in tree}
    pour(Unit, ["id", "path", "code", "name", "search_key", "type", "sector", "members", "workers", "active_from"], (
        (pk, path, code, name, name.lower(), kind, "non_state" if pk % 4 else "state", sizes[pk], sizes[pk], BEGAN) for pk, path, _p, code, name, kind in tree))
    pour(UnitName, ["unit", "name", "valid_from"], ((row[0], row[4], BEGAN) for row in tree))
    pour(UnitFigures, ["unit", "valid_from", "members", "workers"], ((row[0], BEGAN, sizes[row[0]], sizes[row[0]]) for row in tree))
    stood = [(row[0], row[2], row[1], CHANGED if row[0] in before else BEGAN, None) for row in tree]
    stood += [(pk, parent, f"1/{parent}/{pk}/", BEGAN, CHANGED) for pk, parent in before.items()]
    pour(UnitPlacement, ["unit", "parent", "valid_from", "valid_until"], ((pk, parent or None, begins, ends) for pk, parent, _path, begins, ends in stood))
    pour(UnitPath, ["unit", "path", "valid_from", "valid_until"], ((pk, path, begins, ends) for pk, _parent, path, begins, ends in stood))
    return [(row[0], row[1], row[5]) for row in tree]


def _people(count: int, chance: random.Random) -> None:
    from accounts.models import User
    from vietnamese.names import sort_key
    from vietnamese.text import search_key

    def rows() -> Iterator[tuple]:
        for pk in range(1, count + 1):
            family, middle, given = chance.choice(FAMILY), chance.choice(MIDDLE), chance.choice(GIVEN)
            name = f"{family} {middle} {given}"
            gender = "female" if middle.startswith("Thị") else "male"
            yield pk, name, gender, sort_key(name, ""), search_key(name), "!", FIRST_DAY

    User.objects.all().delete()
    pour(User, ["id", "full_name", "gender", "sort_key", "search_key", "password", "joined_at"], rows())


def _posts(tree: list[tuple[int, str, int]], people: int, kinds: list, chance: random.Random) -> int:
    """Five people a unit, from its chair to a deputy group leader; every tenth holds a second post elsewhere, every eighth came after June."""
    from unions.models import Post

    def rows() -> Iterator[tuple]:
        for place, (unit, _path, kind) in enumerate(tree):
            for rank in range(5):
                person = place * 5 + rank + 1
                begins = date(2026, 7, 15) if person % 8 == 0 else BEGAN
                yield person, unit, kinds[rank].pk, kind < 3 or person % 97 == 0, begins
                if person % 10 == 0:
                    second = unit + 1 if person % 20 else chance.randrange(2, len(tree))
                    yield person, tree[min(second, len(tree) - 1)][0], kinds[2].pk, False, date(2025, 3, 1)

    return pour(Post, ["user", "unit", "kind", "full_time", "valid_from"], rows())


def _learning(people: int, courses: list, rules: list, chance: random.Random) -> int:
    """Some 3.3 enrolments a person: seven of ten were there, half of these finished; papers for the first four courses, one in fifty revoked."""
    from certificates.models import Certificate, RegisterEntry, Series
    from learning.models import Completion, Enrolment, OutsideStudy, StepRecord

    enrolled, finished = [], []
    pk = 0
    for person in range(1, people + 1):
        for course in chance.sample(range(COURSES), 3 + (person % 3 == 0)):
            pk += 1
            at = FIRST_DAY + timedelta(days=chance.randrange(DAYS - 40))
            seen = at + timedelta(days=chance.randrange(1, 40)) if chance.random() < 0.7 else None
            enrolled.append((pk, person, courses[course].pk, at, seen))
            if seen and chance.random() < 0.5:
                finished.append((pk, person, course, seen))
    pour(Enrolment, ["id", "user", "course", "enrolled_at", "last_seen_at", "steps_total"], ((*row, 8) for row in enrolled))
    pour(StepRecord, ["enrolment", "page", "opened_at"], ((row[0], row[2], row[3] + timedelta(hours=5)) for row in enrolled if row[4]))
    pour(Completion, ["enrolment", "rule_set", "completed_at"], ((row[0], rules[row[2]].pk, row[3]) for row in finished))
    papers = [row for row in finished if row[2] < 4]
    series = _series()
    pour(Certificate, ["id", "series", "number", "code", "register_number", "user", "course", "issued_at", "snapshot", "state"], (
        (number, series[number % len(series)].pk, number, f"{number:012d}", f"{number}/GCN-CĐ", person, courses[course].pk, at + timedelta(days=1), {},
         "valid" if number % 50 else "revoked") for number, (_pk, person, course, at) in enumerate(papers, start=1)))
    revoked = ((number, "revoked", papers[number - 1][3] + timedelta(days=60)) for number in range(50, len(papers) + 1, 50))
    issued = ((number, "issued", row[3] + timedelta(days=1)) for number, row in enumerate(papers, start=1))
    for entries in (issued, revoked):
        pour(RegisterEntry, ["certificate", "kind", "at"], entries)
    assert Series.objects.count() == len(series)
    pour(OutsideStudy, ["user", "title", "organiser", "ended_on", "state", "counts_as", "entered_by", "entered_at", "decided_at"], (
        (person, "Bồi dưỡng", "Trường Đại học Công đoàn", date(2026, 1 + person % 10, 15), "approved", courses[person % COURSES].pk, person, FIRST_DAY, FIRST_DAY)
        for person in range(1, people + 1, 50)))
    return len(enrolled)


def _series() -> list:
    from certificates.models import Issuer, Series

    issuer = Issuer.objects.create(unit_id=1, name="LĐLĐ tỉnh Tân Hòa", place="Tân Hòa", signer_name="Trần Văn An", is_default=True)
    return [Series.objects.create(issuer=issuer, year=year) for year in (2025, 2026)]


def _targets(kinds: list, courses: list) -> None:
    """Eight targets as the sources have them."""
    from tests.factories.targets import target
    from unions.models import Unit, UnitType

    top, since = Unit.objects.get(code="T"), date(2026, 1, 1)
    target(top, *courses[:3], match="any", from_kind=kinds[4], title="100% cán bộ từ tổ phó công đoàn trở lên")
    target(top, courses[3], need="certificate", full_time=True, title="100% cán bộ chuyên trách có chứng chỉ")
    target(top, *courses[4:8], kinds=[kinds[0]], sector="non_state", title="100% chủ tịch công đoàn ngoài nhà nước, bốn nội dung")
    target(top, courses[4], kinds=[kinds[0]], sector="non_state", members_from=1000, title="Chủ tịch nơi có từ 1.000 đoàn viên")
    target(top, courses[5], kinds=[kinds[0]], sector="non_state", members_below=1000, title="Chủ tịch nơi có dưới 1.000 đoàn viên")
    target(top, courses[0], courses[8], match="any", since=since, title="100% cán bộ các cấp, trong năm")
    women = target(top, courses[9], women_only=True, title="100% nữ cán bộ công đoàn cấp trên cơ sở")
    women.audience.unit_types.set(UnitType.objects.filter(pk__in=[1, 2]))
    target(top, courses[0], need="certificate", new_within_months=6, title="100% cán bộ mới nhận nhiệm vụ")


def _set_sequences() -> None:
    from django.apps import apps
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model for model in apps.get_models() if model._meta.managed]):
            cursor.execute(statement)
