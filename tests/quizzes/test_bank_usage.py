"""Where a question is used, its versions side by side, and questions that say the same; for whoever keeps the bank."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from quizzes.models import Category, Question, QuestionVersion
from quizzes.querysets import day_of
from quizzes.selectors.duplicates import duplicates, twins_of
from quizzes.selectors.lines import lines_of
from quizzes.selectors.usage import usage_of
from quizzes.selectors.versions import Piece, lines_of_question, pieces_between
from quizzes.services import save_answer, start_attempt, submit_attempt
from quizzes.types import TYPES
from tests.factories import accounts as people
from tests.factories import analysing, laws
from tests.factories import question_types_b as written
from tests.factories import quizzes as factory
from tests.quizzes.test_bank_preview import MAKERS

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def trainer(trainer):
    trainer.user_permissions.set(Permission.objects.filter(codename__in=["add_question", "change_question", "view_question"]))
    return trainer


@pytest.fixture
def client(as_user, trainer):
    return as_user(trainer, headers={"accept-language": "en"})


def page(name: str, *args, **asked) -> str:
    return reverse(f"bank:{name}", args=args) + ("?" + "&".join(f"{key}={value}" for key, value in asked.items()) if asked else "")


def sit(quiz, user, now, *, right: bool = True):
    attempt = start_attempt(quiz=quiz, user=user, now=now)
    slot = attempt.slots.select_related("version").get()
    answer = (factory.right_answer if right else factory.wrong_answer)(slot)
    save_answer(attempt=attempt, position=1, client_uuid=uuid4(), seq=1, answer=answer, now=now)
    return submit_attempt(attempt=attempt, now=now)


def reworded(question: Question, stem: str) -> Question:
    draft = Question.objects.get(pk=question.pk).get_latest_revision_as_object()
    draft.content[0].value["stem"].source = f"<p>{stem}</p>"
    draft.save_revision().publish()
    return Question.objects.get(pk=question.pk)


def test_usage_names_quizzes_that_name_it_and_those_that_may_draw_it(now):
    top, other = factory.category("Luật"), Category.add_root(name="Khác")
    question = factory.one_answer(category=top.add_child(name="Hợp đồng"), difficulty="hard")
    question.tags.add("mới")
    question.save()
    named = factory.quiz([question], title="Nêu tên")
    drawing = factory.draw_quiz(2, title="Bốc", bank=Category.objects.get(pk=top.pk))
    for title, more in (("Dễ", {"difficulty": "easy"}), ("Nơi khác", {"bank": other})):
        factory.draw_quiz(1, title=title, **{"bank": top, **more})
    tagged = factory.draw_quiz(1, title="Theo nhãn", bank=top)
    for tags, is_drawn in (("cũ", False), ("cũ, mới", True)):
        tagged.sections[0].value["tags"] = tags
        tagged.save()
        usage = usage_of(question, now=now)
        assert [use.quiz for use in usage.fixed_in] == [named]
        assert [use.quiz for use in usage.drawn_by] == [drawing, *([tagged] if is_drawn else [])]
    assert [(use.wants, use.gets, use.is_short) for use in usage.quizzes] == [(1, 1, False), (2, 1, True), (1, 1, False)]


def test_chance_is_said_to_take_no_archived_stale_or_unpublished_question(now):
    question, quiz = factory.one_answer(), factory.draw_quiz(1)
    assert [use.quiz for use in usage_of(question, now=now).quizzes] == [quiz]
    question.archived_at = now
    assert (usage_of(question, now=now).quizzes, usage_of(question, now=now).may_be_drawn) == ([], False)
    cited = factory.one_answer(citations=[("provision", laws.provision(laws.document(), in_force_until=day_of(now) - timedelta(days=1)))])
    assert (usage_of(cited, now=now).quizzes, len(usage_of(cited, now=now).endings)) == ([], 1)


def test_usage_tells_versions_marks_and_which_open_attempts_keep_an_older_one(now, learner, outsider):
    question = factory.one_answer()
    quiz = factory.quiz([question], title="Kiểm tra", attempts_allowed=0)
    sit(quiz, learner, now)
    sit(quiz, learner, now, right=False)
    start_attempt(quiz=quiz, user=outsider, now=now)
    question = reworded(question, "Lời mới?")
    start_attempt(quiz=quiz, user=learner, now=now)
    usage = usage_of(question, now=now)
    assert (usage.finished, usage.under_way, usage.old_count) == (2, 2, 1)
    assert [(use.number, use.is_newest, use.asked, use.mean) for use in usage.versions] == [(2, True, 1, None), (1, False, 3, 0.5)]
    assert [(use.quiz, use.count, use.version) for use in usage.keeping_old] == [(quiz, 1, usage.versions[1].version)]


def test_a_question_whose_law_was_touched_still_knows_its_newest_version(now, learner):
    article = laws.provision(laws.document())
    question = factory.one_answer(citations=[("provision", article)])
    start_attempt(quiz=factory.quiz([question]), user=learner, now=now)
    article.text = "Nói cách khác."
    article.save()
    question = Question.objects.get()
    assert question.version_id is None
    usage = usage_of(question, now=now)
    assert ([use.is_newest for use in usage.versions], usage.keeping_old) == ([True], [])


def test_the_page_of_a_question_takes_the_same_queries_for_1_and_for_8_quizzes_and_attempts(client, now):
    question, counts = factory.one_answer(), []
    for numbers in (range(1), range(1, 8)):
        for number in numbers:
            quiz = factory.quiz([question], title=f"Bài {number}")
            factory.draw_quiz(2, title=f"Bốc {number}")
            start_attempt(quiz=quiz, user=people.person(f"Người {number}", f"nguoi{number}@example.org"), now=now)
            QuestionVersion.objects.create(question=question, digest=str(number), type="one_answer", content={}, created_at=now)
        client.get(page("show-question", question.uuid))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page("show-question", question.uuid)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_two_versions_are_compared_word_by_word_and_escaped(client, now):
    question = factory.one_answer("Hạn trả lời là bao lâu?")
    question = reworded(question, "Hạn trả lời <b>yêu cầu</b> là bao lâu?")
    for option in (draft := question.get_latest_revision_as_object()).content[0].value["options"]:
        option["text"], option["is_right"] = option["text"].replace("30", "<script>"), option["text"] == "Ngày thứ 07"
    draft.save_revision().publish()
    said = client.get(page("compare-versions", question.uuid, a=3, b=1))
    assert (said.context["comparison"].old_number, said.context["comparison"].new_number, said.context["comparison"].changed) == (1, 3, 3)
    text = said.content.decode()
    assert "Ngày thứ <del>30</del>" in text
    assert "&lt;script&gt;" in text
    assert "<script>" not in text.split("</head>")[1]
    two = client.get(page("compare-versions", question.uuid)).context["comparison"]
    assert (two.old_number, two.new_number) == (2, 3)
    right = {change.new.text: (change.old.is_right, change.new.is_right) for change in two.changes if change.new.key.startswith("option:") and change.new.is_answer}
    assert right["Ngày thứ 07"] == (False, True)


@pytest.mark.parametrize("asked", [{"a": 1, "b": 1}, {"a": 0, "b": 1}, {"a": 1, "b": 9}, {"a": "x"}, {"a": "99999999999"}])
def test_versions_that_are_not_there_are_not_compared(client, asked):
    question = factory.one_answer()
    assert client.get(page("compare-versions", question.uuid, **asked)).status_code == 404
    question = reworded(question, "Hai?")
    assert client.get(page("compare-versions", question.uuid, **asked)).status_code == (200 if asked in ({"a": "x"}, {"a": "99999999999"}) else 404)


def test_pieces_tell_what_stayed_what_went_and_what_came():
    old, new = pieces_between("Gửi trong 05 ngày", "Gửi trong 07 ngày làm việc")
    assert old == [Piece("same", "Gửi trong "), Piece("del", "05"), Piece("same", " ngày")]
    assert new == [Piece("same", "Gửi trong "), Piece("ins", "07"), Piece("same", " ngày"), Piece("ins", " làm việc")]
    assert pieces_between("a b", "c d") == ([Piece("del", "a b")], [Piece("ins", "c d")])
    assert pieces_between("", "") == ([], [])
    assert "".join(piece.text for piece in pieces_between("x " * 5000, "y")[0]) == "x " * 5000


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_kind_can_be_read_line_by_line_and_says_what_is_right(kind):
    question = MAKERS[kind](explanation="<p>Vì luật.</p>", topic="Bài 3")
    version = question.version
    lines = lines_of(version.type, version.content)
    assert len({line.key for line in lines}) == len(lines)
    assert {"kind", "stem", "explanation", "topic"} <= {line.key for line in lines}
    if kind not in ("file_upload",):
        assert any(line.is_answer for line in lines)
    # A draft that nobody was asked says the same, but for what would have to be fetched.
    draft = Question(content=question.content, explanation=question.explanation, topic=question.topic)
    assert {line.key for line in lines_of_question(draft)} >= {"kind", "stem", "explanation", "topic"}


def test_duplicates_are_questions_with_the_same_words_that_are_not_archived(now):
    first = factory.one_answer("Thỏa ước là gì?")
    second = factory.one_answer("THOẢ ƯỚC, là gì")
    factory.one_answer("Thỏa ước để làm gì?")
    archived = factory.one_answer("thoa uoc la gi", archived_at=now)
    found = duplicates(None)
    assert [[twin.question for twin in group.twins] for group in found.groups] == [[first, second]]
    assert {line.text for line in found.groups[0].twins[0].lines if line.is_right} == {"Ngày thứ 30"}
    assert twins_of(first) == [second]
    new = Question(category=first.category, content=archived.content)
    assert twins_of(new) == [first, second]


def test_the_page_of_duplicates_counts_askings_and_takes_constant_queries(client, learner, now):
    counts, question = [], factory.one_answer("Giống nhau?")
    start_attempt(quiz=factory.quiz([question]), user=learner, now=now)

    def add(number: int, digest: str) -> None:
        copies = [Question(category=question.category, content=question.content, stem_text="?", stem_digest=digest) for _one in range(number)]
        Question.objects.bulk_create(copies)

    for groups in (1, 30):
        add(1, question.stem_digest if groups == 1 else "khác")
        for number in range(1, groups):
            add(2, str(number))
        client.get(page("list-duplicates"))
        with CaptureQueriesContext(connection) as queries:
            found = client.get(page("list-duplicates")).context["found"]
        counts.append(len(queries))
        if groups == 1:
            assert [(twin.asked, len(twin.lines) > 3) for twin in found.groups[0].twins] == [(1, True), (0, True)]
    assert counts[0] == counts[1]
    assert (found.page.paginator.count, len(found.groups)) == (30, 20)


def test_a_list_of_questions_on_a_picture_fetches_no_picture(client, administrator, as_user):
    """A picture is part of the question itself there: its kind must be known without it."""
    admin, spent = as_user(administrator), []
    chooser = reverse("wagtailsnippetchoosers_quizzes_question:choose_results")
    pages = ((client, page("list-duplicates")), (admin, reverse("wagtailsnippets_quizzes_question:list")), (admin, chooser))
    for number in (2, 4):
        for _more in range(number):
            written.hotspot(code=f"H{Question.objects.count()}")
        for door, address in pages:
            door.get(address)
        with CaptureQueriesContext(connection) as queries:
            for door, address in pages:
                assert "H0" in door.get(address).content.decode()
        spent.append(len(queries))
    assert spent[0] == spent[1]


def test_a_large_group_is_shown_in_part(monkeypatch):
    monkeypatch.setattr("quizzes.selectors.duplicates.SHOWN_AT_MOST", 2)
    questions = [factory.true_false("Giống nhau.") for _number in range(3)]
    [group] = duplicates(None).groups
    assert ([twin.question for twin in group.twins], group.count, group.hidden) == (questions[:2], 3, 1)


def test_ticked_duplicates_are_archived_and_restored(client, trainer):
    first, second, other = factory.one_answer("Giống?"), factory.one_answer("Giống?"), factory.one_answer("Khác?")
    said = client.post(page("archive-questions"), {"question": [second.uuid, uuid4()], "next": page("list-duplicates")})
    assert (said.status_code, said.url) == (303, page("list-duplicates"))
    assert set(Question.objects.kept()) == {first, other}
    assert ModelLogEntry.objects.get(action="quizzes.archive").user == trainer
    client.post(page("restore-question", second.uuid))
    assert Question.objects.kept().count() == 3


@pytest.mark.parametrize("posted", [{}, {"question": "abc"}, {"question": ""}])
def test_nothing_ticked_archives_nothing(client, posted):
    factory.one_answer()
    said = client.post(page("archive-questions"), {**posted, "next": "https://example.com/"})
    assert said.url == page("list-duplicates")
    assert Question.objects.kept().count() == 1


def test_the_pages_open_for_those_who_work_on_the_bank_only(as_user, trainer, learner):
    question = reworded(factory.one_answer(), "Hai?")
    reads = [page("show-question", question.uuid), page("compare-versions", question.uuid), page("list-duplicates")]
    trainer.user_permissions.set(Permission.objects.filter(codename="view_question"))
    doors = {who: as_user(user) for who, user in (("reader", type(trainer).objects.get(pk=trainer.pk)), ("learner", learner), ("nobody", None))}
    assert [doors["reader"].get(address).status_code for address in reads] == [200, 200, 403]
    assert [doors["learner"].get(address).status_code for address in reads] == [403, 403, 403]
    assert [doors["nobody"].get(address).status_code for address in reads] == [302, 302, 302]
    for door in doors.values():
        assert door.post(page("archive-questions"), {"question": question.uuid}).status_code in (302, 403)
        assert door.post(page("restore-question", question.uuid)).status_code in (302, 403)
    assert Question.objects.get().archived_at is None
    assert as_user(trainer).get(page("show-question", uuid4())).status_code == 404


def test_a_question_that_misleads_says_so_in_the_bank(administrator, as_user, now):
    questions = factory.bank(3)
    quiz = factory.quiz(questions)
    # Whoever gets the two others right gets the first one wrong.
    analysing.taken(quiz, questions, [[1, 0, 0]] * 15 + [[0, 1, 1]] * 15, now=now)
    analysing.analysed(quiz, now=now)
    client = as_user(administrator, HTTP_ACCEPT_LANGUAGE="en")
    assert [flag.code for flag in usage_of(questions[0], now=now).flags][:1] == ["misleads"]
    assert "Those who did well in the whole quiz" in client.get(f"/dao-tao/ngan-hang/cau/{questions[0].uuid}/").text
    page = client.get("/quan-tri/snippets/quizzes/question/").text
    assert page.count("Those who did well in the whole quiz") == 1
