"""Files of questions on their way into the bank: read without a trace, then all or nothing."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Drawing
from wagtail.images.models import Image
from wagtail.models import ModelLogEntry, ReferenceIndex

from cms import sanitise
from quizzes.enums import RowState, WorkState
from quizzes.interchange.items import MAX_BYTES
from quizzes.interchange.markup import from_plain
from quizzes.models import BankImport, Category, ImportRow, Question, QuestionTag
from quizzes.selectors.exchange import import_page
from quizzes.services import start_attempt
from quizzes.services.exchange import bringing, importing, reading, settling
from quizzes.storage import private_files
from tests.factories import laws as law
from tests.factories import quizzes as make
from tests.quizzes.exchanging import BANK, brought, lines, lines_format, one, reasons, received, states, understood, write_in

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


class TestReceiving:
    @pytest.mark.parametrize(("content", "wish", "code"), [
        (b"", {}, "empty"), (b"x", {"bank": " / "}, "bank"), (b"x", {"bank": "a" * 130}, "bank"), (b"x", {"format": "pdf"}, "format"),
        (b"PK\x03\x04xxxx", {"format": "gift"}, "not_its_format"), (b"\x00\x01\x02\x00", {"format": ""}, "format"),
        (b"hello", {"format": "xlsx"}, "not_its_format"), (b"hello", {"format": "moodlexml"}, "not_its_format"),
    ])
    def test_file_is_refused_with_a_code_when_it_cannot_be_one(self, content, wish, code):
        wishes = {"bank": BANK, "format": "lines", "publishes": True, "updates": False, "by": None, "now": timezone.now(), **wish}
        with pytest.raises(importing.ExchangeError) as refused:
            importing.receive_file(file=io.BytesIO(content), name="a.txt", **wishes)
        assert refused.value.code == code
        assert not BankImport.objects.exists()

    def test_file_is_refused_when_it_is_larger_than_50_mb(self):
        class Endless(io.RawIOBase):
            def seek(self, place, whence=0):
                return place

            def read(self, size=-1):
                return b"x" * size

        with pytest.raises(importing.ExchangeError) as refused:
            importing.receive_file(
                file=Endless(), name="a.txt", bank=BANK, format="lines", publishes=True, updates=False, by=None, now=timezone.now())
        assert (refused.value.code, MAX_BYTES) == ("too_large", 50 * 1024 * 1024)

    def test_same_file_is_the_same_import_until_it_is_finished(self, trainer, administrator):
        first = received(one(), by=trainer)
        assert received(one(), by=trainer) == first
        assert received(one(), by=administrator) != first
        assert received(one(), by=trainer, updates=True) != first
        assert received(one(), by=trainer, bank="Kho khác") != first
        importing.cancel_import(job=first, now=timezone.now())
        assert received(one(), by=trainer) != first

    def test_old_imports_go_with_their_files_and_rows_when_a_new_one_is_made(self, trainer):
        old = understood(one(), by=trainer)
        BankImport.objects.filter(pk=old.pk).update(made_at=timezone.now() - timedelta(days=31))
        received(one("Khác?"), by=trainer)
        assert not BankImport.objects.filter(pk=old.pk).exists()
        assert not ImportRow.objects.exists()
        assert not private_files().exists(old.file.name)

    def test_name_of_a_file_is_no_path(self, trainer):
        job = importing.receive_file(
            file=lines(one()), name="..\\..\\/etc/passwd", bank=BANK, format="lines", publishes=True, updates=False, by=trainer, now=timezone.now())
        assert job.name == "passwd"
        assert "passwd" not in job.file.name


class TestReading:
    def test_reading_writes_nothing_into_the_bank(self, trainer):
        job = understood(one(category=("Chương 1",), tags=("lạ",)), {"refused": "Không có đáp án."}, by=trainer)
        assert (job.state, job.counts, job.total, job.done) == (WorkState.READY, {"new": 1, "refused": 1}, 2, 2)
        assert states(job) == ["new", "refused"]
        assert not Question.objects.exists() and not Category.objects.exists() and not QuestionTag.objects.exists()

    def test_question_is_refused_with_its_field_as_the_editor_would(self):
        job = understood(
            one(wrong=("x" * 401,)), {**one(), "value": {"stem": "<p> </p>", "options": []}}, {**one(), "kind": "hotspot"},
            {**one(), "kind": "numeric", "value": {"stem": "<p>a</p>", "accepted": [{"value": "nhiều"}]}},
            {**one(), "value": {"stem": "<p>a</p>", "options": [{"text": "a", "is_right": True}, {"text": "b", "is_right": True}]}},
            one(code="x" * 41), one(category=("x" * 121,)), one(category=tuple("abcdefghijklmn")), one("x" * 20_001))
        assert set(states(job)) == {"refused"}
        said = reasons(job)
        assert said[0].startswith("Options, 2, Option: ")
        assert "Question: " in said[1] and "Options: " in said[1]
        assert said[3] == "A part of this question was not understood."
        assert said[4] == "Options: Only one option can be right. Use “Several answers” instead."
        assert not any(job.rows.filter(reason=""))

    def test_html_of_a_file_passes_both_gates_when_it_is_hostile(self):
        stem = (
            '<p onclick="x()">Câu <script>alert(1)</script><img src=x onerror=alert(1)>'
            '<a href="javascript:alert(1)">đây</a> <embed embedtype="image" id="1"/><embed embedtype="media" url="https://a.vn"/>'
            '<a linktype="document" id="7">tài liệu</a></p>')
        job = brought({**one(), "value": {**one()["value"], "stem": stem}, "explanation": stem})
        question = Question.objects.get()
        assert question.content.raw_data[0]["value"]["stem"] == "<p>Câu <a>đây</a> tài liệu</p>"
        assert question.explanation == "<p>Câu <a>đây</a> tài liệu</p>"
        assert "library" in reasons(job)[0]

    def test_text_is_composed_and_without_control_characters(self):
        brought(one("Thoa\u0309 u\u031bo\u031b\u0301c\x00?", right="ho\u0300a\x07"))
        question = Question.objects.get()
        assert question.stem_text == "Thoả ước?"
        assert question.content[0].value["options"][0]["text"] == "hòa"

    def test_code_that_comes_twice_in_a_file_is_refused_with_the_line_of_the_first(self):
        job = understood(one("Một?"), one("Hai?", code="A1"), one("Ba?", code="A1"))
        assert states(job) == ["new", "new", "refused"]
        assert reasons(job)[2] == "The code A1 stands in this file already, at line 2."

    def test_same_words_are_noted_within_the_file_and_across_the_bank(self):
        make.one_answer("Bao nhiêu ngày?", code="KHO-1")
        job = understood(one("bao nhieu ngay"), one("Hai?"), one("HAI", right="8"))
        assert states(job) == ["new"] * 3
        assert reasons(job) == [
            "Asks almost the same as a question of the bank: KHO-1", "", "Asks almost the same as line 2."]

    def test_citations_become_articles_and_unknown_ones_are_noted(self):
        code = law.document()
        point, article = law.provision(code, clause="1", point="a"), law.provision(code)
        job = brought(one(citations=(
            "45/2019/QH14 Điều 70 khoản 1 điểm a", "điểm a khoản 1 Điều 70 Bộ luật Lao động", "điều 70 của 45/2019/qh14", "99/2030/QH17 Điều 1")))
        question = Question.objects.get()
        assert [block.value for block in question.citations] == [point, article]
        assert set(question.cited.values_list("provision", flat=True)) == {point.pk, article.pk}
        assert "99/2030/QH17 Điều 1" in reasons(job)[0]

    def test_unreadable_file_leaves_the_import_failed_with_the_line(self, trainer):
        job = importing.receive_file(
            file=io.BytesIO(lines(one()).getvalue() + b"{"), name="a.lines", bank=BANK, format="lines", publishes=True, updates=False, by=trainer,
            now=timezone.now())
        reading.read_file(job=job, clock=timezone.now)
        assert (job.state, job.error, job.rows.count()) == (WorkState.FAILED, "Line 2: Not JSON.", 0)
        assert not job.file

    def test_file_without_questions_fails(self):
        job = received(one())
        job.file.storage.delete(job.file.name)
        job.file.storage.save(job.file.name, ContentFile(b""))
        assert reading.read_file(job=job, clock=timezone.now).state == WorkState.FAILED

    def test_questions_beyond_the_most_are_refused_with_a_word(self, monkeypatch):
        monkeypatch.setattr(reading, "MAX_ITEMS", 2)
        job = understood(one("Một?"), one("Hai?"), one("Ba?"), one("Bốn?"))
        assert states(job) == ["new", "new", "refused"]

    def test_reading_begins_anew_after_its_worker_was_killed(self, monkeypatch):
        monkeypatch.setattr(reading, "CHUNK", 1)
        job = received(one("Một?", code="A"), one("Hai?", code="B"))
        written = []

        def killed():
            written.append(1)
            if len(written) == 3:
                raise KeyboardInterrupt
            return timezone.now()

        monkeypatch.setattr(reading, "_fail", lambda *said: None)
        with pytest.raises(KeyboardInterrupt):
            reading.read_file(job=job, clock=killed)
        job.refresh_from_db()
        assert (job.state, job.rows.count()) == (WorkState.RUNNING, 1)
        assert reading.read_file(job=job, clock=timezone.now).state == WorkState.RUNNING
        assert job.rows.count() == 1
        BankImport.objects.update(alive_at=timezone.now() - timedelta(hours=1))
        assert reading.read_file(job=job, clock=timezone.now).state == WorkState.READY
        assert states(job) == ["new", "new"]

    def test_reading_stops_at_its_next_chunk_when_it_is_called_off(self, monkeypatch):
        monkeypatch.setattr(reading, "CHUNK", 1)
        job = received(one("Một?"), one("Hai?"), one("Ba?"))

        def clock():
            if ImportRow.objects.exists():
                importing.cancel_import(job=BankImport.objects.get(pk=job.pk), now=timezone.now())
            return timezone.now()

        reading.read_file(job=job, clock=clock)
        assert (job.state, job.rows.count(), job.file.name) == (WorkState.CANCELLED, 0, "")

    def test_reading_takes_a_fixed_number_of_queries_for_a_chunk(self, django_assert_max_num_queries):
        for count in (1, 30):
            job = received(*(one(f"Câu {count}-{number}?", code=f"{count}-{number}") for number in range(count)))
            with django_assert_max_num_queries(20):
                reading.read_file(job=job, clock=timezone.now)


class TestBringingIn:
    def test_questions_stand_in_the_bank_as_the_editor_would_have_stored_them(self, trainer):
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

    def test_drafts_are_not_asked(self):
        brought(one(), publishes=False)
        question = Question.objects.get()
        assert (question.live, question.has_unpublished_changes, question.first_published_at) == (False, True, None)

    def test_bringing_in_twice_writes_once(self, trainer):
        job = brought(one(), by=trainer)
        write_in(job, trainer)
        assert Question.objects.count() == 1

    def test_same_file_again_changes_nothing(self):
        questions = [one("Một?", code="A", tags=("x",)), one("Hai?"), {
            "kind": "numeric", "value": {"stem": "<p>Mấy?</p>", "accepted": [{"value": "2.50", "tolerance": "0", "fraction": 1.0}]}}]
        brought(*questions)
        before = list(Question.objects.order_by("pk").values())
        assert states(brought(*questions)) == ["same"] * 3
        assert states(brought(*questions, updates=True)) == ["same"] * 3
        assert list(Question.objects.order_by("pk").values()) == before

    def test_code_that_is_taken_is_refused_unless_changes_are_wanted(self):
        brought(one(code="A"))
        job = understood(one("Khác?", code="A"))
        assert states(job) == ["refused"]
        assert "A" in reasons(job)[0]
        assert states(understood(one("Khác?", code="A"), updates=True)) == ["changed"]

    def test_change_keeps_history_open_attempts_and_what_no_file_says(self, trainer, learner):
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

    def test_change_as_draft_waits_beside_what_is_published(self, trainer):
        brought(one(code="A"), by=trainer)
        brought(one("Mới?", code="A"), by=trainer, updates=True, publishes=False)
        question = Question.objects.get()
        assert (question.stem_text, question.live, question.has_unpublished_changes) == ("Bao nhiêu ngày?", True, True)
        assert question.get_latest_revision_as_object().stem_text == "Mới?"
        question.latest_revision.publish()
        assert Question.objects.get().stem_text == "Mới?"

    def test_pictures_beside_a_question_stay_when_a_file_changes_its_words(self, trainer):
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

    def test_of_two_who_use_the_same_code_the_second_brings_in_nothing_and_reads_again(self, trainer, administrator):
        mine, theirs = understood(one("Của tôi?", code="A"), one("Khác?"), by=trainer), understood(one("Của họ?", code="A"), by=administrator)
        write_in(theirs, administrator)
        with pytest.raises(bringing.Overtaken):
            write_in(mine, trainer)
        mine.refresh_from_db()
        assert Question.objects.get().stem_text == "Của họ?"
        assert (mine.state, "A" in mine.error) == (WorkState.WAITING, True)
        reading.read_file(job=mine, clock=timezone.now)
        assert states(mine) == ["refused", "new"]

    def test_question_that_was_edited_meanwhile_is_not_overwritten(self, trainer):
        brought(one(code="A"))
        job = understood(one("Của tệp?", code="A"), one("Mới?"), by=trainer, updates=True)
        question = Question.objects.get()
        question.topic = "Đã sửa"
        question.save_revision().publish()
        with pytest.raises(bringing.Overtaken):
            write_in(job, trainer)
        assert Question.objects.get().topic == "Đã sửa"

    def test_nothing_stays_when_writing_fails_in_the_middle(self, trainer, monkeypatch):
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

    def test_what_was_killed_while_writing_can_be_begun_again(self, trainer):
        job = understood(one(), by=trainer)
        BankImport.objects.update(state=WorkState.APPLYING, alive_at=timezone.now() - timedelta(hours=1))
        job.refresh_from_db()
        assert write_in(job, trainer).state == WorkState.DONE
        assert Question.objects.count() == 1

    def test_categories_are_found_by_name_with_their_marks(self):
        there = Category.add_root(name="Kho thử").add_child(name="Bài 1")
        brought(one(), bank="Kho thử/Bài 1")
        brought(one("Khác?"), bank="Kho thu/Bai 1")
        assert Question.objects.filter(category=there).count() == 1
        assert Category.objects.count() == 4

    def test_slash_within_a_name_is_no_step_down(self):
        brought(one(category=("Và/hoặc",)), bank="Luật//Nghị định/Bài 1")
        assert [place.name for place in Question.objects.get().category.get_ancestors()] == ["Luật/Nghị định", "Bài 1"]
        assert Question.objects.get().category.name == "Và/hoặc"

    @pytest.mark.parametrize(("code", "words"), [("A", "bao nhieu ngay"), ("B", "khong dan")])
    def test_log_and_references_and_search_are_as_after_saving_one(self, trainer, code, words):
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
        from wagtail.search.backends import get_search_backend

        assert list(get_search_backend().search(words, Question)) == [question]

    def test_settling_can_be_stopped_anywhere_and_begun_again(self, trainer, monkeypatch):
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

    def test_writing_takes_a_fixed_number_of_queries_for_a_chunk(self, trainer, django_assert_max_num_queries):
        for count in (1, 30):
            job = understood(*(one(f"Câu {count}-{number}?", tags=("t",)) for number in range(count)), by=trainer)
            with django_assert_max_num_queries(40):
                bringing.bring_in(job=job, by=trainer, now=timezone.now(), clock=timezone.now)


class TestPictures:
    def test_picture_of_a_file_comes_into_the_library_once(self, trainer):
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

    def test_picture_that_is_none_is_left_out_with_a_note(self, trainer):
        stem = '<p>Nhìn <img src="@@PLUGINFILE@@/a.png"><img src="https://xấu.vn/b.png"><img src="@@PLUGINFILE@@/c.svg"></p>'
        job = brought({**one(), "value": {**one()["value"], "stem": stem}, "pictures": {"a.png": b"GIF89a<script>".hex(), "c.svg": b"<svg/>".hex()}})
        assert Question.objects.get().content.raw_data[0]["value"]["stem"] == "<p>Nhìn </p>"
        assert len(reasons(job)[0].splitlines()) == 3
        assert not Image.objects.exists()

    def test_picture_written_into_the_text_is_taken_out_of_it(self, trainer):
        import base64

        stem = f'<p>Nhìn <img src="data:image/png;base64,{base64.b64encode(picture()).decode()}"></p>'
        brought({**one(), "value": {**one()["value"], "stem": stem}})
        assert f'id="{Image.objects.get().pk}"' in Question.objects.get().content.raw_data[0]["value"]["stem"]

    def test_file_of_a_picture_does_not_stay_when_its_question_was_not_written(self, trainer, monkeypatch):
        shown = '<p><img src="@@PLUGINFILE@@/a.png"> Gì?</p>'
        job = understood({**one(), "value": {**one()["value"], "stem": shown}, "pictures": {"a.png": picture("blue").hex()}}, by=trainer)
        saved = []
        monkeypatch.setattr(bringing.Writer, "write", lambda writer, **said: saved.append(Image.objects.get().file) or 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_in(job, trainer)
        assert not Image.objects.exists() and not saved[0].storage.exists(saved[0].name)


class TestPageOfAnImport:
    def test_refused_ones_stand_first_and_longer_lists_take_no_more_queries(self, django_assert_num_queries):
        for count in (1, 30):
            job = understood(*(one(f"Câu {count} {number}?") for number in range(count)), {"refused": "Hỏng."})
            with django_assert_num_queries(1):
                shown = import_page(job, "", None)
                rows = shown.rows
            assert rows[0][0].state == RowState.REFUSED and len(rows) == count + 1
            assert [(tab.state, tab.count) for tab in shown.tabs] == [("refused", 1), ("new", count)]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_what_is_passed_on_without_parsing_is_what_both_gates_would_write(text):
    for html in (from_plain(text), f"<p>a{text}b</p>", f"<p><b>{text}</b></p>", f"<ul><li>{text}</li></ul>"):
        assert sanitise.sanitise(html) == _through_the_gates(html)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([
    "<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</li>", "</ul>", "<br>", "a", " ", "\n", "&amp;", "&lt;", "&gt", "<i>x</i>", "]]>", "--", "=", '"',
]), max_size=9).map("".join))
def test_tags_that_are_passed_on_without_parsing_are_what_both_gates_would_write(inside):
    for html in (inside, f"<p>{inside}</p>", f"<p>x</p><ul><li>{inside}</li></ul>"):
        assert sanitise.sanitise(html) == _through_the_gates(html)


class _Never:
    @staticmethod
    def fullmatch(html):
        return None


def _through_the_gates(html: str) -> str:
    shortcut, sanitise._PLAIN = sanitise._PLAIN, _Never
    try:
        return sanitise.sanitise(html)
    finally:
        sanitise._PLAIN = shortcut
