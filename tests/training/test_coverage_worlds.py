"""Small random worlds: what is counted at once, what is counted in the background, the lists of names, and a plain reading of the rules all agree."""

import os
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from certificates.enums import Entry
from certificates.models import Certificate, Issuer, RegisterEntry, Series
from courses.models import RuleSet
from learning.models import Completion, Enrolment, OutsideStudy, StepRecord
from learning.selectors.done import midnight
from tests.factories import training as office
from tests.factories import unions
from tests.factories.targets import ended, moved, target
from training.enums import Tree
from training.models import Target
from training.selectors.coverage import Figures, coverage_of, live, people_in_state, people_of, sums_of_targets, trend_of
from training.services import counting
from unions.models import Post, Unit, UnitPath

pytestmark = pytest.mark.django_db

NOW, TODAY = office.NOW, date(2026, 11, 20)
FIRST = date(2025, 9, 1)
# `WORLDS=200 pytest tests/training/test_coverage_worlds.py` looks harder.
EXAMPLES = int(os.environ.get("WORLDS", 3))
DAYS = [date(2025, 12, 31), date(2026, 4, 30), date(2026, 8, 31), TODAY]


class World:
    """Two wards with companies, one of which moved, one merged, one was split; people, their posts, and what they did."""

    def __init__(self, seed: int):
        self.chance = Random(seed)
        self.kinds = [unions.post_kind(name, name, rank) for rank, name in enumerate(("chair", "vice", "member"), start=1)]
        self.courses = [office.course("Thương lượng", "thuong-luong"), office.course("Đối thoại", "doi-thoai")]
        self.rules = [RuleSet.objects.get_or_create(course=course, number=1, defaults={"digest": "0" * 64, "steps": [], "created_at": NOW})[0] for course in self.courses]
        self.top = unions.unit("Tỉnh", "W-T")
        wards = [unions.unit(f"Phường {name}", f"W-{name}", self.top) for name in "AB"]
        self.units = [unions.unit(f"Công ty {number}", f"W-{number}", self.chance.choice(wards), members=number * 400) for number in range(5)]
        self.people = User.objects.bulk_create(
            [User(full_name=f"Người {number}", sort_key=f"{number % 3}", gender=self.chance.choice(["female", "male"])) for number in range(8)])
        everywhere = [self.top, *wards, *self.units]
        self._posts(everywhere)
        self._learning()
        moved(self.units[0], self.chance.choice(wards), date(2026, 3, 1))
        heirs = [unions.unit(f"Công ty mới {number}", f"W-N{number}", self.chance.choice(wards), active_from=date(2026, 6, 1)) for number in range(2)]
        ended(self.units[1], date(2026, 6, 1), *heirs[:self.chance.randrange(3)])
        ended(self.units[2], date(2026, 7, 1), self.units[3])
        self._posts([*heirs, self.units[3]], first=date(2026, 7, 1), count=4)
        self.target = self._target(wards)
        self.all_units = [self.top, wards[0], self.units[0], self.units[1]]

    def _day(self, first: date = FIRST) -> date:
        return first + timedelta(days=self.chance.randrange((TODAY - first).days + 10))

    def _moment(self) -> datetime:
        return datetime.combine(self._day(), time(self.chance.randrange(24)), tzinfo=UTC)

    def _posts(self, units: list[Unit], first: date = FIRST, count: int = 14) -> None:
        rows = {}
        for _each in range(count):
            person, unit, kind = self.chance.choice(self.people), self.chance.choice(units), self.chance.choice(self.kinds)
            begins = self._day(first)
            ends = begins + timedelta(days=self.chance.randrange(1, 300)) if self.chance.random() < 0.3 else None
            rows[person.pk, unit.pk, kind.pk] = Post(user=person, unit=unit, kind=kind, valid_from=begins, valid_until=ends, full_time=self.chance.random() < 0.5)
        Post.objects.bulk_create(rows.values(), ignore_conflicts=True)

    def _learning(self) -> None:
        enrolled = [
            Enrolment(user=person, course=course, cycle=cycle, enrolled_at=self._moment())
            for person in self.people for course in self.courses for cycle in (1, 2) if self.chance.random() < 0.4]
        for row in enrolled:
            row.last_seen_at = row.enrolled_at + timedelta(days=self.chance.randrange(200)) if self.chance.random() < 0.8 else None
        enrolled = Enrolment.objects.bulk_create(enrolled)
        pages = [row for row in enrolled if row.last_seen_at and self.chance.random() < 0.7]
        StepRecord.objects.bulk_create(
            StepRecord(enrolment=row, page=row.course, opened_at=row.enrolled_at + (row.last_seen_at - row.enrolled_at) * self.chance.random()) for row in pages)
        Completion.objects.bulk_create(
            Completion(enrolment=row, rule_set=self.rules[self.courses.index(row.course)], completed_at=(row.last_seen_at or row.enrolled_at) + timedelta(days=self.chance.randrange(3)))
            for row in enrolled if self.chance.random() < 0.5)
        OutsideStudy.objects.bulk_create(
            OutsideStudy(
                user=person, title="Lớp", organiser="Trường", ended_on=self._day(), state=self.chance.choice(["approved", "waiting", "refused"]), entered_by=person,
                entered_at=NOW, decided_at=NOW, counts_as=self.chance.choice([*self.courses, None])) for person in self.people if self.chance.random() < 0.3)
        self._papers()

    def _papers(self) -> None:
        issuer = Issuer.objects.create(unit=self.top, name="Tỉnh", place="Tân Hòa", signer_name="An")
        series = Series.objects.create(issuer=issuer, year=2026)
        papers = [
            Certificate(
                series=series, number=number, code=f"{number:012d}", register_number=f"{number}", user=person, course=self.chance.choice(self.courses), cycle=number,
                snapshot={}, issued_at=self._moment(), valid_until=self._day() if self.chance.random() < 0.4 else None)
            for number, person in enumerate(self.people * 2, start=1) if self.chance.random() < 0.4]
        papers = Certificate.objects.bulk_create(papers)
        RegisterEntry.objects.bulk_create(
            RegisterEntry(certificate=paper, kind=self.chance.choice([Entry.REVOKED, Entry.SUPERSEDED, Entry.ISSUED]), at=paper.issued_at + timedelta(days=self.chance.randrange(1, 200)))
            for paper in papers if self.chance.random() < 0.6)

    def _target(self, wards: list[Unit]) -> Target:
        audience = self.chance.choice([{}, {"women_only": True}, {"from_kind": self.kinds[1]}, {"full_time": True}, {"members_from": 800}, {"people": self.people[:3]}])
        return target(
            self.chance.choice([self.top, self.top, wards[0]]), *self.courses[:self.chance.randrange(3)] or self.courses[:1], match=self.chance.choice(["all", "any"]),
            need=self.chance.choice(["course", "certificate"]), since=self.chance.choice([None, date(2026, 2, 1)]), **audience)


