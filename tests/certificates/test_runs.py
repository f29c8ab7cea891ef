"""Lists that are issued by decision, from the first tick to the last paper, and everything that may stop them."""

import errno
import hashlib
from datetime import date, timedelta

import pytest
from django.core.files.storage import storages
from django.utils import translation

from accounts.services import erase_person
from certificates import codes, services, typesetting
from certificates.enums import ListOrder, NoticeKind, NoticeState, Paper, RunRowState
from certificates.models import Certificate, Issuer, IssueRun, Notice, RegisterEntry, RunRow, Series
from certificates.selectors import runs as selectors
from certificates.services import issuing, running, runs
from certificates.services.designs import version_for
from certificates.services.errors import CertificateError, DecidedAlready, DiplomaNotAllowed, ListIsOver, NobodyOnList
from cms.work import GIVEN_UP_AFTER, WorkState
from tests.factories import accounts as people
from tests.factories import certificates as factory
from tests.factories import courses, unions
from unions.services import release_person

pytestmark = pytest.mark.django_db
NO_CODE = codes.shown(issuing.NO_CODE)
NAMES = ["Nguyễn Thị Mai", "Trần Văn Bình", "Lê Hoàng Ánh", "Đỗ Thị Ân", "Phạm Văn Bình"]
IN_ORDER = ["Lê Hoàng Ánh", "Đỗ Thị Ân", "Phạm Văn Bình", "Trần Văn Bình", "Nguyễn Thị Mai"]


@pytest.fixture
def course(db):
    factory.issuer()
    return courses.course(issuing="decision")


@pytest.fixture
def finished(course):
    """Five people who have completed the course."""
    return [factory.completion(people.person(name, f"n{number}@example.org"), course) for number, name in enumerate(NAMES)]


@pytest.fixture
def run(course, administrator, now):
    return runs.make_run(course=course, issuer=Issuer.objects.get(), name="Lớp 1", by=administrator, now=now)


def decide(run, by, now, order=ListOrder.NAME, number="15/QĐ-CĐ") -> IssueRun:
    runs.put_all_on(run=run, by=by)
    return runs.decide_run(run=run, decision_number=number, decision_on=date(2026, 11, 19), order=order, notifies=True, by=by, now=now)


def issue(run, now) -> IssueRun:
    running.issue_run(run=run, clock=lambda: now)
    run.refresh_from_db()
    return run


def names_of(run) -> list[str]:
    return [row.certificate.snapshot["name"] for row in run.rows.filter(state="issued").order_by("position").select_related("certificate")]


def break_storage(patch, after: int) -> None:
    """Let the disk be full once so many papers are stored."""
    save, stored = storages["private"]._save, []

    def full(name, content):
        if len(stored) >= after:
            raise OSError(errno.ENOSPC, "No space left on device")
        stored.append(name)
        return save(name, content)

    patch.setattr(storages["private"], "_save", full)


def files_of(year: int = 2026) -> set[str]:
    storage = storages["private"]
    return {name for folder in storage.listdir("certificates")[0] if folder.isdigit() for name in storage.listdir(f"certificates/{folder}")[1]}


# The whole way

def test_decided_list_is_issued_in_its_order_with_numbers_decision_and_notices(finished, run, administrator, now):
    run = issue(decide(run, administrator, now), now + timedelta(minutes=5))
    assert (run.state, run.done, run.total, run.error) == (WorkState.DONE, 5, 5, "")
    assert names_of(run) == IN_ORDER
    papers = [row.certificate for row in run.rows.order_by("position").select_related("certificate")]
    assert [(paper.number, paper.register_number) for paper in papers] == [(number, f"{number:03d}/GCN-CĐ") for number in range(1, 6)]
    assert {(paper.issued_at, paper.snapshot["decision_number"], paper.snapshot["decision_on"]) for paper in papers} == {(now, "15/QĐ-CĐ", "2026-11-19")}
    assert set(RegisterEntry.objects.values_list("kind", "decision_number", "decision_on", "by", "at")) == {
        ("issued", "15/QĐ-CĐ", date(2026, 11, 19), administrator.pk, now + timedelta(minutes=5))}
    for paper in papers:
        assert hashlib.sha256(paper.pdf.open().read()).hexdigest() == paper.pdf_sha256
        assert hashlib.sha256(services.typeset_again(Certificate.objects.get(pk=paper.pk))).hexdigest() == paper.typeset_sha256
    assert set(Notice.objects.values_list("kind", flat=True)) == {NoticeKind.ISSUED} and Notice.objects.count() == 5


