"""The question bank in Wagtail's admin: finding, previewing, categories; and the words a question is found by."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from quizzes.models import Category, Question, Quiz
from quizzes.services import start_attempt
from tests.factories import quizzes as factory

pytestmark = pytest.mark.same_everywhere


@pytest.fixture
def admin(as_user, administrator):
    return as_user(administrator, headers={"accept-language": "en"})


def admin_url(model, name: str, *args) -> str:
    return reverse(model.snippet_viewset.get_url_name(name), args=args)


def question_form(category: Category, *, stem: str = "Khi nào?", kind: str = "one_answer") -> dict:
    """What the editor sends for a question of two options."""
    def option(number: int, right: bool) -> dict:
        return {"type": "item", "order": str(number), "deleted": "", "id": "", "value": {
            "text": f"Phương án {number}", "is_right": "on" if right else "", "feedback": "", "materials": streamfield([])}}

    rows = {"0": option(0, True), "1": option(1, False), "count": "2"}
    return nested_form_data({
        "content": streamfield([(kind, {"stem": rich_text(f"<p>{stem}</p>"), "materials": streamfield([]), "options": flat(rows)})]),
        "explanation": rich_text(""), "citations": streamfield([]), "category": str(category.pk), "difficulty": "easy",
        "topic": "", "code": "KH01-C05", "tags": "",
    })


def flat(rows: dict) -> dict:
    """Write a ListBlock's rows the way the editor names them: 0-value-text, 0-deleted …"""
    return rows


@pytest.mark.parametrize("typed", ["thoa uoc", "Thỏa ước", "thoả ước", "THOA UOC lao", "Thỏa ước", "kh02 thoa"])
def test_questions_are_found_without_diacritics_by_words_and_code(db, typed):
    found = factory.one_answer("Thỏa ước lao động tập thể là gì?", code="KH02-C01")
    factory.one_answer("Đối thoại là gì?")
    assert list(Question.objects.matching(typed)) == [found]


def test_d_with_and_without_its_bar_is_one_letter(db):
    found = factory.one_answer("Đối thoại định kỳ?")
    assert list(Question.objects.matching("doi thoai dinh ky")) == [found]
    assert list(Question.objects.matching("ĐỐI THOẠI")) == [found]


def test_the_words_follow_the_published_content(db):
    question = factory.one_answer("Cũ?")
    question.content[0].value["stem"].source = "<p>Mới <b>hẳn</b>?</p>"
    question.save_revision()
    assert list(Question.objects.matching("moi")) == []
    question.get_latest_revision().publish()
    question.refresh_from_db()
    assert (question.stem_text, list(Question.objects.matching("moi han"))) == ("Mới hẳn?", [question])


def test_the_list_searches_filters_and_names_the_kind(admin):
    below = factory.category().add_child(name="Hợp đồng")
    factory.one_answer("Thỏa ước?", difficulty="easy")
    factory.true_false("Hợp đồng thử việc.", category=below, difficulty="hard")
    listing = admin_url(Question, "list")
    page = admin.get(listing).content.decode()
    assert "Thỏa ước?" in page
    assert "True or false" in page
    assert "Hợp đồng thử việc." not in admin.get(listing, {"q": "thoa uoc"}).content.decode()
    assert "Thỏa ước?" not in admin.get(listing, {"difficulty": "hard"}).content.decode()
    both = admin.get(listing, {"category": factory.category().pk}).content.decode()
    assert "Thỏa ước?" in both
    assert "Hợp đồng thử việc." in both
    assert "Thỏa ước?" not in admin.get(listing, {"category": below.pk}).content.decode()


