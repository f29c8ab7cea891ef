"""Everything about somebody as a file: complete, readable, without secrets and without other people; and its door."""

import json
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from accounts.models import LogEntry
from accounts.services.exporting import export_person, name_in_zip
from learning.models import OutsideStudy
from tests.factories import privacy
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


def packed(person, now=privacy.NOW) -> ZipFile:
    return ZipFile(BytesIO(b"".join(export_person(user=person, now=now))))


def queries_of(person) -> int:
    with CaptureQueriesContext(connection) as asked:
        packed(person)
    return len(asked)


def test_all_of_it_is_there_in_both_forms_with_the_files(learner, administrator):
    privacy.lived(learner, administrator)
    with packed(learner) as found:
        assert found.testzip() is None
        data, page = json.loads(found.read("du-lieu.json")), found.read("doc-duoc.html").decode()
        names = found.namelist()
    sections = data["sections"]
    assert (data["schema"], data["person"], data["exported_at"]) == ("du-lieu-ca-nhan/1", str(learner.uuid), "2026-11-20T07:03:22Z")
    assert (sections["profile"]["rows"][0]["phone"], sections["posts"]["rows"][0]["unit"]) == ("+84912345678", "CĐCS Công ty may Hòa Bình")
    answer = sections["answers"]["rows"][0]
    assert (answer["answer_words"], answer["fraction"], answer["held_back"]) == ("Ngày thứ 30", 1.0, "")
    for words in ("Nguyễn Thị Mai", "0912345678"[-9:], "Ngày thứ 30", "Chủ tịch", "14:03 20/11/2026", "Ngày sinh của tôi sai."):
        assert words in page, words
    assert "<script" not in page and not re.search(r'(?:src|href|action)="[^#]', page)
    assert page.count("<section>") == page.count("</section>") == len(sections)
    kinds = sorted(name.rpartition(".")[2] for name in names)
    assert kinds == ["html", "json", "json", "pdf", "pdf", "txt"]


def test_its_words_are_vietnamese_whatever_the_reader_has_chosen(learner, administrator):
    privacy.lived(learner, administrator)
    with override("en"), packed(learner) as found:
        data, page = json.loads(found.read("du-lieu.json")), found.read("doc-duoc.html").decode()
    assert {row["words"][:11] for row in data["sections"]["consents"]["rows"]} == {"Tôi đã đọc ", "Tôi đồng ý "}
    assert "I have read" not in page and "I agree" not in page


def test_no_secret_and_nobody_else_is_in_it(learner, administrator, outsider):
    privacy.lived(learner, administrator)
    learner.attempts.get().slots.get().hand_marks.create(fraction=1, by=outsider, made_at=privacy.NOW)
    with packed(learner) as found:
        told = b"\n".join(found.read(name) for name in found.namelist() if not name.endswith(".pdf")).decode()
    assert "Trần Văn Ân" in told, "who looked at the record may be read in the log"
    for secret in (learner.password, privacy.SECRET, "d" * 64, "nguoi khac", outsider.full_name, administrator.email):
        assert secret not in told, secret
    for session in learner.usersession_set.all():
        assert session.session_key not in told


def test_what_the_taker_may_not_see_yet_is_held_back(learner):
    privacy.took_test(learner)
    learner.attempts.update(rules={"shown": {"during": [], "after_failure": [], "after_pass": ["mark"], "after_close": []}})
    sections = json.loads(packed(learner).read("du-lieu.json"))["sections"]
    attempt, answer = sections["attempts"]["rows"][0], sections["answers"]["rows"][0]
    assert (attempt["fraction"], answer["question"], answer["fraction"], answer["points"]) == (1.0, None, None, None)
    assert answer["held_back"] and answer["answer"], "what was answered is the taker's own"
    learner.attempts.update(rules={"shown": {}})
    attempt = json.loads(packed(learner).read("du-lieu.json"))["sections"]["attempts"]["rows"][0]
    assert (attempt["fraction"], attempt["points"], attempt["passed"]) == (None, None, None)


def test_queries_do_not_grow_with_rows(learner, administrator):
    privacy.lived(learner, administrator)
    one = queries_of(learner)
    for _number in range(29):
        privacy.took_test(learner)
    assert queries_of(learner) == one


def test_a_lost_file_is_named_and_the_rest_is_there(learner):
    study = OutsideStudy.objects.create(
        user=learner, title="Lớp", organiser="Trường", ended_on=privacy.NOW.date(), entered_by=learner, entered_at=privacy.NOW,
        proof=ContentFile(b"x", "mat.pdf"), proof_name="mất.pdf")
    study.proof.storage.delete(study.proof.name)
    with packed(learner) as found:
        assert found.read("tep-khong-mo-duoc.txt").decode() == "tep/outside_studies/0001-mất.pdf"
        assert json.loads(found.read("du-lieu.json"))["sections"]["outside_studies"]["rows"][0]["proof"] == "mất.pdf"


@pytest.mark.same_everywhere
@pytest.mark.parametrize(("name", "safe"), [
    ("../../etc/passwd", "tep/a/0001-passwd"), ("C:\\x\\bài 1.pdf", "tep/a/0001-bài 1.pdf"), ("..", "tep/a/0001-tep"), ("a\nb\x00.txt", "tep/a/0001-a-b-.txt"),
    ("<script>.pdf", "tep/a/0001--script-.pdf"),
])
def test_names_of_files_lead_nowhere_else(name, safe):
    assert name_in_zip(name, "a", 1) == safe


# The door

@pytest.fixture
def door():
    return reverse("accounts:export-data")


def test_the_password_is_asked_each_time_and_the_log_says_that_it_was_taken(learner, as_user, door):
    client = as_user(learner)
    assert as_user(None).get(door).status_code == 302
    assert client.get(door).status_code == 200 and not LogEntry.objects.exists()
    assert client.post(door, {"password": "sai"}).status_code == 422
    response = client.post(door, {"password": PASSWORD})
    assert (response["Content-Type"], response.streaming) == ("application/zip", True)
    with ZipFile(BytesIO(b"".join(response.streaming_content))) as found:
        assert "doc-duoc.html" in found.namelist()
    entry = LogEntry.objects.get(about=learner)
    assert (entry.by, entry.act) == (learner, "exported")


def test_five_an_hour_are_enough(learner, as_user, door):
    client = as_user(learner)
    for _number in range(5):
        assert client.post(door, {"password": PASSWORD}).status_code == 200
    assert client.post(door, {"password": PASSWORD}).status_code == 429
