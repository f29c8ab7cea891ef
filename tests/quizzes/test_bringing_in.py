"""Questions of a file brought into the bank: all or nothing, as the editor would have stored them, and never over somebody else's work."""

import base64
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from PIL import Image as Drawing
from wagtail.images.models import Image
from wagtail.models import ModelLogEntry, ReferenceIndex
from wagtail.search.backends import get_search_backend

from quizzes.enums import WorkState
from quizzes.models import BankImport, Category, Question, QuestionTag
from quizzes.services import start_attempt
from quizzes.services.exchange import bringing, importing, reading, settling
from quizzes.storage import private_files
from tests.factories import laws as law
from tests.factories import quizzes as make
from tests.quizzes.exchanging import brought, lines_format, one, reasons, received, states, understood, write_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lines_format")]
__all__ = ["lines_format"]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def picture(color: str = "red") -> bytes:
    out = io.BytesIO()
    Drawing.new("RGB", (8, 6), color).save(out, "PNG")
    return out.getvalue()


def test_questions_stand_in_the_bank_as_the_editor_would_have_stored_them(trainer):
    job = brought(one(code="K1", category=("Chương 1", "Mục a"), tags=("Lương", "lương"), difficulty="hard", topic="Bài 3",
                      explanation="<p>Vì luật.</p>"), by=trainer)
    question = Question.objects.get()
    assert [place.name for place in question.category.get_ancestors()] == ["Kho thử", "Bài 1", "Chương 1"]
    assert (question.category.name, question.code, question.difficulty, question.topic) == ("Mục a", "K1", "hard", "Bài 3")
    assert (question.live, question.has_unpublished_changes, question.author) == (True, False, trainer)
    assert question.first_published_at and question.search_key == "k1 bao nhieu ngay"
    assert [tag.name.casefold() for tag in question.tags.all()] == ["lương"]
    before = Question.objects.values().get()
    question.content[0].value  # noqa: B018 - looked at, every block prepares itself anew
    question.save()
    assert Question.objects.values().get() == before
    assert (job.state, job.counts, job.file.name) == (WorkState.DONE, {"new": 1}, "")
    row = job.rows.get()
    assert (row.question, row.data) == (question, {})


def test_drafts_are_not_asked():
    brought(one(), publishes=False)
    question = Question.objects.get()
    assert (question.live, question.has_unpublished_changes, question.first_published_at) == (False, True, None)


def test_bringing_in_twice_writes_once(trainer):
    job = brought(one(), by=trainer)
    write_in(job, trainer)
    assert Question.objects.count() == 1


def test_same_file_again_changes_nothing():
    questions = [one("Một?", code="A", tags=("x",)), one("Hai?"), {
        "kind": "numeric", "value": {"stem": "<p>Mấy?</p>", "accepted": [{"value": "2.50", "tolerance": "0", "fraction": 1.0}]}}]
    brought(*questions)
    before = list(Question.objects.order_by("pk").values())
    assert states(brought(*questions)) == ["same"] * 3
    assert states(brought(*questions, updates=True)) == ["same"] * 3
    assert list(Question.objects.order_by("pk").values()) == before


def test_code_that_is_taken_is_refused_unless_changes_are_wanted():
    brought(one(code="A"))
    job = understood(one("Khác?", code="A"))
    assert states(job) == ["refused"]
    assert "A" in reasons(job)[0]
    assert states(understood(one("Khác?", code="A"), updates=True)) == ["changed"]


def test_change_keeps_history_open_attempts_and_what_no_file_says(trainer, learner):
    brought(one(code="A", tags=("cũ",)), by=trainer)
    question = Question.objects.get()
    attempt = start_attempt(quiz=make.quiz([question]), user=learner, now=timezone.now())
    version, ids = attempt.slots.get().version, [option["id"] for option in question.content.raw_data[0]["value"]["options"]]
    brought(one("Bao nhiêu ngày làm việc?", right="30", wrong=("90", "7"), code="A", tags=("mới",)), by=trainer, updates=True)
    question.refresh_from_db()
    assert question.stem_text == "Bao nhiêu ngày làm việc?"
    assert attempt.slots.get().version == version and "làm việc" not in version.content["stem"]
    assert question.version is None and question.live and not question.has_unpublished_changes
    # The options moved; each keeps the key by which answers name it.
    assert [option["id"] for option in question.content.raw_data[0]["value"]["options"]] == [ids[0], ids[2], ids[1]]
    assert [revision.as_object().stem_text for revision in question.revisions.order_by("pk")] == ["Bao nhiêu ngày?", "Bao nhiêu ngày làm việc?"]
    assert question.latest_revision == question.live_revision == question.revisions.order_by("pk").last()
    assert [tag.name for tag in question.tags.all()] == ["mới"]
    assert [tag.name for tag in question.latest_revision.as_object().tags.all()] == ["mới"]
    assert ModelLogEntry.objects.for_instance(question).get().action == "wagtail.publish"