@pytest.mark.parametrize("order, expected", [
    (ListOrder.UNIT, ["Lê Hoàng Ánh", "Trần Văn Bình", "Nguyễn Thị Mai", "Đỗ Thị Ân", "Phạm Văn Bình"]),
    (ListOrder.GIVEN, ["Nguyễn Thị Mai", "Lê Hoàng Ánh", "Đỗ Thị Ân", "Phạm Văn Bình", "Trần Văn Bình"]),
])
def test_list_is_put_in_order_by_unit_or_as_chosen(finished, run, administrator, now, order, expected):
    for name, unit in (("Nguyễn Thị Mai", "CĐCS Ủng"), ("Trần Văn Bình", "CĐCS Đa"), ("Lê Hoàng Ánh", "CĐCS Da")):
        person = next(one.enrolment.user for one in finished if one.enrolment.user.full_name == name)
        unions.post(person, unions.unit(unit))
    runs.change_list(run=run, add=[finished[0].uuid], by=administrator)
    run = decide(run, administrator, now, order)
    assert [row.completion.enrolment.user.full_name for row in run.rows.order_by("position")] == expected


def test_list_without_notices_posts_none(finished, run, administrator, now):
    runs.put_all_on(run=run, by=administrator)
    issue(runs.decide_run(
        run=run, decision_number="1", decision_on=now.date(), order=ListOrder.NAME, notifies=False, by=administrator, now=now), now)
    assert (Certificate.objects.count(), Notice.objects.count()) == (5, 0)


def test_facts_of_many_cost_as_many_queries_as_of_few(course, run, administrator, now, django_assert_max_num_queries):
    for number in range(30):
        factory.completion(people.person(f"Nguyễn Văn Số {number}", f"s{number}@example.org"), course)
    run = decide(run, administrator, now)
    with django_assert_max_num_queries(40):
        assert running.issue_run(run=run, clock=lambda: now)
    assert Certificate.objects.count() == 30


# Who may stand on a list

def test_candidates_say_why_somebody_does_not_qualify(course, run, learner, outsider, trainer, administrator, now):
    done = factory.completion(learner, course)
    under_way = factory.completion(outsider, course).enrolment
    under_way.completion.delete()
    type(under_way).objects.filter(pk=under_way.pk).update(steps_done=2, steps_total=9)
    revoked = factory.completion(trainer, course)
    paper = services.issue_certificate(user=trainer, course=course, completion=revoked, now=now)
    services.revoke_certificate(certificate=paper, reason="Cấp nhầm người", by=administrator, now=now)
    gone = people.person("Bùi Thị Vắng", "vang@example.org", is_active=False)
    factory.completion(gone, course)
    elsewhere = factory.completion(people.person("Lý Văn Khác", "khac@example.org"), course)
    other = runs.make_run(course=course, issuer=run.issuer, name="Lớp 2", by=administrator, now=now)
    runs.change_list(run=other, add=[elsewhere.uuid], by=administrator)
    with translation.override("en"):
        fit = selectors.candidates_of(run, administrator, now.date())
        others = selectors.candidates_of(run, administrator, now.date(), kind="others")
        reasons = {one.enrolment.user.full_name: one.reason for one in others.people}
    assert [one.enrolment.completion for one in fit.people] == [done]
    assert (fit.qualify, fit.others) == (1, 4)
    assert reasons == {
        "Đỗ Văn Ngoài": "Not finished: 2 of 9 parts.",
        "Lê Thị Hồng Vân": "Was revoked: 001/GCN-CĐ. It can only be issued anew, from the register.",
        "Bùi Thị Vắng": "The account is switched off.",
        "Lý Văn Khác": "Stands on the list “Lớp 2” of Trần Văn Ân, which is not decided yet."}


