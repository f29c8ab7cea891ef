"""The list of the bank with every filter, the chooser of the quiz editor, and what authors are told while they edit."""

import re
from dataclasses import asdict
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quizzes.models import Category, Question, QuestionTag, TaggedQuestion
from quizzes.services import make_appeal, start_attempt, submit_attempt
from quizzes.viewsets.narrowing import questions_asked_for
from tests.factories import laws
from tests.factories import quizzes as factory
from tests.quizzes.test_bank import admin_url, question_form

pytestmark = pytest.mark.django_db
YESTERDAY = timedelta(days=1)


@pytest.fixture
def admin(as_user, administrator):
    return as_user(administrator, headers={"accept-language": "en"})


def ended_article():
    return laws.provision(laws.document(), in_force_until=timezone.localdate() - YESTERDAY)


def listed(admin, **asked) -> set[str]:
    return {question.stem_text for question in admin.get(admin_url(Question, "list"), asked).context["object_list"]}


def test_every_filter_keeps_what_it_says(admin, administrator, rf):
    below = factory.category("Luật").add_child(name="Hợp đồng")
    old = factory.one_answer("Luật cũ?", category=below, citations=[("provision", ended_article())], author=administrator)
    easy = factory.true_false("Câu dễ.", difficulty="easy")
    easy.tags.add("mới")
    easy.save()
    factory.one_answer("Cất rồi?", archived_at=timezone.now())
    draft = factory.one_answer("Nháp?")
    draft.unpublish()
    everything = {"Luật cũ?", "Câu dễ.", "Nháp?"}
    assert listed(admin) == everything
    for asked, found in (
        ({"category": factory.category("Luật").pk}, {"Luật cũ?"}), ({"difficulty": "easy"}, {"Câu dễ."}), ({"tag": QuestionTag.objects.get().pk}, {"Câu dễ."}),
        ({"kind": "true_false"}, {"Câu dễ."}), ({"live": "false"}, {"Nháp?"}), ({"law": "ended"}, {"Luật cũ?"}), ({"law": "applies"}, {"Câu dễ.", "Nháp?"}),
        ({"archive": "only"}, {"Cất rồi?"}), ({"archive": "with"}, {*everything, "Cất rồi?"}), ({"author": administrator.pk}, {"Luật cũ?"}),
        ({"q": "luat cu"}, {"Luật cũ?"}), ({"q": "cat roi"}, set()), ({"category": "x"}, everything), ({"archive": "x"}, everything),
    ):
        # What is done with "all" goes by the same filters as the list.
        assert {question.stem_text for question in questions_asked_for(rf.get("/", asked))} == found, asked
    assert listed(admin, law="ended", q="luat cu") == {"Luật cũ?"}
    assert listed(admin, category="x") == everything
    page = admin.get(admin_url(Question, "list")).content.decode()
    assert f"in force until {timezone.localdate() - YESTERDAY:%d/%m/%Y}" in page
    assert reverse("bank:show-question", args=[old.uuid]) in page


def test_the_front_page_counts_what_its_links_then_list(admin, administrator, learner, now):
    stale = factory.one_answer("Luật cũ?", citations=[("provision", ended_article())])
    factory.one_answer("Giống nhau?")
    factory.one_answer("giong nhau")
    factory.one_answer("Cất rồi?", archived_at=now)
    factory.one_answer("Nháp?").unpublish()
    attempt = start_attempt(quiz=factory.quiz([stale], title="Kiểm tra", review="full"), user=learner, now=now)
    make_appeal(attempt=submit_attempt(attempt=attempt, now=now), position=1, text="Điều này đã hết hiệu lực rồi.", by=learner, now=now)
    page = admin.get(reverse("bank:show-bank"))
    assert asdict(page.context["overview"]) == {"total": 4, "drafts": 1, "archived": 1, "stale": 1, "twins": 1, "appeals": 1}
    [there] = re.findall(rf'href="({admin_url(Question, "list")}\?[^"]*)"', page.content.decode())
    assert list(admin.get(there).context["object_list"]) == [stale]


def test_the_list_takes_the_same_queries_for_1_and_for_30_rows_with_every_filter(admin, administrator):
    article, tag, counts = ended_article(), QuestionTag.objects.create(name="mới"), []
    one = factory.one_answer("Thỏa ước?", citations=[("provision", article)], author=administrator, archived_at=timezone.now())
    asked = {
        "category": one.category_id, "difficulty": one.difficulty, "kind": "one_answer", "live": "true", "law": "ended", "archive": "with",
        "author": administrator.pk, "tag": tag.pk, "q": "thoa uoc"}
    for more in (0, 29):
        rows = Question.objects.bulk_create([
            Question(category=one.category, content=one.content, citations=one.citations, author=administrator, stem_text="?",
                     search_key="thoa uoc", live=True) for _one in range(more)])
        rows = rows or [one]
        TaggedQuestion.objects.bulk_create([TaggedQuestion(content_object=row, tag=tag) for row in rows])
        if more:
            one.cited.model.objects.bulk_create([one.cited.model(question=row, provision=article) for row in rows])
        admin.get(admin_url(Question, "list"), asked)
        with CaptureQueriesContext(connection) as queries:
            page = admin.get(admin_url(Question, "list"), asked)
        counts.append((len(queries), len(page.context["object_list"])))
    assert counts == [(counts[0][0], 1), (counts[0][0], 30)]


