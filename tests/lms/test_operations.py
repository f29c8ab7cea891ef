"""The operations page: for whoever looks after the site; failed work is tried again once, and nobody's data stands there."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from accounts.models import LogEntry, RetentionRun
from cms.models import Duty, InformationPage, SiteSettings, Worker, WorkerKind
from lms.backup.keeping import note_latest
from lms.operations.wording import TASKS
from tests.factories import training as office
from unions.enums import Role

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
PAGE = "/dao-tao/van-hanh/"


def failed(path: str = "certificates.tasks.issue_run", error: str = "lms.background.limits.TakesTooLong") -> DBTaskResult:
    return DBTaskResult.objects.create(
        task_path=path, args_kwargs={"args": [7], "kwargs": {}}, backend_name="default", run_after=get_date_max(), status=TaskResultStatus.FAILED,
        finished_at=timezone.now(), exception_class_path=error, traceback="Nguyễn Thị Hoa", worker_ids=["a", "b"])


def page(browser) -> str:
    response = browser.get(PAGE, HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def officers(db):
    province = office.province()
    return {
        "top": office.officer("Quản trị tỉnh", province.top, Role.SYSTEM_ADMIN), "ward": office.officer("Quản trị phường", province.ward_a, Role.SYSTEM_ADMIN),
        "training": office.officer("Đào tạo tỉnh", province.top, Role.TRAINING_ADMIN), "viewer": office.officer("Chỉ xem", province.top, Role.VIEWER)}


@pytest.mark.parametrize(("who", "status"), [("top", 200), ("ward", 403), ("training", 403), ("viewer", 403)])
def test_page_is_for_whoever_looks_after_the_site(officers, as_user, who, status):
    browser, row = as_user(officers[who]), failed()
    assert browser.get(PAGE).status_code == status
    assert browser.post(f"{PAGE}lam-lai/{row.pk}/").status_code == (302 if status == 200 else 403)
    assert browser.post(f"{PAGE}lam-lai/").status_code == (302 if status == 200 else 403)
    more = browser.get("/dao-tao/them/").content.decode()
    assert (PAGE in more) is (status == 200)


def test_superuser_sees_it_and_nobody_else_does(administrator, trainer, learner, as_user):
    administrator.is_superuser = True
    administrator.save()
    assert [as_user(person).get(PAGE).status_code for person in (administrator, trainer, learner, None)] == [200, 403, 403, 302]


def test_failed_work_is_told_in_words_and_without_data(officers, as_user):
    failed()
    failed("some.module.odd_task", "builtins.KeyError")
    text = page(as_user(officers["top"]))
    for words in ("Issue a list of certificates", "Took too long and was stopped.", "TakesTooLong", "odd task", "A fault in the program.", "KeyError"):
        assert words in text, words
    assert "Nguyễn Thị Hoa" not in text


def test_work_is_tried_again_once_however_often_it_is_clicked(officers, as_user):
    browser, row = as_user(officers["top"]), failed()
    for _time in range(2):
        assert browser.post(f"{PAGE}lam-lai/{row.pk}/").status_code == 302
    row.refresh_from_db()
    assert (row.status, row.worker_ids, row.traceback, row.exception_class_path) == (TaskResultStatus.READY, [], "", "")
    noted = LogEntry.objects.get()
    assert (noted.about, noted.by) == (officers["top"], officers["top"])
    # What has been done meanwhile is not done again.
    DBTaskResult.objects.update(status=TaskResultStatus.SUCCESSFUL)
    browser.post(f"{PAGE}lam-lai/{row.pk}/")
    browser.post(f"{PAGE}lam-lai/")
    assert (DBTaskResult.objects.get().status, LogEntry.objects.count()) == (TaskResultStatus.SUCCESSFUL, 1)


def test_all_failed_work_is_tried_again(officers, as_user):
    for _number in range(3):
        failed()
    assert as_user(officers["top"]).get(f"{PAGE}lam-lai/").status_code == 405
    as_user(officers["top"]).post(f"{PAGE}lam-lai/")
    assert DBTaskResult.objects.ready().count() == 3


def test_page_tells_who_works_what_is_late_and_what_is_kept(officers, as_user):
    now = timezone.now()
    Worker.objects.create(name="w", kind=WorkerKind.WORKER, machine="may-1", started_at=now, alive_at=now - timedelta(minutes=1))
    Worker.objects.create(name="c", kind=WorkerKind.CLOCK, machine="may-2", started_at=now, alive_at=now - timedelta(minutes=9))
    Duty.objects.create(name="pages", next_at=now - timedelta(minutes=9))
    Duty.objects.create(name="notices sent", error="smtplib.SMTPServerDisconnected", next_at=now)
    note_latest({"at": (now - timedelta(days=3)).isoformat(), "name": "b", "size": 2048, "encrypted": True, "missing": 0})
    RetentionRun.objects.create(at=now, counts={"looks": 120, "slips": 3})
    text = page(as_user(officers["top"]))
    for words in ("may-1", "may-2", "No clock is alive", "Publish pages on their day", "late", "smtplib.SMTPServerDisconnected", "too old", "123 rows", "Django"):
        assert words in text, words
    assert "No background worker is alive" not in text


def test_page_warns_until_the_notice_says_who_is_responsible_and_the_sample_is_gone(officers, as_user):
    from lms.demo.load import load_site

    browser, warnings = as_user(officers["top"]), ("which union runs this site", "still the sample")
    assert [words in page(browser) for words in warnings] == [True, False]
    load_site()
    assert [words in page(browser) for words in warnings] == [True, True]
    site, sample = SiteSettings.objects.get(), InformationPage.objects.get(slug="du-lieu-ca-nhan")
    site.contact = "<p>Công đoàn phường Bến Nghé, chị Mai, 028 3829 0000</p>"
    site.save()
    assert [words in page(browser) for words in warnings] == [False, True]
    notice = as_user(None).get("/tai-khoan/du-lieu/thong-bao/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "028 3829 0000" in notice.split("What for")[0] and "system administrator" in notice
    InformationPage.objects.filter(slug="personal-data").update(live=False)
    sample.body = [("text", "<p>Công đoàn phường Bến Nghé giữ dữ liệu này.</p>")]
    sample.save()
    assert [words in page(browser) for words in warnings] == [False, False]


def test_page_costs_the_same_however_much_there_is(officers, as_user, django_assert_max_num_queries, django_assert_num_queries):
    browser, now = as_user(officers["top"]), timezone.now()
    browser.get(PAGE)
    counts = []
    for count in (1, 30):
        for number, path in enumerate(list(TASKS) * 2):
            if number < count:
                failed(path)
                Worker.objects.create(
                    name=f"{count}-{number}", machine="may-1", started_at=now, alive_at=now, task=str(DBTaskResult.objects.first().pk), task_since=now)
                Duty.objects.create(name=f"{count}-{number}", next_at=now)
        with django_assert_max_num_queries(30) as captured:
            browser.get(PAGE)
        counts.append(len(captured))
    assert counts[0] == counts[1]
