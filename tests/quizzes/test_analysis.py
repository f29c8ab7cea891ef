"""Item analysis from attempts to pages: what is counted, what is stored, what is shown and to whom."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import numpy
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from quizzes import services
from quizzes.enums import WorkState
from quizzes.models import Attempt, AttemptSlot, QuizAnalysis
from quizzes.selectors.flags import flags_of
from quizzes.services.analysing import analyse_quiz, ask_for_analysis
from tests.factories import analysing as factory
from tests.factories import marking, quizzes
from tests.factories import question_types_a as typed

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def bank(db):
    return quizzes.bank(4)


@pytest.fixture
def quiz(bank):
    return quizzes.quiz(bank, is_open_to_all=True, attempts_allowed=0)


@pytest.fixture
def marker(trainer, quiz):
    return marking.marker(trainer, quiz)


# 30 attempts: the first question misleads, the third is right for all, nobody knows the last.
ROWS = [[0 if n % 10 < 5 else 1, 0 if n % 10 > 4 else 2, 0, 1 if n else None] for n in range(30)]


def of_question(analysis: QuizAnalysis, question) -> dict:
    return next(one for one in analysis.data["questions"] if one["question"] == question.pk)


def test_analysis_says_what_numpy_says_of_the_stored_marks(quiz, bank, now):
    rows = [[n % 2, n % 3, (n * 7) % 3, (n // 3) % 2] for n in range(40)]
    factory.taken(quiz, bank, rows, now=now)
    analysis = factory.analysed(quiz, now=now)
    points = (numpy.array(rows) == 0).astype(float)
    scores = analysis.data["scores"]
    assert (analysis.state, analysis.attempts, analysis.total, analysis.done, analysis.computed_at) == (WorkState.DONE, 40, 40, 40, now)
    assert scores["mean"] == pytest.approx(points.mean(), abs=1e-9)
    assert scores["pass_rate"] == pytest.approx((points.mean(axis=1) >= 0.5).mean())
    assert scores["alpha"] == pytest.approx(4 / 3 * (1 - points.var(axis=0, ddof=1).sum() / points.sum(axis=1).var(ddof=1)), abs=1e-9)
    for place, question in enumerate(bank):
        found = of_question(analysis, question)
        rest = points.sum(axis=1) - points[:, place]
        assert found["facility"] == pytest.approx(points[:, place].mean(), abs=1e-9)
        assert found["discrimination"] == pytest.approx(numpy.corrcoef(points[:, place], rest)[0, 1], abs=1e-9)
        assert [option["all"] for option in found["options"]] == [sum(row[place] == choice for row in rows) for choice in range(3)]
        assert found["seconds"]["middle"] == 10


def test_analysis_flags_questions_that_mislead_or_tell_nothing(quiz, bank, now):
    factory.taken(quiz, bank, ROWS, now=now)
    analysis = factory.analysed(quiz, now=now)
    flagged = {question.pk: [flag["code"] for flag in of_question(analysis, question)["flags"]] for question in bank}
    assert flagged[bank[0].pk] == flagged[bank[1].pk] == ["misleads"]
    assert (flagged[bank[2].pk], flagged[bank[3].pk]) == (["too_easy"], ["wrong_option", "too_hard"])
    assert {int(key): codes for key, codes in analysis.data["flagged"].items()} == flagged
    assert of_question(analysis, bank[3])["blank"]["all"] == 1


def test_flags_are_told_to_the_bank_in_one_query(quiz, bank, now, django_assert_num_queries):
    factory.taken(quiz, bank, ROWS, now=now)
    factory.analysed(quiz, now=now)
    other = quizzes.one_answer("Câu không ai hỏi?")
    with django_assert_num_queries(1):
        found = flags_of([*bank, other])
    assert {key: [flag.code for flag in flags] for key, flags in found.items()} == {
        bank[0].pk: ["misleads"], bank[1].pk: ["misleads"], bank[2].pk: ["too_easy"], bank[3].pk: ["wrong_option", "too_hard"]}
    assert all(flag.label and flag.sentence for flags in found.values() for flag in flags)
    with django_assert_num_queries(0):
        assert flags_of([]) == {}


def test_versions_of_a_question_are_taken_together_with_the_newest_wording(quiz, bank, now):
    factory.taken(quiz, bank, [[0, 0, 0, 0]] * 2, now=now)
    question = bank[0]
    raw = question.content.get_prep_value()
    raw[0]["value"]["options"][0]["value"]["text"] = "Ngày 30 của năm"
    question.content = question._meta.get_field("content").stream_block.to_python(raw)
    question.save()
    question.save_revision().publish()
    factory.taken(quiz, bank, [[0, 1, 1, 1], [1, 1, 1, 1]], now=now, first=2)
    found = of_question(factory.analysed(quiz, now=now), question)
    assert [(option["text"], option["all"]) for option in found["options"]] == [("Ngày 30 của năm", 3), ("Ngày thứ 07", 1), ("Ngày thứ 90", 0)]
    assert (found["count"], found["version"]) == (4, question.versions.order_by("-pk").first().pk)


def test_a_question_that_was_changed_back_stands_under_the_key_that_counts_again(quiz, bank, now, trainer):
    """A wrong key was published by mistake, asked by it, put back, and the answers marked anew."""
    factory.taken(quiz, bank, [[0, 0, 0, 0]], now=now)
    factory.edited(bank[0], right=1)
    factory.taken(quiz, bank, [[0, 0, 0, 0]], now=now, first=1)
    AttemptSlot.objects.filter(attempt__receipt_code__endswith="-1", position=1).update(fraction=0, points=0)
    factory.edited(bank[0], right=0)
    factory.regraded(quiz, by=trainer, now=now)
    found = of_question(factory.analysed(quiz, now=now), bank[0])
    assert found["version"] == bank[0].versions.order_by("pk").first().pk
    assert [option["right"] for option in found["options"]] == [True, False, False]
    assert found["facility"] == 1.0


def test_an_option_that_hardly_anybody_was_offered_yet_is_not_dead(quiz, bank, now):
    factory.taken(quiz, bank, [[n % 2] * 4 for n in range(60)], now=now)
    codes = [flag["code"] for flag in of_question(factory.analysed(quiz, now=now), bank[0])["flags"]]
    assert codes == ["dead_option"]
    question = bank[0]
    raw = question.content.get_prep_value()
    # The third option, which nobody chose, is written anew: another one in its place.
    raw[0]["value"]["options"][2] |= {"id": str(uuid4()), "value": {"text": "Ngày thứ 45", "is_right": False, "feedback": ""}}
    question.content = question._meta.get_field("content").stream_block.to_python(raw)
    question.save()
    question.save_revision().publish()
    factory.taken(quiz, bank, [[0] * 4, [1] * 4], now=now, first=60)
    QuizAnalysis.objects.all().delete()
    found = of_question(factory.analysed(quiz, now=now), bank[0])
    assert [option["text"] for option in found["options"]].count("Ngày thứ 45") == 1
    assert found["flags"] == []


def test_first_attempts_leave_out_later_ones_and_those_not_marked_yet(quiz, bank, now, learner, outsider):
    early, late = factory.taken(quiz, bank, [[1] * 4, [0] * 4], now=now, users=[learner, outsider])
    Attempt.objects.filter(pk=late.pk).update(user=learner, number=2, started_at=now)
    waiting = factory.taken(quiz, bank, [[0] * 4], now=now, first=5)[0]
    Attempt.objects.filter(pk=waiting.pk).update(state="submitted")
    assert (factory.analysed(quiz, "first", now).attempts, factory.analysed(quiz, "all", now).attempts) == (1, 2)
    assert QuizAnalysis.objects.get(counted="first").data["scores"]["mean"] == 0.0
    # The first one is still being marked: the second does not stand in for it.
    Attempt.objects.filter(pk=early.pk).update(state="submitted")
    QuizAnalysis.objects.all().delete()
    assert factory.analysed(quiz, "first", now).attempts == 0


def test_analysis_counts_every_kind_of_answer(now, learner):
    """Typed answers by what was typed, pairs by which were right; an essay only as answered."""
    asked = [typed.short_answer(), typed.numeric(), typed.matching(), typed.ordering(), quizzes.several_answers(), quizzes.true_false()]
    quiz = quizzes.quiz(asked)
    attempt = services.start_attempt(quiz=quiz, user=learner, now=now)
    for slot in attempt.slots.select_related("version"):
        services.save_answer(
            attempt=attempt, position=slot.position, client_uuid=f"00000000-0000-0000-0000-{slot.position:012d}",
            seq=int(now.timestamp() * 1000) + slot.position, answer=answer_to(slot), now=now + timedelta(seconds=9))
    services.submit_attempt(attempt=attempt, now=now + timedelta(minutes=1))
    analysis = factory.analysed(quiz, now=now)
    for question in asked:
        found = of_question(analysis, question)
        assert found["options"] and sum(option["all"] for option in found["options"]) >= 1, found
        assert all(set(option) == {"key", "text", "right", "all", "high", "low"} for option in found["options"])


def answer_to(slot) -> dict:
    content = slot.version.content
    match slot.version.type:
        case "short_answer":
            return {"text": content["accepted"][0]["text"]}
        case "numeric":
            return {"typed": content["accepted"][0]["value"].replace(".", ",")}
        case "matching":
            return {"pairs": {pair["key"]: pair["right"] for pair in content["pairs"]}}
        case "ordering":
            return {"places": {item["key"]: place for place, item in enumerate(content["items"], start=1)}}
        case _:
            return quizzes.right_answer(slot)


def test_analysis_is_asked_for_once_while_one_is_being_worked_on(quiz, now):
    first, is_new = ask_for_analysis(quiz=quiz, counted="all", by=None, now=now)
    again, is_new_again = ask_for_analysis(quiz=quiz, counted="first", by=None, now=now + timedelta(minutes=9))
    assert (is_new, is_new_again, again) == (True, False, first)
    # Its worker has died.
    other, is_new = ask_for_analysis(quiz=quiz, counted="first", by=None, now=now + timedelta(minutes=11))
    assert is_new and other != first


def test_analysis_is_worked_out_once_however_often_the_task_runs(quiz, now):
    analysis, _is_new = ask_for_analysis(quiz=quiz, counted="all", by=None, now=now)
    assert analyse_quiz(analysis=analysis, clock=lambda: now) is True
    assert analyse_quiz(analysis=analysis, clock=lambda: now) is False
    assert ask_for_analysis(quiz=quiz, counted="all", by=None, now=now)[1] is False


def test_analysis_left_by_a_dead_worker_does_not_overwrite_a_newer_one(quiz, bank, now):
    factory.taken(quiz, bank, [[0] * 4], now=now)
    old, _is_new = ask_for_analysis(quiz=quiz, counted="all", by=None, now=now)
    later = now + timedelta(minutes=11)

    def overtaken():
        factory.analysed(quiz, now=later)
        return now

    assert analyse_quiz(analysis=old, clock=overtaken) is False
    assert QuizAnalysis.objects.get().computed_at == later


def test_analysis_may_be_asked_for_again_when_it_failed(quiz, now):
    analysis, _is_new = ask_for_analysis(quiz=quiz, counted="all", by=None, now=now)

    def broken():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        analyse_quiz(analysis=analysis, clock=broken)
    assert QuizAnalysis.objects.get().state == WorkState.FAILED
    assert ask_for_analysis(quiz=quiz, counted="all", by=None, now=now)[1] is True


def test_page_offers_to_work_out_anew_when_more_was_marked(quiz, bank, now, marker, as_user):
    client, page = as_user(marker, headers={"accept-language": "en"}), reverse("marking:show-analysis", args=[quiz.uuid])
    assert "Work it out" in client.get(page).content.decode()
    attempts = factory.taken(quiz, bank, ROWS, now=now)
    response = client.post(reverse("marking:ask-analysis", args=[quiz.uuid]), {"tinh": "all"})
    assert (response.status_code, response.url) == (303, f"{page}?tinh=all")
    text = client.get(f"{page}?tinh=all").content.decode()
    assert "From 30 marked attempts" in text and "Work out anew" not in text
    Attempt.objects.filter(pk=attempts[0].pk).update(marked_at=QuizAnalysis.objects.get().computed_at + timedelta(seconds=1))
    text = client.get(f"{page}?tinh=all").content.decode()
    assert "1 were marked since" in text and "Work out anew" in text
    assert "<svg" in text and "style=" not in text


def test_pages_sort_by_any_column_and_show_each_question(quiz, bank, now, marker, as_user):
    factory.taken(quiz, bank, ROWS, now=now)
    factory.analysed(quiz, now=now)
    client, page = as_user(marker, headers={"accept-language": "en"}), reverse("marking:show-analysis", args=[quiz.uuid])

    def order(sort: str) -> list[int]:
        return [row.number for row in client.get(page, {"tinh": "all", "xep": sort}).context["found"]]

    assert (order("co"), order("cau"), order("-cau"), order("nonsense")) == ([1, 2, 4, 3], [1, 2, 3, 4], [4, 3, 2, 1], [1, 2, 4, 3])
    assert order("dung")[0] == 4 and order("-dung")[0] == 3
    # What is not known comes last either way.
    assert {order("phan-biet")[-1], order("-phan-biet")[-1]} <= {3, 4}
    text = client.get(reverse("marking:show-analysed-question", args=[quiz.uuid, bank[0].uuid]), {"tinh": "all"}).content.decode()
    assert "Misleads" in text and "Ngày thứ 30" in text and bank[0].stem_text in text


def test_workbook_holds_the_table(quiz, bank, now, marker, as_user):
    factory.taken(quiz, bank, ROWS, now=now)
    factory.analysed(quiz, now=now)
    client = as_user(marker)
    response = client.get(reverse("marking:download-analysis", args=[quiz.uuid]), {"tinh": "all"})
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    assert [row[2].value for row in sheet.iter_rows(min_row=5)] == [question.stem_text for question in bank]
    assert client.get(reverse("marking:download-analysis", args=[quiz.uuid])).status_code == 404


def test_progress_is_told_to_script(quiz, now, marker, as_user):
    ask_for_analysis(quiz=quiz, counted="first", by=None, now=now)
    QuizAnalysis.objects.update(state=WorkState.RUNNING, total=40, done=10, asked_at=now.replace(year=2999))
    response = as_user(marker).get(reverse("marking:show-analysis", args=[quiz.uuid]), headers={"accept": "application/json"})
    assert response.json() == {"over": False, "percent": 25}


def test_doors_are_closed_to_others(quiz, bank, now, as_user, trainer, learner):
    factory.taken(quiz, bank, ROWS, now=now)
    factory.analysed(quiz, now=now)
    pages = [
        reverse("marking:show-analysis", args=[quiz.uuid]), reverse("marking:show-analysed-question", args=[quiz.uuid, bank[0].uuid]),
        reverse("marking:download-analysis", args=[quiz.uuid])]
    stranger = marking.marker(trainer)
    for page in pages:
        assert as_user(learner).get(page).status_code == 403
        assert as_user().get(page).status_code == 302
        assert as_user(stranger).get(f"{page}?tinh=all").status_code == 404
    assert as_user(stranger).post(reverse("marking:ask-analysis", args=[quiz.uuid])).status_code == 404
    assert quiz.title not in as_user(stranger).get(reverse("marking:list-analyses")).content.decode()


def counted_queries(client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def test_pages_take_the_same_queries_when_there_is_more(now, administrator, as_user):
    client, lists = as_user(administrator), reverse("marking:list-analyses")
    small, large = quizzes.bank(1), quizzes.bank(12)
    one, many = quizzes.quiz(small, title="Một"), quizzes.quiz(large, title="Nhiều")
    factory.taken(one, small, [[0]], now=now)
    factory.analysed(one, now=now)
    before = counted_queries(client, lists)
    factory.taken(many, large, [[n % 3] * 12 for n in range(30)], now=now)
    factory.analysed(many, now=now)
    for number in range(28):
        quizzes.quiz([], title=f"Bài {number}")
    assert counted_queries(client, lists) == before
    pages = [reverse("marking:show-analysis", args=[quiz.uuid]) for quiz in (one, many)]
    assert counted_queries(client, f"{pages[0]}?tinh=all") == counted_queries(client, f"{pages[1]}?tinh=all")
    details = [reverse("marking:show-analysed-question", args=[quiz.uuid, question.uuid]) for quiz, question in ((one, small[0]), (many, large[3]))]
    assert counted_queries(client, f"{details[0]}?tinh=all") == counted_queries(client, f"{details[1]}?tinh=all")


def test_working_it_out_takes_queries_by_chunk_and_not_by_attempt(quiz, bank, now, monkeypatch):
    monkeypatch.setattr("quizzes.services.analysing.CHUNK", 100)
    factory.taken(quiz, bank, [[n % 3, 0, 1, n % 2] for n in range(30)], now=now)

    def cost() -> int:
        analysis, _is_new = ask_for_analysis(quiz=quiz, counted="all", by=None, now=now)
        with CaptureQueriesContext(connection) as queries:
            analyse_quiz(analysis=analysis, clock=lambda: now)
        QuizAnalysis.objects.all().delete()
        return len(queries)

    few = cost()
    factory.taken(quiz, bank, [[n % 3, 0, 1, n % 2] for n in range(70)], now=now, first=30)
    assert cost() == few


def test_nobody_is_named_anywhere(quiz, bank, now, marker, as_user, learner):
    factory.taken(quiz, bank, [[0] * 4], now=now, users=[learner])
    factory.analysed(quiz, now=now)
    for page in (reverse("marking:show-analysis", args=[quiz.uuid]), reverse("marking:list-analyses")):
        assert learner.full_name not in as_user(marker).get(f"{page}?tinh=all").content.decode()


def test_the_list_says_what_the_page_behind_it_says_when_both_ways_of_counting_are_known(quiz, bank, now, marker, learner, as_user):
    factory.taken(quiz, bank, [[1] * 4], now=now, users=[learner])
    again = factory.taken(quiz, bank, [[0] * 4], now=now + timedelta(hours=2), first=1)
    Attempt.objects.filter(pk=again[0].pk).update(user=learner, visitor="", number=2)
    for counted in ("all", "first"):
        factory.analysed(quiz, counted, now)
    client = as_user(marker)
    row, = client.get(reverse("marking:list-analyses")).context["rows"]
    page = client.get(reverse("marking:show-analysis", args=[quiz.uuid])).context["page"]
    assert (row.pass_rate, page.scores["pass_rate"], page.counted) == (0.0, 0.0, "first")
