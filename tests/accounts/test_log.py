"""People read who looked at and changed their record; looks are forgotten after a year, secrets are never written."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Act
from accounts.models import LogEntry
from accounts.services import Facts, change_person, forget_old_looks, note, note_look, note_many
from accounts.services.errors import PhoneInUse

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
LOG = reverse("accounts:show-log")


def lines(page: str) -> int:
    return page.count("<time")


def test_one_reads_about_oneself_and_nobody_else(as_user, learner, outsider, administrator, now):
    note(about=learner, act=Act.LOOKED, by=administrator, now=now, subject="Thương lượng tập thể")
    note(about=learner, act=Act.CHANGED, by=administrator, now=now, changes={"phone": ["0912 345 678", "<b>0987</b>"]})
    note(about=learner, act=Act.ENROLLED, by=None, now=now)
    page = as_user(learner, HTTP_ACCEPT_LANGUAGE="en").get(LOG).content.decode()
    assert lines(page) == 3
    assert "Trần Văn Ân" in page and "Thương lượng tập thể" in page and "0912 345 678" in page and "&lt;b&gt;0987" in page and "the system" in page
    assert lines(as_user(outsider).get(LOG).content.decode()) == lines(as_user(administrator).get(LOG).content.decode()) == 0
    assert as_user(None).get(LOG).status_code == 302
    assert LOG in as_user(learner).get(reverse("accounts:show-profile")).content.decode()


def test_pages_and_costs_the_same_however_long(as_user, learner, administrator, now):
    client = as_user(learner)
    note(about=learner, act=Act.LOOKED, by=administrator, now=now)
    client.get(LOG)
    with CaptureQueriesContext(connection) as one:
        client.get(LOG)
    for minute in range(59):
        note(about=learner, act=Act.LOOKED, by=administrator, now=now + timedelta(minutes=minute))
    with CaptureQueriesContext(connection) as many:
        first = client.get(LOG).content.decode()
    assert (len(many), lines(first)) == (len(one), 50)
    assert lines(client.get(f"{LOG}?trang=2").content.decode()) == 10


def test_looks_are_forgotten_after_a_year_and_changes_stay(learner, administrator, now):
    for days in (364, 366):
        for act in (Act.LOOKED, Act.EXPORTED, Act.CHANGED):
            note(about=learner, act=act, by=administrator, now=now - timedelta(days=days))
    assert (forget_old_looks(now=now), LogEntry.objects.count()) == (2, 4)


def test_ones_own_looks_are_not_noted_and_the_same_look_is_noted_once(learner, administrator, now):
    note_many(about=[learner.pk, administrator.pk], act=Act.EXPORTED, by=administrator, now=now)
    for minutes in (0, 5, 40):
        note_look(about=learner, by=administrator, now=now + timedelta(minutes=minutes), subject="Bài kiểm tra")
    note_look(about=administrator, by=administrator, now=now)
    assert list(LogEntry.objects.order_by("pk").values_list("about", "act")) == [(learner.pk, Act.EXPORTED), *[(learner.pk, Act.LOOKED)] * 2]


def test_ones_own_changes_are_noted_too(as_user, learner):
    values = {"full_name": "Nguyễn Thị Mai", "phone": "0987 000 111", "date_of_birth": "", "gender": "", "language": "vi", "given_name": ""}
    assert as_user(learner).post(reverse("accounts:show-profile"), values).status_code == 302
    assert LogEntry.objects.values_list("by", "changes").get() == (learner.pk, {"phone": ["0912 345 678", "0987 000 111"]})


def test_an_office_cannot_give_one_number_to_two(learner, outsider, administrator, now):
    with pytest.raises(PhoneInUse) as refused:
        change_person(user=outsider, facts=Facts("Đỗ Văn Ngoài", phone=learner.phone), by=administrator, now=now)
    assert (refused.value.field, LogEntry.objects.count()) == ("phone", 0)


def test_the_editors_form_of_a_person_notes_looks_and_changes_but_no_password(as_user, learner, administrator):
    client, address = as_user(administrator), reverse("wagtailusers_users:edit", args=[learner.pk])
    client.get(address)
    client.post(address, {
        "full_name": learner.full_name, "email": learner.email, "phone": "0987000111", "language": "vi", "is_active": "on", "gender": "", "given_name": "",
        "member_code": "", "date_of_birth": "", "password1": "Mot-mat-khau-rat-dai-9", "password2": "Mot-mat-khau-rat-dai-9"})
    noted = list(LogEntry.objects.filter(about=learner).order_by("pk").values_list("act", "changes"))
    assert [act for act, _changes in noted] == [Act.LOOKED, Act.CHANGED, Act.CHANGED]
    assert noted[1][1] == {"phone": ["0912 345 678", "0987 000 111"]}
    assert "password1" in noted[2][1] and "Mot-mat-khau" not in str(noted)