def test_change_as_draft_waits_beside_what_is_published(trainer):
    brought(one(code="A"), by=trainer)
    brought(one("Mới?", code="A"), by=trainer, updates=True, publishes=False)
    question = Question.objects.get()
    assert (question.stem_text, question.live, question.has_unpublished_changes) == ("Bao nhiêu ngày?", True, True)
    assert question.get_latest_revision_as_object().stem_text == "Mới?"
    question.latest_revision.publish()
    assert Question.objects.get().stem_text == "Mới?"


def test_pictures_beside_a_question_stay_when_a_file_changes_its_words(trainer):
    article = law.provision(law.document())
    question = make.one_answer("Cũ?", code="A")
    value = dict(question.content.raw_data[0]["value"])
    value["materials"] = [{"type": "provision", "value": article.pk, "id": "m1"}]
    question.content = [("one_answer", question.content.stream_block.child_blocks["one_answer"].to_python(value))]
    question.save()
    brought(one("Mới?", code="A"), by=trainer, updates=True)
    question.refresh_from_db()
    assert [block.value for block in question.content[0].value["materials"]] == [article]
    assert question.cited.get().provision == article


def test_of_two_who_use_the_same_code_the_second_brings_in_nothing_and_reads_again(trainer, administrator):
    mine, theirs = understood(one("Của tôi?", code="A"), one("Khác?"), by=trainer), understood(one("Của họ?", code="A"), by=administrator)
    write_in(theirs, administrator)
    with pytest.raises(bringing.Overtaken):
        write_in(mine, trainer)
    mine.refresh_from_db()
    assert Question.objects.get().stem_text == "Của họ?"
    assert (mine.state, "A" in mine.error) == (WorkState.WAITING, True)
    reading.read_file(job=mine, clock=timezone.now)
    assert states(mine) == ["refused", "new"]


def test_question_that_was_edited_meanwhile_is_not_overwritten(trainer):
    brought(one(code="A"))
    job = understood(one("Của tệp?", code="A"), one("Mới?"), by=trainer, updates=True)
    question = Question.objects.get()
    question.topic = "Đã sửa"
    question.save_revision().publish()
    with pytest.raises(bringing.Overtaken):
        write_in(job, trainer)
    assert Question.objects.get().topic == "Đã sửa"


def test_nothing_stays_when_writing_fails_in_the_middle(trainer, monkeypatch):
    monkeypatch.setattr(bringing, "CHUNK", 1)
    job = understood(one("Một?", category=("Mới",)), one("Hai?", tags=("t",)), by=trainer)
    written = bringing.Writer.write

    def fails(writer, **said):
        if Question.objects.exists():
            raise OSError("the disk is full")
        written(writer, **said)

    monkeypatch.setattr(bringing.Writer, "write", fails)
    with pytest.raises(OSError, match="disk"):
        write_in(job, trainer)
    job.refresh_from_db()
    assert (job.state, Question.objects.count(), Category.objects.count(), QuestionTag.objects.count()) == (WorkState.READY, 0, 0, 0)
    monkeypatch.setattr(bringing.Writer, "write", written)
    assert write_in(job, trainer).state == WorkState.DONE


def test_what_was_killed_while_writing_can_be_begun_again(trainer):
    job = understood(one(), by=trainer)
    BankImport.objects.update(state=WorkState.APPLYING, alive_at=timezone.now() - timedelta(hours=1))
    job.refresh_from_db()
    assert write_in(job, trainer).state == WorkState.DONE
    assert Question.objects.count() == 1


def test_categories_are_found_by_name_with_their_marks():
    there = Category.add_root(name="Kho thử").add_child(name="Bài 1")
    brought(one(), bank="Kho thử/Bài 1")
    brought(one("Khác?"), bank="Kho thu/Bai 1")
    assert Question.objects.filter(category=there).count() == 1
    assert Category.objects.count() == 4


def test_slash_within_a_name_is_no_step_down():
    brought(one(category=("Và/hoặc",)), bank="Luật//Nghị định/Bài 1")
    assert [place.name for place in Question.objects.get().category.get_ancestors()] == ["Luật/Nghị định", "Bài 1"]
    assert Question.objects.get().category.name == "Và/hoặc"