def test_who_does_not_qualify_cannot_be_put_on_by_hand(course, run, learner, administrator, now):
    done = factory.completion(learner, course)
    services.issue_certificate(user=learner, course=course, completion=done, now=now)
    assert runs.change_list(run=run, add=[done.uuid], by=administrator) == 0
    with pytest.raises(NobodyOnList):
        decide(run, administrator, now)


def test_a_completion_stands_on_one_list(finished, run, administrator, now):
    other = runs.make_run(course=run.course, issuer=run.issuer, name="Lớp 2", by=administrator, now=now)
    assert (runs.put_all_on(run=run, by=administrator), runs.put_all_on(run=other, by=administrator)) == (5, 0)
    runs.change_list(run=run, take_off=[finished[0].uuid], by=administrator)
    assert runs.put_all_on(run=other, by=administrator) == 1


# Deciding

def test_second_decision_is_told_who_was_first(finished, run, administrator, trainer, now):
    decide(run, administrator, now)
    with translation.override("en"), pytest.raises(DecidedAlready) as refused:
        decide_again(run, trainer, now)
    assert str(refused.value.message) == "Trần Văn Ân decided this list already, at 14:03 20/11/2026: decision 15/QĐ-CĐ. Nothing was decided a second time."
    run.refresh_from_db()
    assert (run.decided_by, run.decision_number, run.total) == (administrator, "15/QĐ-CĐ", 5)
    with pytest.raises(DecidedAlready):
        runs.change_list(run=run, take_off=[finished[0].uuid], by=trainer)


def test_second_decision_is_told_of_a_first_that_nobody_signed_in_for(finished, run, administrator, now):
    decide(run, None, now)
    with translation.override("en"), pytest.raises(DecidedAlready) as refused:
        decide_again(run, administrator, now)
    assert str(refused.value.message).startswith("The system decided this list already")


def decide_again(run, by, now) -> IssueRun:
    return runs.decide_run(run=run, decision_number="99/QĐ-CĐ", decision_on=now.date(), order=ListOrder.GIVEN, notifies=False, by=by, now=now)


def test_list_that_was_called_off_is_closed_and_frees_its_people(finished, run, administrator, now):
    runs.put_all_on(run=run, by=administrator)
    assert runs.cancel_run(run=run, now=now) and runs.cancel_run(run=run, now=now)
    with pytest.raises(ListIsOver):
        runs.put_all_on(run=run, by=administrator)
    other = runs.make_run(course=run.course, issuer=run.issuer, name="Lớp 2", by=administrator, now=now)
    assert runs.put_all_on(run=other, by=administrator) == 5


def test_whoever_was_put_on_while_the_list_was_called_off_is_freed(finished, run, administrator, now):
    runs.put_all_on(run=run, by=administrator)
    # What PostgreSQL may leave: rows that were written beside the one statement which dropped the others.
    IssueRun.objects.filter(pk=run.pk).update(state=WorkState.CANCELLED)
    assert runs.cancel_run(run=run, now=now)
    other = runs.make_run(course=run.course, issuer=run.issuer, name="Lớp 2", by=administrator, now=now)
    assert runs.put_all_on(run=other, by=administrator) == 5


def test_diploma_is_refused_where_the_unit_may_not(finished, run, administrator, now):
    version = version_for(course=run.course, issuer=run.issuer)
    version.spec = version.spec | {"paper": Paper.DIPLOMA.value}
    with pytest.raises(DiplomaNotAllowed):
        issuing.paper_of(version, run.issuer)
    run.issuer.may_issue_diplomas = True
    assert issuing.paper_of(version, run.issuer) == Paper.DIPLOMA


def test_preview_is_the_next_paper_and_takes_no_number(finished, run, administrator, now):
    runs.put_all_on(run=run, by=administrator)
    pdf = runs.preview_paper(run=run, completion=finished[3], decision_number="15/QĐ-CĐ", decision_on=date(2026, 11, 19), now=now)
    said = typesetting.text_of(pdf)
    assert "001/GCN-CĐ" in said and "ĐỖ THỊ ÂN" in said and NO_CODE in said
    assert (Certificate.objects.count(), Series.objects.count()) == (0, 0)
    run = issue(decide(run, administrator, now), now)
    paper = run.rows.get(completion=finished[3]).certificate
    assert typesetting.text_of(paper.pdf.open().read()).replace(paper.code_shown, "").replace("002/", "001/").replace("0002/", "0001/") == said.replace(NO_CODE, "")


