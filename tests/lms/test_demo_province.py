"""The invented province: the same people each time, with a history that can be asked of any day."""

from collections import Counter
from datetime import date

from django.db.models import F, Max, Min

from accounts.models import User
from learning.models import AssignmentRule, Completion, Enrolment, OutsideStudy, StepRecord
from lms.demo.filling import load_province
from lms.demo.goals import load_goals
from lms.demo.people import load_officers, load_units, read_people
from lms.demo.province import COUNT, make_province, read_province
from tests.factories import courses
from training.models import Scheme, Target
from unions.enums import ChangeKind
from unions.models import Post, PostKind, RoleGrant, Unit, UnitChange, UnitName, UnitPath
from unions.selectors import unit_of
from unions.selectors.audiences import people_meant

BEFORE, AFTER, TODAY = date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 20)


def test_the_same_people_are_made_each_time_and_nobody_is_called_like_the_cast():
    data = read_province()
    made = make_province(data, set())
    assert made == make_province(read_province(), set())
    assert len(made.people) == len({person.code for person in made.people}) == COUNT == 800
    taken = {person.name for person in made.people[:40]}
    assert not taken & {person.name for person in make_province(data, taken).people}


def test_people_are_as_offices_know_them():
    made = make_province(read_province(), set())
    people = {person.code: person for person in made.people}
    now = Counter(post.person for post in made.posts if post.until is None)
    assert sum(person.email is None for person in made.people) > 600 and sum(person.phone is None for person in made.people) > 80
    assert sum(person.birth_year is None for person in made.people) > 200
    assert {people[post.person].gender for post in made.posts if post.kind == "truong-ban-nu-cong"} == {"female"}
    assert all(("Thị" in person.name.split()) <= (person.gender == "female") for person in made.people)
    assert sum(count > 1 for count in now.values()) > 40 and any(post.full_time for post in made.posts)
    assert sum(post.kind == "chu-tich" and post.since.year == 2026 for post in made.posts) == 14
    assert len(people.keys() - now.keys()) > 20, "some only held a post before"
    seen = {study.person for study in made.studies if not study.is_elsewhere}
    assert 0.3 < len(now.keys() - seen) / len(now) < 0.45, "many have never signed in"


def test_the_province_is_loaded_once_with_its_history_its_targets_and_its_offices(db, administrator, now):
    data = read_people()
    load_units(data)
    for code in ("KH01", "KH02", "KH03"):
        courses.small_course(code=code, slug=code.lower())
    taken = {row["name"] for row in data["people"]}
    assert [load_province(read_province(), taken=taken, by=administrator, now=now) for _time in range(2)] == [800, 0]
    _a_former_day_has_its_own_tree()
    _two_unions_became_one_in_2025()
    _dated_rows_follow_each_other_without_gap()
    _what_people_learnt_is_whole(now)
    _targets_rules_and_roles_come_once(administrator, now)


def _a_former_day_has_its_own_tree() -> None:
    district = Unit.objects.get(code="TH-HTL")
    then = UnitPath.objects.on(BEFORE).under_paths([district.path])
    codes = set(then.values_list("unit__code", flat=True))
    assert {"TH-HTL", "TH-TL-HB", "TH-BG-BB", "TH-KCN-BM"} <= codes and not codes & {"TH-TL", "TH-BG", "TH-KP-AP"}
    assert set(UnitPath.objects.on(AFTER).under_paths([district.path])) == set()
    company = Unit.objects.get(code="TH-TL-HB")
    assert [company.placements.on(day).get().parent.code for day in (BEFORE, AFTER)] == ["TH-HTL", "TH-TL"]
    assert {unit.code for unit in district.successors.all()} == {"TH-TL", "TH-TT", "TH-BG", "TH-DV"}
    assert (district.active_until, Post.objects.on(AFTER).filter(unit=district).count()) == (AFTER, 0)
    assert Post.objects.on(BEFORE).filter(unit=district, full_time=True).count() == 6