@pytest.mark.parametrize(("code", "words"), [("A", "bao nhieu ngay"), ("B", "khong dan")])
def test_log_and_references_and_search_are_as_after_saving_one(trainer, code, words):
    article = law.provision(law.document())
    brought(one(code="A", tags=("t",), citations=("45/2019/QH14 Điều 70",)), one("Không dẫn?", code="B", tags=("t",)), by=trainer)
    question = Question.objects.get(code=code)
    entry = ModelLogEntry.objects.get(action="quizzes.import_questions")
    assert (entry.user, entry.data) == (trainer, {"file": "cau-hoi.lines", "counts": {"new": 2}})
    fields = ("to_content_type", "to_object_id", "model_path", "content_path", "content_path_hash", "content_type")
    mine = set(ReferenceIndex.get_references_for_object(question).values_list(*fields))
    assert ReferenceIndex.get_references_to(article).count() == 1
    ReferenceIndex.objects.all().delete()
    ReferenceIndex.create_or_update_for_object(question)
    assert set(ReferenceIndex.get_references_for_object(question).values_list(*fields)) == mine
    assert list(get_search_backend().search(words, Question)) == [question]


def test_settling_can_be_stopped_anywhere_and_begun_again(trainer, monkeypatch):
    monkeypatch.setattr(settling, "CHUNK", 1)
    job = understood(one("Một?"), one("Hai?"), by=trainer)
    bringing.bring_in(job=job, by=trainer, now=timezone.now(), clock=timezone.now)
    refer = settling.refer
    monkeypatch.setattr(settling, "refer", lambda questions: refer(questions) if not ReferenceIndex.objects.exists() else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        settling.settle_import(job=job)
    assert sorted(map(bool, job.rows.values_list("data", flat=True))) == [False, True]
    monkeypatch.setattr(settling, "refer", refer)
    assert list(settling.imports_to_settle(timezone.now() + timedelta(hours=1))) == [job]
    settling.settle_import(job=job)
    assert list(job.rows.values_list("data", flat=True)) == [{}, {}]
    assert set(job.rows.values_list("question", flat=True)) == set(Question.objects.values_list("pk", flat=True))
    job.refresh_from_db()
    assert not list(settling.imports_to_settle(timezone.now() + timedelta(hours=1)))


def test_writing_takes_a_fixed_number_of_queries_for_a_chunk(trainer, django_assert_max_num_queries):
    for count in (1, 30):
        job = understood(*(one(f"Câu {count}-{number}?", tags=("t",)) for number in range(count)), by=trainer)
        with django_assert_max_num_queries(40):
            bringing.bring_in(job=job, by=trainer, now=timezone.now(), clock=timezone.now)


def test_picture_of_a_file_comes_into_the_library_once(trainer):
    shown = '<p>Nhìn <img src="@@PLUGINFILE@@/h%C3%ACnh 1.png" alt="Bảng &quot;lương&quot;"></p>'
    with_picture = {**one(), "value": {**one()["value"], "stem": shown}, "pictures": {"hình 1.png": picture().hex()}}
    job = brought(with_picture, {**with_picture, "code": "B", "explanation": shown}, by=trainer)
    image = Image.objects.get()
    assert (image.title, image.width, image.height, image.uploaded_by_user) == ("hình 1", 8, 6, trainer)
    assert image.file.read() == picture()
    embed = f'<embed embedtype="image" id="{image.pk}" alt="Bảng &quot;lương&quot;" format="fullwidth"/>'
    assert [question.content.raw_data[0]["value"]["stem"] for question in Question.objects.order_by("pk")] == [f"<p>Nhìn {embed}</p>"] * 2
    assert ReferenceIndex.get_references_to(image).count() == 3
    assert not private_files().exists(importing.pictures_folder(job))
    assert states(brought(with_picture, {**with_picture, "code": "B", "explanation": shown}, by=trainer)) == ["same", "same"]


def test_picture_that_is_none_is_left_out_with_a_note(trainer):
    stem = '<p>Nhìn <img src="@@PLUGINFILE@@/a.png"><img src="https://xấu.vn/b.png"><img src="@@PLUGINFILE@@/c.svg"></p>'
    job = brought({**one(), "value": {**one()["value"], "stem": stem}, "pictures": {"a.png": b"GIF89a<script>".hex(), "c.svg": b"<svg/>".hex()}})
    assert Question.objects.get().content.raw_data[0]["value"]["stem"] == "<p>Nhìn </p>"
    assert len(reasons(job)[0].splitlines()) == 3
    assert not Image.objects.exists()


def test_picture_written_into_the_text_is_taken_out_of_it(trainer):
    stem = f'<p>Nhìn <img src="data:image/png;base64,{base64.b64encode(picture()).decode()}"></p>'
    brought({**one(), "value": {**one()["value"], "stem": stem}})
    assert f'id="{Image.objects.get().pk}"' in Question.objects.get().content.raw_data[0]["value"]["stem"]


def test_file_of_a_picture_does_not_stay_when_its_question_was_not_written(trainer, monkeypatch):
    shown = '<p><img src="@@PLUGINFILE@@/a.png"> Gì?</p>'
    job = understood({**one(), "value": {**one()["value"], "stem": shown}, "pictures": {"a.png": picture("blue").hex()}}, by=trainer)
    saved = []
    monkeypatch.setattr(bringing.Writer, "write", lambda writer, **said: saved.append(Image.objects.get().file) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_in(job, trainer)
    assert not Image.objects.exists() and not saved[0].storage.exists(saved[0].name)


def test_no_more_questions_are_changed_at_once_than_others_can_wait_for(trainer, monkeypatch):
    monkeypatch.setattr("quizzes.services.exchange.judging.MOST_CHANGED", 2)
    brought(*(one(f"Câu {code}?", code=code) for code in "ABC"), by=trainer)
    job = understood(*(one(f"Câu {code}, sửa?", code=code) for code in "ABC"), by=trainer, updates=True)
    assert states(job) == ["changed", "changed", "refused"]
    assert "At most 2 questions" in reasons(job)[2]


def test_two_files_with_the_same_questions_bring_them_in_once_when_both_were_read_before(trainer, administrator):
    first, second = understood(one("Một?"), one("Hai?"), by=trainer), understood(one("Một?"), one("Hai?"), one("Ba?"), by=administrator)
    write_in(first, trainer)
    with pytest.raises(bringing.Overtaken):
        bringing.bring_in(job=second, by=administrator, now=timezone.now(), clock=timezone.now)
    second = reading.read_file(job=second, clock=timezone.now)
    assert states(second) == ["same", "same", "new"]
    write_in(second, administrator)
    assert Question.objects.count() == 3


def test_archived_questions_do_not_stop_an_import_and_are_known_again(trainer):
    brought(one("Một?"), one("Hai?"), by=trainer)
    Question.objects.update(archived_at=timezone.now())
    job = understood(one("Một?"), one("Hai?", right="8"), by=trainer)
    assert states(job) == ["same", "new"]
    assert "Asks almost the same as a question of the bank" in reasons(job)[1]
    assert write_in(job, trainer).state == WorkState.DONE
    assert Question.objects.kept().count() == 1


def read_while(job: BankImport, happens, monkeypatch) -> BankImport:
    """Read a file question by question; something happens after the first."""
    monkeypatch.setattr(reading, "CHUNK", 1)
    done = []

    def clock():
        if job.rows.exists() and not done:
            done.append(happens())
        return timezone.now()

    return reading.read_file(job=job, clock=clock)


def test_category_that_is_made_while_a_file_is_read_is_known(trainer, monkeypatch):
    job = received(one("Một?"), one("Không?"), one("Hai?", code="B"), one("Ba?"), by=trainer, updates=True)
    read_while(job, lambda: brought(one("Hai, khác?", code="B"), one("Ba?"), by=trainer), monkeypatch)
    assert states(job) == ["new", "new", "changed", "same"]


def test_questions_that_came_in_while_a_file_was_read_stop_it_when_it_has_their_words_twice(trainer, monkeypatch):
    job = received(one("Một?"), one("Không?"), one("Một?", right="8"), by=trainer)
    read_while(job, lambda: brought(one("Một?"), by=trainer), monkeypatch)
    with pytest.raises(bringing.Overtaken):
        write_in(job, trainer)
    assert states(reading.read_file(job=job, clock=timezone.now)) == ["same", "new", "new"]
    assert write_in(job, trainer).state == WorkState.DONE


@pytest.mark.same_everywhere
def test_bank_is_never_gone_through_from_end_to_end_when_a_file_is_held_against_it(trainer):
    if connection.vendor != "sqlite":
        pytest.skip("other databases choose by the size of the table")
    brought(one("Một?", code="A"), one("Hai?"), by=trainer)
    job = received(one("Một?", code="A"), one("Hai?"), one("Ba?", code="C"), one("Bốn?"), by=trainer)
    with CaptureQueriesContext(connection) as asked:
        reading.read_file(job=job, clock=timezone.now)
        bringing.bring_in(job=job, by=trainer, now=timezone.now(), clock=timezone.now)
    seen = [query["sql"] for query in asked if re.search(r'"(code|stem_digest)" IN', query["sql"])]
    assert len(seen) == 4
    with connection.cursor() as cursor:
        for sql in seen:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            assert not [row[3] for row in cursor.fetchall() if row[3].startswith("SCAN quizzes_question")], sql