# What may stop it

def test_second_worker_and_second_click_issue_nothing_twice(finished, run, administrator, now):
    run = decide(run, administrator, now)
    IssueRun.objects.filter(pk=run.pk).update(alive_at=now)
    assert not running.issue_run(run=run, clock=lambda: now)
    assert Certificate.objects.count() == 0
    later = now + GIVEN_UP_AFTER + timedelta(seconds=1)
    assert running.issue_run(run=run, clock=lambda: later)
    assert not running.issue_run(run=run, clock=lambda: later)
    assert (Certificate.objects.count(), Series.objects.get().taken) == (5, 5)


def test_rows_that_another_worker_issued_are_left_alone(finished, run, administrator, now):
    run = decide(run, administrator, now)
    keys = list(run.rows.order_by("position").values_list("pk", flat=True))
    running.issue_rows(run=run, keys=keys[:3], now=now)
    running.issue_rows(run=run, keys=keys, now=now)
    run.refresh_from_db()
    assert (Certificate.objects.count(), Series.objects.get().taken, run.done) == (5, 5, 5)
    assert names_of(run) == IN_ORDER


def test_numbers_that_others_took_meanwhile_leave_no_hole_and_no_file(finished, run, administrator, outsider, monkeypatch, now):
    run, before = decide(run, administrator, now), files_of() if storages["private"].exists("certificates") else set()
    other = factory.completion(outsider, courses.course("Khác", "khac"))
    check, was_asked = running._check_still_waiting, []

    def overtaken(chunk):
        if not was_asked:
            was_asked.append(1)
            services.issue_certificate(user=outsider, course=other.enrolment.course, completion=other, now=now)
        check(chunk)

    monkeypatch.setattr(running, "_check_still_waiting", overtaken)
    run = issue(run, now)
    # The first is rolled back with the attempt that it stood in the way of, so only its number was seen.
    assert (run.state, len(names_of(run))) == (WorkState.DONE, 5)
    assert sorted(Certificate.objects.values_list("number", flat=True)) == list(range(1, Certificate.objects.count() + 1))
    assert len(files_of() - before) <= Certificate.objects.count() + 1


