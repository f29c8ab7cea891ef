"""Many questions at once: archived, moved, graded, tagged, published; in the list of the bank and through the service."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, ReferenceIndex

from quizzes.models import Category, Question, QuestionTag
from quizzes.services import keeping
from tests.factories import quizzes as factory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def admin(as_user, administrator):
    return as_user(administrator, headers={"accept-language": "en"})


def every(*questions: Question):
    return Question.objects.filter(pk__in=[question.pk for question in questions])


def drafted(question: Question, **changes) -> Question:
    """The question with a newer draft."""
    draft = Question.objects.get(pk=question.pk).get_latest_revision_as_object()
    draft.topic = "Bản nháp"
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save_revision()
    return Question.objects.get(pk=question.pk)


def actions() -> list[tuple[str, str]]:
    mine = ModelLogEntry.objects.filter(action__startswith="quizzes.").order_by("pk")
    return list(mine.values_list("action", "object_id"))


def url(action: str, *questions: Question, **asked) -> str:
    names = "&".join([*(f"id={question.pk}" for question in questions), *(f"{name}={value}" for name, value in asked.items())])
    return f"{reverse('wagtail_bulk_action', args=['quizzes', 'question', action])}?{names}"


def test_archiving_is_logged_done_once_and_undone(administrator, now):
    first, second = factory.bank(2)
    assert keeping.archive_questions(questions=every(first, second), by=administrator, now=now) == 2
    assert keeping.archive_questions(questions=every(first, second), by=administrator, now=now) == 0
    assert not Question.objects.kept().exists()
    assert keeping.restore_questions(questions=every(first), by=administrator, now=now) == 1
    assert list(Question.objects.kept()) == [first]
    assert actions() == [("quizzes.archive", str(first.pk)), ("quizzes.archive", str(second.pk)), ("quizzes.restore", str(first.pk))]
    entry = ModelLogEntry.objects.filter(action="quizzes.archive").first()
    assert (entry.user, entry.timestamp, entry.message) == (administrator, now, "Archived") or entry.message


def test_publishing_an_older_draft_brings_nothing_out_of_the_archive_or_into_it(administrator, now):
    question = drafted(factory.one_answer())
    keeping.archive_questions(questions=every(question), by=administrator, now=now)
    Question.objects.get().latest_revision.publish()
    archived = Question.objects.get()
    assert (archived.archived_at, archived.topic) == (now, "Bản nháp")
    drafted(archived)
    keeping.restore_questions(questions=every(archived), by=administrator, now=now)
    Question.objects.get().latest_revision.publish()
    assert Question.objects.get().archived_at is None


def test_a_move_takes_the_draft_along_so_that_its_next_save_does_not_undo_it(administrator, now):
    question, there = drafted(factory.one_answer()), Category.add_root(name="Nơi mới")
    assert keeping.move_questions(questions=every(question), category=there, by=administrator, now=now) == 1
    question = Question.objects.get()
    assert (question.category, question.get_latest_revision_as_object().category) == (there, there)
    question.latest_revision.publish()
    assert (Question.objects.get().category, Question.objects.get().topic) == (there, "Bản nháp")
    assert ReferenceIndex.get_references_to(there).count() == 1
    assert keeping.move_questions(questions=every(question), category=there, by=administrator, now=now) == 0


def test_a_scheduled_version_moves_too(administrator, now):
    question, there = factory.one_answer(), Category.add_root(name="Nơi mới")
    draft = question.get_latest_revision_as_object()
    waiting = draft.save_revision(approved_go_live_at=timezone.now() + timedelta(days=3))
    drafted(question)
    keeping.move_questions(questions=every(question), category=there, by=administrator, now=now)
    waiting.refresh_from_db()
    assert waiting.content["category"] == there.pk


def test_a_move_by_the_filter_that_it_changes_moves_all(administrator, now):
    factory.bank(3)
    there = Category.add_root(name="Nơi mới")
    assert keeping.move_questions(questions=Question.objects.filter(category=factory.category()), category=there, by=administrator, now=now) == 3
    assert ModelLogEntry.objects.filter(action="quizzes.move").count() == 3


def test_difficulty_is_set_in_row_and_draft(administrator, now):
    question = drafted(factory.one_answer(difficulty="easy"))
    assert keeping.grade_questions(questions=every(question), difficulty="hard", by=administrator, now=now) == 1
    question = Question.objects.get()
    assert (question.difficulty, question.get_latest_revision_as_object().difficulty) == ("hard", "hard")


def test_tags_are_added_once_and_taken_away_in_row_and_draft(administrator, now):
    first, second = factory.bank(2)
    first.tags.add("cũ", "Giữ")
    first.save()
    first.save_revision()
    tag = {"add": ["mới", "GIỮ"], "remove": ["CŨ", "không có"], "by": administrator, "now": now}
    for _twice in range(2):
        assert keeping.tag_questions(questions=every(first, second), **tag) == 2
    first, second = Question.objects.order_by("pk")
    assert set(first.tags.names()) == set(second.tags.names()) == {"mới", "Giữ"}
    assert first.tagged.count() == 2
    assert QuestionTag.objects.count() == 3
    draft = first.get_latest_revision_as_object()
    assert {tag.name for tag in draft.tags.all()} == {"mới", "Giữ"}
    first.latest_revision.publish()
    assert set(Question.objects.get(pk=first.pk).tags.names()) == {"mới", "Giữ"}


def test_taking_away_the_tag_that_chose_them_is_logged_for_all(administrator, now):
    for question in factory.bank(2):
        question.tags.add("cũ")
        question.save()
    assert keeping.tag_questions(questions=Question.objects.tagged(["cũ"]), remove=["cũ"], by=administrator, now=now) == 2
    assert len(actions()) == 2
    assert not Question.objects.tagged(["cũ"]).exists()


def test_publishing_takes_the_newest_draft_and_leaves_what_is_not_whole_or_locked(administrator, trainer):
    changed, broken, locked, never = factory.bank(4)
    changed = drafted(changed)
    broken = drafted(broken)
    broken_draft = broken.get_latest_revision_as_object()
    for option in broken_draft.content[0].value["options"]:
        option["is_right"] = False
    broken_draft.save_revision(clean=False)
    locked = drafted(locked)
    locked.locked, locked.locked_by = True, trainer
    locked.save()
    never.unpublish()
    done = keeping.publish_questions(questions=Question.objects.all(), by=administrator)
    assert (done.count, [question.pk for question, _reason in done.refused]) == (2, [broken.pk, locked.pk])
    assert all(reason for _question, reason in done.refused)
    assert Question.objects.get(pk=changed.pk).topic == "Bản nháp"
    assert Question.objects.get(pk=never.pk).live
    assert Question.objects.get(pk=broken.pk).has_unpublished_changes


def test_unpublishing_takes_them_from_takers_and_too_many_are_refused(administrator, monkeypatch):
    factory.bank(3)
    monkeypatch.setattr(keeping, "PUBLISHED_AT_MOST", 2)
    with pytest.raises(keeping.TooManyQuestions) as refused:
        keeping.unpublish_questions(questions=Question.objects.all(), by=administrator)
    assert "2" in str(refused.value)
    assert Question.objects.live().count() == 3
    assert keeping.unpublish_questions(questions=every(*Question.objects.order_by("pk")[:2]), by=administrator) == 2
    assert Question.objects.live().count() == 1


@pytest.mark.parametrize(("act", "most"), [("archive", 6), ("move", 12), ("grade", 9), ("tag", 14)])
def test_thirty_cost_the_statements_of_one(administrator, now, act, most):
    there, counts = Category.add_root(name="Nơi mới"), []
    one = factory.one_answer()
    for more in (1, 30):
        rows = [Question(category=one.category, content=one.content, stem_text="?") for _number in range(more)]
        Question.objects.bulk_create(rows)
        questions = Question.objects.filter(pk__in=[row.pk for row in rows])
        with CaptureQueriesContext(connection) as queries:
            match act:
                case "archive":
                    keeping.archive_questions(questions=questions, by=administrator, now=now)
                case "move":
                    keeping.move_questions(questions=questions, category=there, by=administrator, now=now)
                case "grade":
                    keeping.grade_questions(questions=questions, difficulty="hard", by=administrator, now=now)
                case "tag":
                    keeping.tag_questions(questions=questions, add=[f"mới {more}"], by=administrator, now=now)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= most


def test_the_list_offers_every_action_and_each_asks_first(admin):
    question = factory.one_answer()
    listing = admin.get(reverse("wagtailsnippets_quizzes_question:list")).content.decode()
    for action in ("move", "retag", "grade", "archive", "restore", "publish", "unpublish", "delete"):
        assert url(action).rstrip("?") in listing
    for action in ("retag", "archive"):
        page = admin.get(url(action, question))
        assert page.status_code == 200
        assert str(question) in page.content.decode()
    assert not actions()


def test_chosen_questions_are_moved_from_the_list(admin):
    first, second, left = factory.bank(3)
    there = Category.add_root(name="Nơi mới")
    assert admin.post(url("move", first, second), {"category": ""}).status_code == 200
    said = admin.post(url("move", first, second, next="/quan-tri/snippets/quizzes/question/"), {"category": there.pk}, follow=True)
    assert "2 questions were moved." in said.content.decode()
    assert set(Question.objects.filter(category=there)) == {first, second}
    assert Question.objects.get(pk=left.pk).category != there


def test_all_means_all_that_fit_the_search_and_the_filters(admin):
    easy, hard = factory.one_answer("Thỏa ước dễ?", difficulty="easy"), factory.one_answer("Thỏa ước khó?", difficulty="hard")
    other = factory.one_answer("Đối thoại dễ?", difficulty="easy")
    page = admin.get(url("archive", id="all", difficulty="easy", q="thoa uoc"))
    assert (page.context["count"], page.context["named"]) == (1, [easy])
    admin.post(url("archive", id="all", difficulty="easy", q="thoa uoc"))
    assert set(Question.objects.kept()) == {hard, other}
    # What is archived already is no part of the list, so "all" leaves it out.
    assert admin.get(url("restore", id="all")).context["count"] == 2
    admin.post(url("restore", id="all", archive="only"))
    assert Question.objects.kept().count() == 3


def test_tags_are_typed_with_commas_and_nothing_typed_is_said(admin):
    question = factory.one_answer()
    assert admin.post(url("retag", question), {"add": " , ", "remove": ""}).status_code == 200
    admin.post(url("retag", question), {"add": "hợp đồng,  tiền  lương ,", "remove": "cũ"})
    assert set(Question.objects.get().tags.names()) == {"hợp đồng", "tiền lương"}


@pytest.mark.parametrize("asked", ["id=abc", "id=99999999999999999999999", "id=-1", ""])
def test_nonsense_chooses_nothing(admin, asked):
    factory.one_answer()
    address = f"{reverse('wagtail_bulk_action', args=['quizzes', 'question', 'archive'])}?{asked}"
    assert admin.get(address).context["count"] == 0
    admin.post(address)
    assert Question.objects.kept().count() == 1


def test_only_those_with_the_right_may(as_user, trainer):
    question = factory.one_answer()
    editor = as_user(trainer)
    trainer.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_question"]))
    for action in ("archive", "move", "publish"):
        assert editor.post(url(action, question), {"category": question.category_id}).status_code in (302, 403)
    trainer.user_permissions.add(Permission.objects.get(codename="change_question"))
    editor = as_user(type(trainer).objects.get(pk=trainer.pk))
    editor.post(url("archive", question))
    editor.post(url("unpublish", question))
    question = Question.objects.get()
    assert question.archived_at
    assert question.live


def test_a_publish_of_too_many_is_said_on_its_page(admin, monkeypatch):
    factory.bank(2)
    monkeypatch.setattr(keeping, "PUBLISHED_AT_MOST", 1)
    said = admin.post(url("unpublish", id="all"))
    assert said.status_code == 200
    assert "at most 1 questions" in said.content.decode()
    assert Question.objects.live().count() == 2
