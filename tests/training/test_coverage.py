"""How far targets are met, as stories: who counts where, on which day, by which tree; counted at once and in the background alike."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from certificates import services as certificates
from certificates.enums import Entry
from certificates.models import RegisterEntry
from tests.factories import training as office
from tests.factories import unions
from tests.factories.targets import ended, moved, studied, target
from training.enums import Tree
from training.selectors.coverage import Figures, coverage_of, live, people_in_state, people_of, sums_of_targets, trend_of
from training.services import counting
from unions.models import Post

pytestmark = pytest.mark.django_db

NOW = office.NOW
TODAY = date(2026, 11, 20)


def covered(aim, unit, on=TODAY, tree=Tree.TODAY) -> Figures:
    return coverage_of(target=aim, unit=unit, on=on, tree=tree, now=NOW).own


def by_name(aim, unit, on=TODAY, tree=Tree.TODAY) -> dict[str, Figures]:
    return {row.name: row.figures for row in coverage_of(target=aim, unit=unit, on=on, tree=tree, now=NOW).rows}


def names(aim, unit, state="", **wanted) -> list[tuple[str, str]]:
    found = people_of(**{"target": aim, "unit": unit, "on": TODAY, "tree": Tree.TODAY, "state": state, "now": NOW, **wanted})
    return [(row.user.full_name, row.state) for row in found.rows]


def people(names: list[str], unit) -> None:
    """Many at once, with a post each."""
    made = [User(full_name=name) for name in names]
    for one in made:
        one.set_keys()
    Post.objects.bulk_create(
        Post(user=one, unit=unit, kind=unions.post_kind(), valid_from=unions.LONG_AGO) for one in User.objects.bulk_create(made))


@pytest.fixture(params=["at once", "in the background"])
def way(request, monkeypatch):
    """Each story is counted both ways: as a small branch, and as if it were too large."""
    if request.param != "at once":
        monkeypatch.setattr(live, "LARGE", 0)
        monkeypatch.setattr(counting, "KEPT_FROM", 1)
        monkeypatch.setattr(timezone, "now", lambda: NOW)
    return request.param


def test_people_count_whether_or_not_they_ever_signed_in(province, hoa, binh, way):
    office.finished(hoa)
    office.enrolled(binh, done=2)
    waiting = office.person("Lê Văn Chưa", province.company_a, email=None)
    office.enrolled(waiting)
    office.person("Phạm Thị Vắng", province.ward_a, email=None, last_login=None)
    aim = target(province.top)
    found = coverage_of(target=aim, unit=province.top, on=TODAY, tree=Tree.TODAY, now=NOW)
    assert found.own == Figures(4, 1, 1, 2) and found.own.missing == 2 and found.own.fraction == 0.25
    assert [(row.name, row.figures, row.has_children) for row in found.rows] == [
        ("Công đoàn phường Tân Lập", Figures(3, 1, 0, 1), True), ("Công đoàn phường Tân Mai", Figures(1, 0, 1, 1), True)]
    assert [(row.uuid, row.figures) for row in coverage_of(target=aim, unit=province.ward_a, on=TODAY, tree=Tree.TODAY, now=NOW).rows] == [
        (None, Figures(1)), (province.company_a.uuid, Figures(2, 1, 0, 1))]
    assert names(aim, province.top) == [
        ("Lê Văn Chưa", "missing"), ("Phạm Thị Vắng", "missing"), ("Trần Thanh Bình", "under_way"), ("Đặng Thị Hòa", "done")]


def test_somebody_with_posts_in_two_units_counts_once_above_them(province, hoa, way):
    unions.post(hoa, province.company_b, unions.post_kind("Ủy viên Ban Chấp hành", "member", 3))
    unions.post(hoa, province.ward_a, unions.post_kind("Phó Chủ tịch", "vice", 2))
    office.finished(hoa)
    aim = target(province.top)
    assert covered(aim, province.top) == Figures(1, 1, 0, 1)
    assert by_name(aim, province.top) == {"Công đoàn phường Tân Lập": Figures(1, 1, 0, 1), "Công đoàn phường Tân Mai": Figures(1, 1, 0, 1)}
    assert names(aim, province.top) == [("Đặng Thị Hòa", "done")]
    row = people_of(target=aim, unit=province.ward_b, on=TODAY, tree=Tree.TODAY, now=NOW).rows[0]
    assert (row.post_name, row.unit_name) == ("Ủy viên Ban Chấp hành", "CĐCS Công ty TNHH An Phú")


def test_a_target_holds_for_its_unit_and_below_and_for_its_audience_alone(province, hoa, binh, way):
    member = unions.post_kind("Ủy viên", "member", 3)
    helper = office.person("Hồ Thị Phụ")
    unions.post(helper, province.company_a, member)
    chairs_of_a = target(province.ward_a, from_kind=unions.post_kind())
    assert covered(chairs_of_a, province.top) == covered(chairs_of_a, province.ward_a) == Figures(1)
    assert covered(chairs_of_a, province.ward_b) == Figures()
    assert names(chairs_of_a, province.top) == [("Đặng Thị Hòa", "missing")]
    assert names(target(province.top, kinds=[member]), province.top) == [("Hồ Thị Phụ", "missing")]
    assert names(target(province.top, people=[binh], only_people=True), province.top) == [("Trần Thanh Bình", "missing")]


def test_a_revoked_certificate_counts_until_the_day_it_was_revoked(province, hoa, way):
    paper = office.certified(hoa)
    RegisterEntry.objects.filter(certificate=paper).update(at=NOW - timedelta(days=9))
    type(paper).objects.filter(pk=paper.pk).update(issued_at=NOW - timedelta(days=9))
    certificates.revoke_certificate(certificate=paper, reason="Cấp nhầm", by=None, now=NOW - timedelta(days=2))
    assert RegisterEntry.objects.filter(kind=Entry.REVOKED).exists()
    aim = target(province.top, need="certificate")
    assert [covered(aim, province.top, TODAY - timedelta(days=days)) for days in (10, 9, 3, 2, 0)] == [
        Figures(1), Figures(1, 1, 0, 1), Figures(1, 1, 0, 1), Figures(1, 0, 1, 1), Figures(1, 0, 1, 1)]
    assert names(aim, province.top, on=TODAY - timedelta(days=3)) == [("Đặng Thị Hòa", "done")]
    assert names(aim, province.top) == [("Đặng Thị Hòa", "under_way")]


def test_of_a_paper_that_was_replaced_the_one_in_its_place_counts_until_it_is_revoked(province, hoa, way):
    paper = office.certified(hoa)
    type(paper).objects.filter(pk=paper.pk).update(issued_at=NOW - timedelta(days=9))
    again = certificates.reissue_certificate(certificate=paper, reason="Sai tên", by=None, now=NOW - timedelta(days=5))
    certificates.revoke_certificate(certificate=again, reason="Cấp nhầm", by=None, now=NOW - timedelta(days=2))
    aim = target(province.top, need="certificate")
    assert [covered(aim, province.top, TODAY - timedelta(days=days)).done for days in (10, 9, 5, 3, 2, 0)] == [0, 1, 1, 1, 0, 0]
    assert names(aim, province.top) == [("Đặng Thị Hòa", "under_way")]


def test_a_paper_that_a_former_register_calls_expired_without_a_day_counts_on_no_day(province, hoa, way):
    paper = office.certified(hoa)
    type(paper).objects.filter(pk=paper.pk).update(issued_at=NOW - timedelta(days=9), state="expired", valid_until=None)
    aim = target(province.top, need="certificate")
    assert [covered(aim, province.top, TODAY - timedelta(days=days)).done for days in (9, 0)] == [0, 0]
    assert names(aim, province.top, "done") == []


def test_a_course_taken_elsewhere_counts_once_it_is_approved_as_this_course(province, hoa, binh, way):
    course, other = office.course(), office.course("Tin học", "tin-hoc")
    studied(hoa, course, date(2026, 5, 20))
    studied(binh, other, date(2026, 5, 20))
    studied(binh, None, date(2026, 5, 20))
    studied(binh, course, date(2026, 5, 20), state="waiting", decided_at=None)
    aim = target(province.top)
    assert covered(aim, province.top) == Figures(2, 1, 0, 1)
    assert covered(aim, province.top, date(2026, 5, 19)) == Figures(2)
    assert names(aim, province.top, "done") == [("Đặng Thị Hòa", "done")]
    both = target(province.top, course, other, match="all")
    studied(hoa, other, date(2026, 7, 1))
    assert names(both, province.top, "done") == [("Đặng Thị Hòa", "done")]
    row = people_of(target=both, unit=province.top, on=TODAY, tree=Tree.TODAY, state="done", now=NOW).rows[0]
    assert row.since == date(2026, 7, 1)
    assert covered(target(province.top, course, other, match="any"), province.top) == Figures(2, 2, 0, 3)


def test_only_what_was_done_since_a_day_counts(province, hoa, binh, way):
    office.finished(hoa, days_ago=300)
    office.finished(binh, days_ago=30)
    aim = target(province.top, since=date(2026, 6, 1))
    assert covered(aim, province.top) == Figures(2, 1, 0, 1)
    assert names(aim, province.top) == [("Đặng Thị Hòa", "missing"), ("Trần Thanh Bình", "done")]


def test_posts_count_on_the_days_they_were_held(province, way):
    leaver, comer = office.person("Đào Thị Rời"), office.person("Bùi Văn Đến")
    unions.post(leaver, province.company_a, valid_until=date(2026, 6, 1))
    unions.post(comer, province.company_a, valid_from=date(2026, 6, 1))
    aim = target(province.top)
    assert names(aim, province.top, on=date(2026, 5, 31)) == [("Đào Thị Rời", "missing")]
    assert names(aim, province.top, on=date(2026, 6, 1)) == [("Bùi Văn Đến", "missing")]
    assert covered(aim, province.top, date(2025, 6, 30)) == Figures()


def test_a_target_lapses_with_the_unit_that_set_it_on_the_same_day_in_figures_and_in_months(province, binh):
    aim = target(province.ward_a)
    ended(province.ward_a, date(2026, 7, 1), province.ward_b)
    aim.refresh_from_db()
    months = trend_of(target=aim, unit=province.top, on=TODAY, now=NOW)
    assert months == [(day, covered(aim, province.top, day)) for day, _figures in months]
    assert [figures.people for _day, figures in months] == [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]


def test_a_unit_that_moved_counts_where_it_stood_or_where_it_stands(province, hoa, binh, way):
    moved(province.company_a, province.ward_b, date(2026, 8, 1))
    aim, july = target(province.top), date(2026, 7, 31)
    assert by_name(aim, province.top, july, Tree.THEN) == {"Công đoàn phường Tân Lập": Figures(1), "Công đoàn phường Tân Mai": Figures(1)}
    assert by_name(aim, province.top, july, Tree.TODAY) == {"Công đoàn phường Tân Lập": Figures(), "Công đoàn phường Tân Mai": Figures(2)}
    assert by_name(aim, province.top) == {"Công đoàn phường Tân Lập": Figures(), "Công đoàn phường Tân Mai": Figures(2)}


def test_a_unit_that_was_merged_is_followed_to_the_one_that_took_its_place(province, hoa, binh, way):
    office.finished(hoa)
    ended(province.company_a, date(2026, 8, 1), province.company_b)
    unions.post(hoa, province.company_b, valid_from=date(2026, 8, 1))
    aim, july = target(province.top), date(2026, 7, 31)
    assert covered(aim, province.company_a, july, Tree.THEN) == Figures(1)
    assert names(aim, province.company_a, on=july, tree=Tree.THEN) == [("Đặng Thị Hòa", "missing")]
    assert covered(aim, province.company_a, july, Tree.TODAY) == Figures()
    assert covered(aim, province.company_b, july, Tree.THEN) == Figures(1)
    assert covered(aim, province.company_b, july, Tree.TODAY) == Figures(2)
    assert by_name(aim, province.top, july, Tree.TODAY) == {"Công đoàn phường Tân Lập": Figures(), "Công đoàn phường Tân Mai": Figures(2)}
    assert names(aim, province.ward_b, on=july) == [("Trần Thanh Bình", "missing"), ("Đặng Thị Hòa", "missing")]
    assert covered(aim, province.ward_b) == Figures(2, 1, 0, 1)


def test_of_a_unit_that_was_split_people_count_where_they_are_today_or_above(province, hoa, way):
    gone = office.person("Ngô Thị Nghỉ", province.company_a)
    north, south = unions.unit("CĐCS May Bắc", "CN", province.ward_a), unions.unit("CĐCS May Nam", "CS", province.ward_a)
    ended(province.company_a, date(2026, 8, 1), north, south)
    unions.post(hoa, south, valid_from=date(2026, 8, 1))
    aim, july = target(province.top), date(2026, 7, 31)
    found = coverage_of(target=aim, unit=province.ward_a, on=july, tree=Tree.TODAY, now=NOW)
    assert [(row.uuid, row.figures.people) for row in found.rows] == [(None, 1), (north.uuid, 0), (south.uuid, 1)]
    assert covered(aim, province.top, july, Tree.TODAY) == Figures(2)
    assert names(aim, south, on=july) == [("Đặng Thị Hòa", "missing")]
    assert names(aim, north, on=july) == []
    assert names(aim, province.ward_a, on=july) == [("Đặng Thị Hòa", "missing"), (gone.full_name, "missing")]


def test_a_chain_of_mergers_is_followed_to_its_end_and_a_closed_unit_to_the_one_above(province, hoa, binh, way):
    ended(province.company_a, date(2026, 3, 1), province.company_b)
    ended(province.company_b, date(2026, 8, 1))
    aim = target(province.top)
    assert covered(aim, province.ward_b, date(2026, 2, 28), Tree.TODAY) == Figures(2)
    assert [(row.uuid, row.figures) for row in coverage_of(target=aim, unit=province.ward_b, on=date(2026, 2, 28), tree=Tree.TODAY, now=NOW).rows] == []


def test_the_list_of_people_is_searched_and_leafed_through(province, way):
    people([f"Người Thứ {number:02d}" for number in range(60)], province.company_a)
    done = office.person("Ân Đã Xong", province.company_a)
    office.finished(done)
    aim = target(province.top)
    found = people_of(target=aim, unit=province.top, on=TODAY, tree=Tree.TODAY, number=2, now=NOW)
    assert (found.page.paginator.count, len(found.rows), found.rows[-1].user) == (61, 11, done)
    assert found.rows[-1].since == TODAY - timedelta(days=9)
    assert names(aim, province.top, q="thu 07") == [("Người Thứ 07", "missing")]
    assert names(aim, province.top, "done", q="thu 07") == names(aim, province.top, "under_way") == []
    assert people_in_state(target=aim, unit=province.top, on=TODAY, tree=Tree.TODAY, state="done", now=NOW) == [done.pk]
    assert len(people_in_state(target=aim, unit=province.top, on=TODAY, tree=Tree.TODAY, state="missing", now=NOW)) == 60


def test_the_trend_tells_each_end_of_a_month(province, hoa, way):
    office.finished(hoa, days_ago=100)
    aim = target(province.top)
    if way != "at once":
        assert trend_of(target=aim, unit=province.top, on=TODAY, now=NOW) == []
        for count in counting.ask_for_due_counts(now=NOW):
            counting.count_target(count=count, clock=lambda: NOW)
    trend = trend_of(target=aim, unit=province.top, on=TODAY, now=NOW)
    assert [day for day, _figures in trend][:2] == [date(2026, 1, 31), date(2026, 2, 28)] and len(trend) == 10
    assert [figures.done for _day, figures in trend] == [0] * 7 + [1] * 3
    assert all(figures == covered(aim, province.top, day) for day, figures in trend[-4:])
    assert trend_of(target=target(province.top, year=2027), unit=province.top, on=TODAY, now=NOW) == []


def test_sums_of_several_targets_are_those_of_each(province, hoa, binh, way):
    office.finished(hoa)
    aims = [target(province.top), target(province.ward_b), target(province.top, since=date(2026, 11, 15)), target(province.top, women_only=True)]
    if way != "at once":
        counting.count_all(targets=aims, on=TODAY, tree=Tree.TODAY, clock=lambda: NOW)
    sums = sums_of_targets(targets=aims, unit=province.top, on=TODAY, now=NOW)
    assert sums == {aim.pk: covered(aim, province.top) for aim in aims}
    assert sums_of_targets(targets=[], unit=province.top, on=TODAY, now=NOW) == {}


def test_queries_do_not_grow_with_people_units_or_targets(province, way):
    aim = target(province.top)
    if way != "at once":
        covered(aim, province.top)

    def cost() -> list[int]:
        calls = [
            lambda: coverage_of(target=aim, unit=province.top, on=TODAY, tree=Tree.TODAY, now=NOW),
            lambda: coverage_of(target=aim, unit=province.top, on=date(2026, 7, 1), tree=Tree.THEN, now=NOW),
            lambda: people_of(target=aim, unit=province.top, on=TODAY, tree=Tree.TODAY, now=NOW),
            lambda: trend_of(target=aim, unit=province.top, on=TODAY, now=NOW)]
        counts = []
        for call in calls:
            call()
            with CaptureQueriesContext(connection) as queries:
                call()
            counts.append(len(queries))
        return counts

    office.finished(office.person("Một Người", province.company_a))
    few = cost()
    for number in range(30):
        unit = unions.unit(f"CĐCS {number:02d}", f"N{number}", province.ward_a)
        office.finished(office.person(f"Người {number:02d}", unit))
    assert cost() == few
    report, former, *_others = few
    assert max(report, former) <= 10 and max(few) <= 25