def plainly(world: World, unit: Unit, on: date) -> Figures:
    """The rules by the tree of the day, person by person, with nothing shared with what is tested but the audience."""
    from unions.selectors.audiences import posts_meant

    aim, ends, since = world.target, midnight(on + timedelta(days=1)), world.target.since and midnight(world.target.since)
    paths = dict(UnitPath.objects.on(on).values_list("unit", "path"))
    places = [(post.user_id, paths.get(post.unit_id, "")) for post in posts_meant(aim.audience, None, on)]
    own, scope = paths.get(unit.pk, "-"), paths.get(aim.unit_id, "-")
    people = {person for person, place in places if place.startswith(own) and place.startswith(scope)}
    counts = [0, 0, 0, 0]
    for person in people:
        for place, amount in enumerate(_stands(aim, person, on, ends, since)):
            counts[place] += amount
    return Figures(*counts)


def _stands(aim: Target, person: int, on: date, ends: datetime, since: datetime | None) -> tuple[int, int, int, int]:
    courses, attended, begun, passed = set(aim.courses.values_list("pk", flat=True)), 0, False, set()
    for row in Enrolment.objects.filter(user=person, course__in=courses, enrolled_at__lt=ends).select_related("completion"):
        completed = row.completion.completed_at if hasattr(row, "completion") else None
        opened = [record.opened_at for record in row.records.all()]
        first = opened[0] if opened else row.last_seen_at
        is_over = completed is not None and completed < ends
        if not is_over and ((row.last_seen_at is None and completed is None) or first is None or min(first, row.last_seen_at or first) >= ends):
            continue
        attended += since is None or row.enrolled_at >= since
        counts = is_over and (since is None or completed >= since)
        begun |= counts or not is_over
        if counts:
            passed.add(row.course_id)
    for row in OutsideStudy.objects.filter(user=person, state="approved", counts_as__in=courses, ended_on__lte=on):
        if aim.since is None or row.ended_on >= aim.since:
            attended += 1
            passed.add(row.counts_as_id)
    if aim.need == "certificate":
        passed = {
            paper.course_id for paper in Certificate.objects.filter(user=person, course__in=courses, issued_at__lt=ends)
            if (since is None or paper.issued_at >= since) and (paper.valid_until is None or paper.valid_until > on)
            and not RegisterEntry.objects.filter(certificate=paper, kind__in=[Entry.REVOKED, Entry.SUPERSEDED], at__lt=ends).exists()}
    done = passed == courses if aim.match == "all" else bool(passed)
    return 1, int(done), int(begun and not done), attended