def test_the_list_takes_the_same_queries_for_1_and_for_30_questions(admin):
    counts, one = [], factory.one_answer()
    for more in (0, 29):
        Question.objects.bulk_create([
            Question(category=one.category, content=one.content, stem_text="?", live=True, latest_revision=one.latest_revision) for _one in range(more)])
        admin.get(admin_url(Question, "list"))
        with CaptureQueriesContext(connection) as queries:
            admin.get(admin_url(Question, "list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_trainer_writes_publishes_and_a_learner_is_asked(admin, administrator, learner, now):
    category = factory.category()
    form = {**question_form(category, stem="Thời hạn thử việc?"), "action-publish": "1"}
    said = admin.post(admin_url(Question, "add"), form)
    assert said.status_code == 302, said.context["form"].errors
    question = Question.objects.get()
    assert (question.live, question.author, question.stem_text) == (True, administrator, "Thời hạn thử việc?")
    attempt = start_attempt(quiz=factory.quiz([question]), user=learner, now=now)
    assert [option["text"] for option in attempt.slots.get().version.content["options"]] == ["Phương án 0", "Phương án 1"]


def test_the_preview_shows_the_question_as_its_taker_sees_it(admin, rf):
    question = factory.several_answers(explanation="<p>Vì luật nói vậy.</p>")
    request = rf.get("/")
    request.user = question.author
    kept = list(question.versions.values_list("pk", flat=True))
    page = question.make_preview_request(request, "").rendered_content
    for shown in ("Nội dung nào được thương lượng?", "Bữa ăn ca", 'type="checkbox"', "Vì luật nói vậy."):
        assert shown in page
    assert list(question.versions.values_list("pk", flat=True)) == kept


def test_a_question_that_was_never_saved_can_be_previewed(db, rf):
    question = Question(category=factory.category())
    assert question.make_preview_request(rf.get("/"), "").status_code == 200
    block = question._meta.get_field("content").stream_block
    question.content = block.to_python([{"type": "one_answer", "value": {
        "stem": "<p>Mới?</p>", "options": [{"text": "Có", "is_right": True, "feedback": ""}, {"text": "Không", "is_right": False, "feedback": ""}]}}])
    assert "Không" in question.make_preview_request(rf.get("/"), "").rendered_content


def test_categories_are_made_under_others_renamed_and_moved(admin):
    law = Category.add_root(name="Luật")
    said = admin.post(admin_url(Category, "add"), {"name": "Hợp  đồng ", "parent": law.pk})
    assert said.status_code == 302
    made = Category.objects.get(name="Hợp đồng")
    assert made.get_parent() == law
    admin.post(admin_url(Category, "edit", made.pk), {"name": "Hợp đồng lao động", "parent": ""})
    made.refresh_from_db()
    assert (made.name, made.depth) == ("Hợp đồng lao động", 1)
    admin.post(admin_url(Category, "edit", law.pk), {"name": "Luật", "parent": made.pk})
    law.refresh_from_db()
    assert law.get_parent() == made
    refused = admin.post(admin_url(Category, "edit", made.pk), {"name": "Vòng", "parent": law.pk})
    assert refused.status_code == 200
    assert Category.objects.get(pk=made.pk).depth == 1


def test_renaming_a_category_leaves_attempts_as_they_were(admin, learner, now):
    category = factory.category("Cũ")
    attempt = start_attempt(quiz=factory.quiz([factory.one_answer(category=category)]), user=learner, now=now)
    admin.post(admin_url(Category, "edit", category.pk), {"name": "Mới", "parent": ""})
    assert attempt.slots.get().version.question.category.name == "Mới"


def test_a_question_that_was_asked_cannot_be_deleted(admin, learner, now):
    question = factory.one_answer()
    attempt = start_attempt(quiz=factory.quiz([question]), user=learner, now=now)
    quiz = attempt.quiz
    for thing in (question, quiz, question.category):
        for door in (admin_url(type(thing), "delete", thing.pk), bulk_delete(thing)):
            said = admin.post(door, follow=True)
            assert said.status_code == 200
            assert "cannot be deleted" in said.content.decode()
            assert type(thing).objects.filter(pk=thing.pk).exists()
    assert attempt.slots.get().version.content["stem"]


def bulk_delete(thing) -> str:
    address = reverse("wagtail_bulk_action", args=[thing._meta.app_label, thing._meta.model_name, "delete"])
    return f"{address}?id={thing.pk}"


def test_what_nobody_used_can_be_deleted(admin):
    unused = factory.one_answer()
    empty = Category.add_root(name="Trống")
    for thing in (unused, empty):
        admin.post(admin_url(type(thing), "delete", thing.pk))
        assert not type(thing).objects.filter(pk=thing.pk).exists()


def test_a_category_with_used_ones_under_it_cannot_be_deleted(admin):
    top = Category.add_root(name="Luật")
    factory.one_answer(category=top.add_child(name="Hợp đồng"))
    assert "cannot be deleted" in admin.post(admin_url(Category, "delete", top.pk), follow=True).content.decode()
    assert Question.objects.count() == 1


@pytest.mark.parametrize("model", [Question, Category, Quiz])
def test_every_list_and_new_form_opens(admin, model):
    factory.quiz()
    assert admin.get(admin_url(model, "list")).status_code == 200
    assert admin.get(admin_url(model, "add")).status_code == 200
    assert admin.get(admin_url(model, "edit", model.objects.first().pk)).status_code == 200


def test_the_bank_stands_in_the_menu_for_those_who_may_use_it(admin, as_user, trainer):
    assert admin_url(Question, "list") in admin.get(reverse("wagtailadmin_home")).content.decode()
    assert as_user(trainer).get(admin_url(Question, "list")).status_code == 302

