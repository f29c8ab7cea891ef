"""The pages of question files: from the form to the bank and back, for those who may."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from quizzes.enums import WorkState
from quizzes.models import BankExport, BankImport, Category, Question
from quizzes.services.exchange import bringing, importing
from quizzes.tasks import exchange as tasks
from tests.quizzes.exchanging import brought, lines, lines_format, one, received, understood

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lines_format"), pytest.mark.same_everywhere]
__all__ = ["lines_format"]
ALL = ("add", "change", "view", "publish")


def may(user, *verbs: str):
    user.user_permissions.add(*Permission.objects.filter(
        content_type__app_label="quizzes", codename__in=[f"{verb}_question" for verb in verbs]))
    return type(user).objects.get(pk=user.pk)


@pytest.fixture
def keeper(trainer, as_user):
    """A trainer who may do everything in the bank."""
    trainer = may(trainer, *ALL)
    return as_user(trainer, HTTP_ACCEPT_LANGUAGE="en")


def sent(client, *questions, name="cau-hoi.lines", **fields):
    upload = SimpleUploadedFile(name, lines(*questions).getvalue())
    data = {"file": upload, "bank": "Kho/Bài 1", "format": "lines", "publishes": "on", **fields}
    return client.post(reverse("bank:import-questions"), data)


def test_file_is_sent_looked_at_and_brought_in(keeper):
    answer = sent(keeper, one("Một?", category=("Chương 1",)), {"refused": "Không có đáp án đúng."}, one("<b>Hai</b>?"))
    assert answer.status_code == 303
    page = keeper.get(answer.url)
    assert "Không có đáp án đúng." in page.content.decode() and "Bring 2 questions into the bank" in page.content.decode()
    assert not Question.objects.exists()
    job = BankImport.objects.get()
    answer = keeper.post(reverse("bank:bring-in", args=[job.uuid]))
    assert (answer.status_code, Question.objects.filter(live=True).count()) == (303, 2)
    keeper.post(reverse("bank:bring-in", args=[job.uuid]))
    assert Question.objects.count() == 2
    page = keeper.get(answer.url).content.decode()
    assert "2 questions were brought in." in page and "dua-vao" not in page
    assert job.name in keeper.get(reverse("bank:import-questions")).content.decode()


@pytest.mark.parametrize(("fields", "content", "status", "field"), [
    ({"bank": " "}, b"x", 422, "bank"), ({"format": "pdf"}, b"x", 422, "format"), ({}, b"", 422, "file"), ({}, b"PK\x03\x04", 422, "file"),
    ({"format": "", "bank": "Kho lạ"}, b"\x00\x01\x00", 422, "format"),
])
def test_form_says_what_is_wrong_and_keeps_what_was_typed(keeper, fields, content, status, field):
    data = {"file": SimpleUploadedFile("a.lines", content), "bank": "Kho nhớ", "format": "lines", "updates": "on", **fields}
    answer = keeper.post(reverse("bank:import-questions"), data)
    assert answer.status_code == status
    assert field in answer.context["form"].errors
    assert answer.context["form"]["bank"].value() == data["bank"]
    assert answer.context["form"]["updates"].value()
    assert not BankImport.objects.exists()


def test_file_that_is_too_large_is_answered_with_413(keeper, monkeypatch):
    monkeypatch.setattr(importing, "MAX_BYTES", 10)
    answer = sent(keeper, one())
    assert (answer.status_code, list(answer.context["form"].errors)) == (413, ["file"])


def test_unreadable_file_says_why(keeper):
    answer = keeper.post(reverse("bank:import-questions"), {
        "file": SimpleUploadedFile("a.lines", b"{"), "bank": "Kho", "format": "lines"})
    assert "Not JSON." in keeper.get(answer.url).content.decode()


def test_progress_is_told_to_the_script(keeper, trainer):
    job = received(one(), by=trainer)
    BankImport.objects.update(state=WorkState.RUNNING, alive_at=timezone.now(), total=200, done=50)
    address = reverse("bank:show-import", args=[job.uuid])
    assert keeper.get(address, HTTP_ACCEPT="application/json").json() == {"state": "running", "settled": False, "percent": 25, "counts": {}}
    page = keeper.get(address).content.decode()
    assert "data-exchange" in page and "<noscript>" in page


def test_interrupted_work_can_be_begun_again(keeper, trainer):
    job = received(one(), by=trainer)
    BankImport.objects.update(state=WorkState.RUNNING, alive_at=timezone.now() - timedelta(hours=1))
    address = reverse("bank:show-import", args=[job.uuid])
    page = keeper.get(address).content.decode()
    assert "interrupted" in page and "data-exchange" not in page and "<noscript>" not in page
    # A page that waits is told, so that it offers to go on.
    assert keeper.get(address, HTTP_ACCEPT="application/json").json()["settled"]
    keeper.post(reverse("bank:bring-in", args=[job.uuid]))
    job.refresh_from_db()
    assert job.state == WorkState.READY and not Question.objects.exists()
    BankImport.objects.update(state=WorkState.APPLYING, alive_at=timezone.now() - timedelta(hours=1))
    keeper.post(reverse("bank:bring-in", args=[job.uuid]))
    assert Question.objects.count() == 1


def test_import_is_called_off(keeper, trainer):
    job = understood(one(), by=trainer)
    answer = keeper.post(reverse("bank:cancel-import", args=[job.uuid]))
    assert answer.url == reverse("bank:import-questions")
    job.refresh_from_db()
    assert (job.state, job.rows.count()) == (WorkState.CANCELLED, 0)
    assert keeper.get(reverse("bank:show-import", args=[job.uuid])).status_code == 200
    keeper.post(reverse("bank:bring-in", args=[job.uuid]))
    assert not Question.objects.exists()


def test_bank_that_changed_meanwhile_is_read_again_and_said(keeper, trainer):
    job = understood(one("Của tệp?", code="A"), by=trainer)
    brought(one("Của người khác?", code="A"))
    answer = keeper.post(reverse("bank:bring-in", args=[job.uuid]))
    job.refresh_from_db()
    assert (job.state, job.counts) == (WorkState.READY, {"refused": 1})
    assert "Meanwhile another question has the code A." in keeper.get(answer.url).content.decode()
    assert Question.objects.count() == 1


def test_rows_are_filtered_and_paged_with_constant_queries(keeper, trainer, django_assert_max_num_queries):
    for count in (1, 120):
        job = understood(*(one(f"Câu {count} {number}?") for number in range(count)), {"refused": "Hỏng."}, by=trainer)
        address = reverse("bank:show-import", args=[job.uuid])
        with django_assert_max_num_queries(12):
            keeper.get(address)
    assert [row.state for row, _kind, _answers in keeper.get(f"{address}?xem=refused").context["shown"].rows] == ["refused"]
    assert len(keeper.get(f"{address}?xem=new&trang=3").context["shown"].rows) == 20
    assert keeper.get(f"{address}?xem=lạ&trang=x").status_code == 200


def test_list_of_earlier_files_takes_no_more_queries_when_it_is_longer(keeper, trainer, django_assert_max_num_queries):
    for count in (1, 15):
        for number in range(count):
            received(one(f"{count} {number}"), by=trainer)
        with django_assert_max_num_queries(12):
            keeper.get(reverse("bank:import-questions"))


def test_refused_ones_come_as_a_workbook_to_be_mended(keeper, trainer):
    job = understood(one("Giữ?"), one("=Hỏng?", code="B" * 41), {"refused": "Không có đáp án."}, by=trainer)
    answer = keeper.get(reverse("bank:download-refused", args=[job.uuid]))
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.worksheets[-1].values)
    assert [row[0] for row in rows[1:]] == [2, 3] and rows[2][2] == "Không có đáp án."
    said = {value for row in book.worksheets[0].values for value in row if value}
    assert any("Hỏng?" in str(value) for value in said) and not any("Giữ?" in str(value) for value in said)
    assert keeper.get(reverse("bank:download-refused", args=[brought(one("Khác?"), by=trainer).uuid])).status_code == 404


def test_refused_ones_can_still_be_mended_after_the_others_were_brought_in(keeper, trainer):
    job = brought(one("Giữ?"), one("Hỏng?", code="B" * 41), by=trainer)
    answer = keeper.get(reverse("bank:download-refused", args=[job.uuid]))
    said = [str(value) for row in load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0].values for value in row]
    assert any("Hỏng?" in value for value in said) and not any("Giữ?" in value for value in said)


def test_template_is_a_workbook(keeper):
    answer = keeper.get(reverse("bank:download-template"))
    assert load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets


def test_door_opens_to_those_who_may_only(as_user, learner, trainer):
    job = understood(one(), by=trainer)
    addresses = [reverse("bank:import-questions"), reverse("bank:download-template"), reverse("bank:show-import", args=[job.uuid])]
    for address in [*addresses, reverse("bank:export-questions")]:
        assert as_user().get(address).status_code == 302
        assert as_user(learner).get(address).status_code == 403
    only_view = as_user(may(learner, "view"))
    assert [only_view.get(address).status_code for address in addresses] == [403] * 3
    assert only_view.get(reverse("bank:export-questions")).status_code == 200


def test_other_peoples_files_do_not_exist(as_user, trainer, learner, administrator):
    job = understood(one(), {"refused": "x"}, by=trainer)
    other = as_user(may(learner, *ALL))
    for name in ("show-import", "download-refused"):
        assert other.get(reverse(f"bank:{name}", args=[job.uuid])).status_code == 404
    for name in ("bring-in", "cancel-import"):
        assert other.post(reverse(f"bank:{name}", args=[job.uuid])).status_code == 404
    assert as_user(administrator).get(reverse("bank:show-import", args=[job.uuid])).status_code == 200
    export = BankExport.objects.create(by=trainer, format="lines", bank="Kho", made_at=timezone.now())
    assert other.get(reverse("bank:show-export", args=[export.uuid])).status_code == 404


def test_publishing_and_changing_are_not_done_for_whoever_may_not(as_user, learner):
    client = as_user(may(learner, "add"))
    sent(client, one(code="A"), updates="on")
    job = BankImport.objects.get()
    assert (job.publishes, job.updates) == (False, False)
    client.post(reverse("bank:bring-in", args=[job.uuid]))
    assert not Question.objects.get().live


def test_permission_that_was_taken_away_meanwhile_counts(as_user, trainer):
    for wish in ({"publishes": True}, {"publishes": False, "updates": True}):
        job = understood(one(), by=may(trainer, "add"), **wish)
        assert as_user(trainer).post(reverse("bank:bring-in", args=[job.uuid])).status_code == 403
    assert not Question.objects.exists()


def test_looking_changes_nothing(keeper, trainer):
    job = understood(one(), by=trainer)
    for name in ("bring-in", "cancel-import"):
        assert keeper.get(reverse(f"bank:{name}", args=[job.uuid])).status_code == 405


def test_bank_is_asked_for_written_and_downloaded(keeper):
    brought(one("Một?"), one("Hai?", category=("Chương 1",)), bank="Kho")
    answer = keeper.post(reverse("bank:export-questions"), {"bank": "Kho", "format": "moodlexml"})
    assert answer.status_code == 303
    assert "2 questions" in keeper.get(answer.url).content.decode()
    job = BankExport.objects.get()
    answer = keeper.get(reverse("bank:download-export", args=[job.uuid]))
    assert b"M\xe1\xbb\x99t?" in b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "application/xml" and ".xml" in answer["Content-Disposition"]
    assert "Kho" in keeper.get(reverse("bank:export-questions")).content.decode()


def test_form_offers_what_is_there(keeper):
    assert reverse("bank:import-questions") in keeper.get(reverse("bank:export-questions")).content.decode()
    Category.add_root(name="Kho").add_child(name="Và/hoặc")
    form = keeper.get(reverse("bank:export-questions")).context["form"]
    assert [value for value, _label in form.fields["bank"].choices] == ["Kho", "Kho/Và//hoặc"]
    assert "text" not in dict(form.fields["format"].choices)
    assert keeper.post(reverse("bank:export-questions"), {"bank": "Lạ", "format": "text"}).status_code == 422


def test_empty_bank_fails_with_a_word(keeper):
    Category.add_root(name="Trống")
    answer = keeper.post(reverse("bank:export-questions"), {"bank": "Trống", "format": "moodlexml"})
    assert "There is no question in this bank." in keeper.get(answer.url).content.decode()
    assert keeper.get(reverse("bank:download-export", args=[BankExport.objects.get().uuid])).status_code == 404


def test_longer_tree_takes_no_more_queries(keeper, django_assert_max_num_queries):
    for count in (1, 30):
        for number in range(count):
            Category.add_root(name=f"Kho {count} {number}")
        with django_assert_max_num_queries(12):
            keeper.get(reverse("bank:export-questions"))


def test_task_finishes_what_was_left_undone_after_others(trainer):
    job = understood(one(), by=trainer)
    bringing.bring_in(job=job, by=trainer, now=timezone.now(), clock=timezone.now)
    BankImport.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    tasks.read_import.enqueue(received(one("Khác?"), by=trainer).pk)
    assert job.rows.get().data == {}


def test_file_is_read_when_what_was_left_undone_after_others_fails_again(trainer, monkeypatch):
    brought(one(), by=trainer)
    BankImport.objects.update(finished_at=timezone.now() - timedelta(hours=1), file="x")
    monkeypatch.setattr(tasks.settling, "settle_import", lambda *, job: 1 / 0)
    job = received(one("Khác?"), by=trainer)
    tasks.read_import.enqueue(job.pk)
    job.refresh_from_db()
    assert job.state == WorkState.READY