def figures(world: World, on: date, tree: str) -> dict:
    """Everything that is said about every unit of the world on a day."""
    said = {}
    for unit in world.all_units:
        asked = {"target": world.target, "unit": unit, "on": on, "tree": tree, "now": NOW}
        found = coverage_of(**asked)
        assert not found.is_waiting
        listed = people_of(**asked)
        states = {state: sorted(people_in_state(**asked, state=state)) for state in ("missing", "under_way", "done")}
        assert {state: sorted(row.user.pk for row in listed.rows if row.state == state) for state in states} == states
        assert [len(states[state]) for state in ("missing", "under_way", "done")] == [found.own.missing, found.own.under_way, found.own.done]
        assert listed.page.paginator.count == found.own.people
        said[unit.code] = found.own, [(row.name, row.figures) for row in found.rows], [(row.user.pk, row.post_name, row.since) for row in listed.rows]
    return said


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_both_ways_and_the_names_agree_with_a_plain_reading(seed, monkeypatch):
    with transaction.atomic(), monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: NOW)
        world = World(seed)
        on, tree = world.chance.choice(DAYS), world.chance.choice(list(Tree))
        at_once = figures(world, on, tree)
        assert {unit.code: at_once[unit.code][0] for unit in world.all_units if tree == Tree.THEN} == {
            unit.code: plainly(world, unit, on) for unit in world.all_units if tree == Tree.THEN}
        trend = trend_of(target=world.target, unit=world.top, on=TODAY, now=NOW)
        assert trend == [(day, coverage_of(target=world.target, unit=world.top, on=day, tree=Tree.TODAY, now=NOW).own) for day, _figures in trend]
        assert sums_of_targets(targets=[world.target], unit=world.top, on=on, now=NOW)[world.target.pk] == coverage_of(
            target=world.target, unit=world.top, on=on, tree=Tree.TODAY, now=NOW).own
        patch.setattr(live, "LARGE", 0)
        patch.setattr(counting, "KEPT_FROM", 1)
        assert figures(world, on, tree) == at_once
        transaction.set_rollback(True)
