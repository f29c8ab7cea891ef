"""The demonstration's plain text: what is read, and what is refused."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from lms.demo.load import CONTENT
from lms.demo.text import Citation, Misread, citation, read_document, read_questions

LESSONS = sorted(CONTENT.glob("*/bai-*.md"))


@pytest.mark.parametrize(("text", "expected"), [
    ("45/2019/QH14 Điều 13 khoản 1 điểm a", Citation("45/2019/QH14", "13", "1", "a")),
    ("145/2020/NĐ-CP Điều 55", Citation("145/2020/NĐ-CP", "55")),
    ("28/2026/QH16", Citation("28/2026/QH16")),
    ("84/2015/QH13 Điều 6 khoản 1 điểm đ", Citation("84/2015/QH13", "6", "1", "đ")),
])
def test_citation_is_read(text, expected):
    assert citation(text) == expected


def test_nonsense_is_no_citation():
    with pytest.raises(Misread):
        citation("Điều bảy mươi của luật")


def lesson(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "bai.md"
    path.write_text(f"---\ntitle: Bài 1\nslug: bai-1\n---\n\n{body}", encoding="utf-8")
    return path


def test_every_directive_becomes_its_block(tmp_path):
    document = read_document(lesson(tmp_path, """Mở đầu **đậm**.

## Mục một
::: warning Chú ý
Một câu.
:::
::: case Tình huống: Công ty A
Chuyện.
? Làm gì?
= Trả lời.
:::
Bảng: Số người
| A | B |
|---|---|
| 1 | 2 |

::: terms
- Thỏa ước: văn bản hai bên ký
:::
"""))
    kinds = [kind for kind, _value in document.blocks]
    assert kinds == ["text", "heading", "callout", "case", "table", "terms"]
    values = dict(document.blocks)
    assert values["text"] == "<p>Mở đầu <strong>đậm</strong>.</p>"
    assert (values["case"]["title"], values["case"]["question"], values["case"]["answer"]) == ("Công ty A", "Làm gì?", "<p>Trả lời.</p>")
    assert values["table"]["table"]["data"] == [["A", "B"], ["1", "2"]]
    assert values["terms"]["terms"] == [{"term": "Thỏa ước", "meaning": "văn bản hai bên ký"}]


@pytest.mark.parametrize("body", ["::: note\nkhông đóng", "::: lạ\nchữ\n:::\n", "::: law Điều gì đó\nchữ\n:::\n"])
def test_what_is_not_understood_is_refused_with_the_file(tmp_path, body):
    with pytest.raises(Misread, match=r"bai\.md"):
        read_document(lesson(tmp_path, body))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_lessons_have_the_length_that_was_promised(path):
    words = path.read_text(encoding="utf-8").split("---\n", 2)[2].split()
    assert 600 <= len(words) <= 1000
    kinds = [kind for kind, _value in read_document(path).blocks]
    assert {"citation", "case", "check", "terms", "next_step"} <= set(kinds)


@pytest.mark.parametrize("path", sorted(CONTENT.glob("*/questions.md")), ids=lambda path: path.parent.name)
def test_every_question_explains_cites_and_answers_its_distractors(path):
    questions = read_questions(path)
    assert sum(question.code.startswith("C") for question in questions) == 30
    for question in questions:
        right = [option for option in question.options if option.is_right]
        assert len(right) >= 1 if question.kind == "several" else len(right) == 1, question.code
        assert all(option.feedback for option in question.options if not option.is_right), question.code
        assert question.explanation and question.citations, question.code


def test_law_dates_are_dates():
    documents = yaml.safe_load((CONTENT / "laws.yaml").read_text(encoding="utf-8"))["documents"]
    assert all(isinstance(row["in_force_from"], date) for row in documents if "in_force_from" in row)