def test_the_chooser_finds_without_diacritics_by_category_and_offers_no_archived_one(admin):
    found = factory.one_answer("Thỏa ước là gì?", code="KH02-C01")
    factory.one_answer("Thỏa ước cũ?", archived_at=timezone.now())
    other = factory.true_false("Đối thoại.", category=Category.add_root(name="Khác"))

    def offered(**asked) -> list[Question]:
        return list(admin.get(reverse("wagtailsnippetchoosers_quizzes_question:choose_results"), asked).context["results"])

    assert offered() == [other, found]
    assert offered(q="thoa uoc") == offered(q="kh02") == [found]
    assert offered(category=other.category_id) == [other]
    Question.objects.bulk_create([
        Question(category=found.category, content=found.content, stem_text="?", live=True, latest_revision=found.latest_revision) for _one in range(18)])
    counts = []
    for asked in ({"q": "thoa uoc"}, {}):
        with CaptureQueriesContext(connection) as queries:
            offered(**asked)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    modal = admin.get(reverse("wagtailsnippetchoosers_quizzes_question:choose"))
    assert modal.json()["step"] == "choose"
    assert "True or false" in modal.json()["html"]


def test_categories_say_how_many_questions_they_hold_in_one_query(admin):
    factory.bank(2)
    factory.one_answer("Cất rồi?", archived_at=timezone.now())
    Category.add_root(name="Trống")
    rows = admin.get(admin_url(Category, "list")).context["object_list"]
    assert {row.name: row.question_count for row in rows} == {"Thương lượng": 2, "Trống": 0}


def test_an_author_is_told_of_a_question_with_the_same_words_and_may_keep_both(admin):
    there = factory.one_answer("Thời hạn thử việc?")
    said = admin.post(admin_url(Question, "add"), question_form(there.category, stem="THOI HAN thử việc"), follow=True).content.decode()
    assert "Another question has the same words" in said
    assert reverse("bank:show-question", args=[there.uuid]) in said
    assert Question.objects.count() == 2
    other = {**question_form(there.category, stem="Khác hẳn?"), "code": "KHAC"}
    assert "the same words" not in admin.post(admin_url(Question, "add"), other, follow=True).content.decode()


def test_the_editor_says_where_a_question_is_used_and_publishing_which_attempts_keep_the_old_one(admin, learner):
    question = factory.one_answer(citations=[("provision", ended_article())])
    quiz = factory.quiz([question], title="Kiểm tra hợp đồng")
    start_attempt(quiz=quiz, user=learner, now=timezone.now())
    here = admin_url(Question, "edit", question.pk)
    page = admin.get(here).content.decode()
    assert "Kiểm tra hợp đồng" in page
    assert "It rests on law that has ended" in page
    said = admin.post(here, {**question_form(question.category, stem="Lời mới?"), "action-publish": "1"}, follow=True).content.decode()
    assert "1 attempts under way at “Kiểm tra hợp đồng” keep the wording" in said
    assert "In use in" not in admin.get(admin_url(Question, "edit", factory.true_false("Chưa ai dùng.").pk)).content.decode()


def test_a_quiz_in_the_editor_says_what_is_the_matter_with_its_questions(admin):
    question = factory.one_answer(citations=[("provision", ended_article())])
    quiz = factory.quiz([question])
    assert "was in force until" in admin.get(admin_url(type(quiz), "edit", quiz.pk)).content.decode()
    sound = factory.quiz([factory.true_false()], title="Tốt")
    assert "Look at these questions" not in admin.get(admin_url(type(quiz), "edit", sound.pk)).content.decode()
    short = factory.draw_quiz(9, title="Thiếu")
    assert "of the 9 that this quiz asks for" in admin.get(admin_url(type(quiz), "edit", short.pk)).content.decode()


def test_revisions_of_a_question_can_be_compared(admin):
    question = factory.several_answers()
    draft = question.get_latest_revision_as_object()
    draft.content[0].value["options"][0]["text"] = "Bữa ăn giữa ca"
    draft.content[0].value["options"].pop(1)
    draft.save_revision(clean=False)
    page = admin.get(reverse("wagtailsnippets_quizzes_question:revisions_compare", args=[question.pk, "live", "latest"]))
    assert page.status_code == 200
    assert "giữa ca" in page.content.decode()


def test_the_menu_leads_to_files_and_duplicates(admin):
    page = admin.get(reverse("wagtailadmin_home")).content.decode()
    for address in ("/dao-tao/ngan-hang/nhap/", "/dao-tao/ngan-hang/xuat/", reverse("bank:list-duplicates")):
        assert address in page