def _two_unions_became_one_in_2025() -> None:
    heir = Unit.objects.get(code="TH-BG-IB")
    former = Unit.objects.filter(code__in=["TH-BG-BB", "TH-BG-IN"])
    assert set(heir.predecessors.all()) == set(former)
    assert {unit.active_until for unit in former} == {heir.active_from} == {date(2025, 10, 1)}
    eve = Post.objects.on(date(2025, 9, 30)).filter(unit__in=former)
    chair = eve.get(unit__code="TH-BG-BB", kind__slug="chu-tich").user
    assert [unit_of(chair, day).unit_id for day in (date(2025, 9, 30), TODAY)] == [former.get(code="TH-BG-BB").pk, heir.pk]
    assert set(UnitChange.objects.get(kind=ChangeKind.MERGE).units.all()) == {heir, *former}
    shoes = Unit.objects.get(code="TH-KCN-SV")
    assert [UnitName.objects.on(day).get(unit=shoes).name.split()[3] for day in (BEFORE, TODAY)] == ["TNHH", "Cổ"]


def _dated_rows_follow_each_other_without_gap() -> None:
    for unit in Unit.objects.prefetch_related("names", "placements", "paths", "figures"):
        for rows in (unit.names.all(), unit.placements.all(), unit.paths.all()):
            rows = sorted(rows, key=lambda row: row.valid_from)
            assert (rows[0].valid_from, rows[-1].valid_until) == (unit.active_from, unit.active_until), unit
            assert [row.valid_until for row in rows[:-1]] == [row.valid_from for row in rows[1:]], unit
        assert max(unit.paths.all(), key=lambda row: row.valid_from).path == unit.path
        assert unit.figures.all()[0].members == unit.members if unit.members else True
    assert not Post.objects.filter(unit__active_until__isnull=False, valid_until__isnull=True).exists()


def _what_people_learnt_is_whole(now) -> None:
    assert Completion.objects.count() == Enrolment.objects.filter(steps_done=F("steps_total")).count() > 500
    assert StepRecord.objects.count() == sum(Enrolment.objects.values_list("steps_done", flat=True))
    ends = Completion.objects.aggregate(first=Min("completed_at"), latest=Max("completed_at"))
    assert ends["first"].year == 2025 and ends["latest"] < now and not Enrolment.objects.filter(enrolled_at__gt=F("last_seen_at")).exists()
    assert set(User.objects.filter(last_login__isnull=False)) == set(User.objects.filter(enrolments__isnull=False))
    assert OutsideStudy.objects.filter(state="approved", counts_as__isnull=False).count() == OutsideStudy.objects.count() > 50


def _targets_rules_and_roles_come_once(by: User, now) -> None:
    made = [load_goals(by=by, now=now) for _time in range(2)]
    for _time in range(2):
        load_officers(read_people(), now=now)
    assert [len(rules) for rules in made] == [3, 0]
    assert (Scheme.objects.count(), Target.objects.count(), AssignmentRule.objects.count(), RoleGrant.objects.count()) == (1, 10, 3, 2)
    counts = {target.title: people_meant(target.audience, Unit.objects.all(), TODAY).count() for target in Target.objects.all()}
    assert min(counts.values()) >= 5 and max(counts.values()) > 600


def test_a_shorter_list_of_posts_takes_the_order_of_the_whole(db):
    for rank, (slug, name) in enumerate({"chu-tich": "Chủ tịch", "pho-chu-tich": "Phó Chủ tịch", "uy-vien-bch": "Ủy viên", "to-truong": "Tổ trưởng",
                                         "to-pho": "Tổ phó"}.items()):
        PostKind.objects.create(slug=slug, name=name, rank=rank)
    PostKind.objects.create(slug="nu-cong", name="Trưởng ban Nữ công", rank=9)
    data = read_people()
    load_units(data)
    order = list(PostKind.objects.order_by("rank", "pk").values_list("slug", flat=True))
    assert [slug for slug in order if slug != "nu-cong"] == [row["slug"] for row in data["posts"] if row["slug"] != "truong-ban-nu-cong"]
    PostKind.objects.filter(slug="to-truong").update(rank=99)
    load_units(data)
    assert PostKind.objects.get(slug="to-truong").rank == 99, "what somebody ordered stays"
