"""Questions and quizzes as small as the test needs."""

from contextlib import nullcontext

from django.utils import timezone

from quizzes.models import Category, Question, Quiz
from quizzes.services.drawing import freeze_questions
from tests.factories.indexing import unsearched


def category(name: str = "Thương lượng") -> Category:
    return Category.objects.filter(name=name).first() or Category.add_root(name=name)


def one_answer(stem: str = "Phiên đầu tiên bắt đầu chậm nhất khi nào?", right: str = "Ngày thứ 30", wrong=("Ngày thứ 07", "Ngày thứ 90"), **fields) -> Question:
    options = [{"text": right, "is_right": True, "feedback": ""}]
    options += [{"text": text, "is_right": False, "feedback": f"Không phải {text}."} for text in wrong]
    return _question("one_answer", {"stem": f"<p>{stem}</p>", "options": options}, **fields)


def several_answers(stem: str = "Nội dung nào được thương lượng?", right=("Thưởng", "Bữa ăn ca"), wrong=("Bãi bỏ quyền đình công",), **fields) -> Question:
    options = [{"text": text, "is_right": True, "feedback": ""} for text in right]
    options += [{"text": text, "is_right": False, "feedback": "Trái luật."} for text in wrong]
    return _question("several_answers", {"stem": f"<p>{stem}</p>", "options": options, "marking": "partial"}, **fields)


def true_false(stem: str = "Bên nhận yêu cầu được từ chối.", is_true: bool = False, **fields) -> Question:
    return _question("true_false", {"stem": f"<p>{stem}</p>", "is_true": is_true, "feedback": "Luật không cho từ chối."}, **fields)


def _question(kind: str, value: dict, *, is_indexed: bool = False, **fields) -> Question:
    fields.setdefault("category", category())
    fields.setdefault("explanation", "<p>Điều 70 của Bộ luật Lao động.</p>")
    question = Question(**fields)
    block = question._meta.get_field("content").stream_block
    question.content = block.to_python([{"type": kind, "value": value}])
    # As published as by the editor, but for its history: a revision and three rounds of indexing cost more than most tests.
    with nullcontext() if is_indexed else unsearched():
        question.save()
    freeze_questions(questions=[question], now=timezone.now())
    question.refresh_from_db()
    return question


def quiz(questions=None, title: str = "Kiểm tra mô-đun 1", **fields) -> Quiz:
    """A quiz of fixed questions: one of one answer and one true or false, unless others are given."""
    questions = [one_answer(), true_false()] if questions is None else questions
    sections = [("fixed", {"title": "", "questions": [{"question": question, "points": 1} for question in questions]})] if questions else []
    return Quiz.objects.create(title=title, sections=sections, **{"pass_fraction": 0.5, "shuffle_options": False, **fields})


def draw_quiz(count: int = 3, title: str = "Kiểm tra cuối khóa", bank: Category | None = None, difficulty: str = "", **fields) -> Quiz:
    """A quiz of questions drawn at random from a category and those below it."""
    section = ("draw", {"title": "", "count": count, "category": bank or category(), "difficulty": difficulty, "points": 1})
    return Quiz.objects.create(title=title, sections=[section], **{"pass_fraction": 0.5, "shuffle_options": False, **fields})


def bank(count: int, **fields) -> list[Question]:
    """So many questions of one answer, numbered."""
    return [one_answer(f"Câu hỏi số {number}?", **fields) for number in range(1, count + 1)]


def right_answer(slot) -> dict:
    """The answer that earns everything at this place of an attempt."""
    return {"chosen": sorted(option["key"] for option in slot.version.content["options"] if option["right"])}


def wrong_answer(slot) -> dict:
    """An answer of one wrong option."""
    return {"chosen": [next(option["key"] for option in slot.version.content["options"] if not option["right"])]}