def test_full_disk_stops_the_list_keeps_what_is_issued_and_goes_on_later(finished, run, administrator, monkeypatch, now):
    monkeypatch.setattr(running, "CHUNK", 2)
    before = files_of() if storages["private"].exists("certificates") else set()
    run = decide(run, administrator, now)
    with monkeypatch.context() as broken, translation.override("en"):
        break_storage(broken, after=3)
        run = issue(run, now)
    assert (run.state, run.done, Series.objects.get().taken) == (WorkState.FAILED, 2, 2)
    assert run.error == "The disk of the server is full. What was issued stays. Have space made, then go on."
    assert len(files_of() - before) == 2
    assert runs.resume_run(run=run, now=now) and issue(run, now).state == WorkState.DONE
    assert names_of(run) == IN_ORDER and sorted(Certificate.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert not runs.resume_run(run=run, now=now)


def test_paper_that_cannot_be_made_fails_alone_and_takes_no_number(finished, run, administrator, monkeypatch, now):
    typeset = typesetting.typeset_paper

    def broken(snapshot, **kwargs):
        if snapshot["name"] == "Đỗ Thị Ân":
            raise ValueError("no such letter")
        return typeset(snapshot, **kwargs)

    monkeypatch.setattr(typesetting, "typeset_paper", broken)
    run = issue(decide(run, administrator, now), now)
    assert (run.state, run.done) == (WorkState.DONE, 5)
    failed = run.rows.get(state=RunRowState.FAILED)
    assert failed.completion.enrolment.user.full_name == "Đỗ Thị Ân" and failed.reason
    assert sorted(Certificate.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_design_that_cannot_be_typeset_stops_the_list(finished, run, administrator, monkeypatch, now):
    monkeypatch.setattr(typesetting, "typeset_paper", lambda *args, **kwargs: 1 / 0)
    run = issue(decide(run, administrator, now), now)
    assert (run.state, run.done, run.rows.filter(state="waiting").count()) == (WorkState.FAILED, 0, 5)
    assert run.error


def test_called_off_in_the_middle_keeps_what_is_issued_and_drops_the_rest(finished, run, administrator, monkeypatch, now):
    monkeypatch.setattr(running, "CHUNK", 2)
    run, settle = decide(run, administrator, now), running._settle

    def settled(*args):
        settle(*args)
        runs.cancel_run(run=run, now=now)

    monkeypatch.setattr(running, "_settle", settled)
    run = issue(run, now)
    assert (run.state, Certificate.objects.count()) == (WorkState.CANCELLED, 2)
    assert sorted(run.rows.values_list("state", flat=True)) == ["dropped"] * 3 + ["issued"] * 2


def test_certificate_that_came_meanwhile_is_a_reason_and_others_go_on(finished, run, administrator, now):
    run = decide(run, administrator, now)
    services.issue_certificate(user=finished[0].enrolment.user, course=run.course, completion=finished[0], now=now)
    with translation.override("en"):
        run = issue(run, now)
    assert (run.state, run.rows.get(completion=finished[0]).reason) == (WorkState.DONE, "Has a certificate already: 001/GCN-CĐ.")
    assert sorted(Certificate.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_erased_before_issue_is_a_reason_and_erased_after_breaks_nothing(finished, run, administrator, client, now):
    run = decide(run, administrator, now)
    erase_person(user=finished[0].enrolment.user, by=administrator, now=now, reason="Theo yêu cầu của người học")
    run = issue(run, now)
    assert (run.rows.get(completion=finished[0]).state, Certificate.objects.count()) == (RunRowState.FAILED, 4)
    erase_person(user=finished[1].enrolment.user, by=administrator, now=now, reason="Theo yêu cầu của người học")
    client.force_login(administrator)
    assert client.get(f"/dao-tao/cap-giay/{run.uuid}/").status_code == 200


def test_unit_that_is_merged_after_the_decision_is_named_as_on_that_day(finished, run, administrator, now):
    unit, other, person = unions.unit("CĐCS An Phú", "AP"), unions.unit("CĐCS Bình An", "BA"), finished[0].enrolment.user
    unions.post(person, unit)
    run = decide(run, administrator, now)
    merged_on = date(2026, 11, 25)
    release_person(user=person, on=merged_on)
    unions.post(person, other, valid_from=merged_on)
    type(unit).objects.filter(pk=unit.pk).update(active_until=merged_on)
    unit.successors.add(other)
    run = issue(run, now + timedelta(days=7))
    assert run.rows.get(completion=finished[0]).certificate.snapshot["unit"] == "CĐCS An Phú"


def test_database_that_fails_in_the_middle_leaves_neither_numbers_nor_files(finished, run, administrator, monkeypatch, now):
    before = files_of() if storages["private"].exists("certificates") else set()
    monkeypatch.setattr(RegisterEntry.objects, "bulk_create", lambda rows: 1 / 0)
    run = issue(decide(run, administrator, now), now)
    assert (run.state, Certificate.objects.count(), Series.objects.get().taken) == (WorkState.FAILED, 0, 0)
    assert files_of() == before


def test_every_error_of_lists_says_what_to_do():
    for error in (NobodyOnList, ListIsOver, DiplomaNotAllowed):
        assert issubclass(error, CertificateError) and error.code and str(error.message)


def test_notices_are_counted_by_state(finished, run, administrator, now):
    run = issue(decide(run, administrator, now), now)
    Notice.objects.filter(certificate__number=1).update(state=NoticeState.FAILED, error="550 no such user")
    figures = selectors.figures_of(run)
    assert (figures.issued, figures.failed, figures.notices_all, figures.notices["failed"]) == (5, 0, 5, 1)
    _page, listed = selectors.rows_of(run, now.date(), state="notice-failed")
    assert [one.notice.error for one in listed] == ["550 no such user"]
    assert RunRow.objects.count() == 5
