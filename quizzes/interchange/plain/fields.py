"""What stands around the options of a question: its answer, why, on which law it rests, how hard it is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from quizzes.interchange.plain.lines import Line

_INTRO = r"\s*(?:[*•+=>→-]+\s*)?[(\[]?\s*"
# "Chọn" and "Trả lời" begin many a sentence: only before letters alone are they an answer.
_ANSWER = re.compile(
    rf"{_INTRO}(?:(?:đáp\s*án|phương\s*án|câu)\s*(?:trả\s*lời\s*)?(?:đúng|chính\s*xác)\s*(?:nhất)?|đáp\s*án|đ\.?a\.?|đ/a|answer|ans|key)"
    r"(?:\s*(?:câu|số)\s*\d{1,4})?(?:\s*(?:đúng|là|chọn|phương\s*án))*\s*(?P<sign>[:=.–-])?\s*(?:là\s+)?(?P<said>.*)$", re.IGNORECASE | re.DOTALL)
_CHOSEN = re.compile(
    rf"{_INTRO}(?:trả\s*lời|chọn(?:\s+(?:đáp|phương)\s*án)?|tl)\s*[:–-]?\s*(?P<said>[A-J](?:\s*[,;&+]\s*[A-J]|\s+và\s+[A-J])*)\s{{0,5}}[.)\]]?$", re.IGNORECASE)
# At the end of another line, after a gap or in brackets.
_TAIL = re.compile(r"(?:\t|\s\s|\s(?=[(\[]))[(\[]?\s?(?:đáp\s*án|đ\.?a\.?|đ/a)(?:\s*(?:đúng|là))*\s*:\s*[A-J](?:\s*[,;&+]\s*[A-J])*\s{0,5}[)\].]?$", re.IGNORECASE)
_NAMES = {
    "reason": r"giải\s*thích(?:\s+(?:đáp\s*án|chi\s*tiết))?|hướng\s*dẫn(?:\s+(?:giải|trả\s*lời|chấm))?|gợi\s*ý(?:\s+(?:trả\s*lời|đáp\s*án))?|lời\s*giải|lý\s*do|feedback|"
              r"phản\s*hồi|nhận\s*xét|explanation",
    "law": r"căn\s*cứ(?:\s+(?:pháp\s*lý|pháp\s*luật|vào))?|cơ\s*sở\s*pháp\s*lý|viện\s*dẫn|trích\s*dẫn|nguồn",
    "level": r"mức\s*độ|độ\s*khó|cấp\s*độ", "kind": r"loại(?:\s+câu(?:\s*hỏi)?)?|dạng(?:\s+câu(?:\s*hỏi)?)?", "code": r"mã(?:\s+câu(?:\s*hỏi)?)?",
    "tags": r"thẻ|từ\s*khóa",
}
_FIELD = re.compile(
    rf"{_INTRO}(?:{'|'.join(f'(?P<{name}>{words})' for name, words in _NAMES.items())})\s{{0,5}}[)\]]?\s{{0,5}}[:.–]\s*(?P<said>.*)$", re.IGNORECASE | re.DOTALL)
# What begins like an answer and goes on like a sentence.
_LETTERS_ONLY = re.compile(r"[A-Ja-j](?:\s*[,;&+/]\s*[A-Ja-j]|\s+và\s+[A-Ja-j])*\s*(?:$|[.)\]:(–-])")


@dataclass
class Fields:
    """The lines of a question, parted by what they say."""

    body: list[Line] = field(default_factory=list)
    answer: list[str] | None = None
    reason: list[str] = field(default_factory=list)
    laws: list[str] = field(default_factory=list)
    level: str = ""
    kind: str = ""
    code: str = ""
    tags: str = ""
    # What stands after all that, behind an empty line, and says nothing.
    left: list[str] = field(default_factory=list)


def fields_of(lines: Iterable[Line], *, is_essay: bool) -> Fields:
    """Part the lines of a question into what comes before its answer, and what the lines after say of it."""
    found, now, after_gap = Fields(), "body", False
    for line in (piece for whole in lines for piece in _pieces(whole)):
        if not line.text:
            after_gap = True
            if now == "body":
                found.body.append(line)
            elif now == "answer" and is_essay:
                found.answer.append("")
            continue
        name, said = _field_in(line, is_essay=is_essay)
        if name:
            now = name
        elif now == "body" or _is_option(line, now):
            found.body.append(line)
            after_gap = False
            continue
        elif after_gap and not is_essay:
            now = "left"
        _put(found, now, said if name else line.text)
        after_gap = False
    return found


def ends_options(line: Line, options: int) -> bool:
    """Say whether no options follow a line: it says the answer, or something else of a question, behind so many options."""
    for piece in _pieces(line):
        name, said = _field_in(piece, is_essay=False)
        # An answer in letters may stand before the options it names.
        if name and (options > 1 or (name == "answer" and said and not _LETTERS_ONLY.match(said))):
            return True
    return False


def _pieces(line: Line) -> list[Line]:
    """Cut an answer off the end of an option."""
    found = _TAIL.search(line.text)
    return [line.part(0, found.start()), line.part(found.start())] if found and found.start() else [line]


def _field_in(line: Line, *, is_essay: bool) -> tuple[str, str]:
    """Return what a line says by its first words, and the rest of it; "" for a line that goes on."""
    if found := _FIELD.match(line.text):
        return next(name for name in _NAMES if found[name]), _unclosed(line.text, found["said"])
    if found := _CHOSEN.match(line.text):
        return "answer", found["said"]
    found = _ANSWER.match(line.text)
    # "Đáp án nào đúng" is a question; "Đáp án B" and "Đáp án: …" are none.
    if found and (found["sign"] or _LETTERS_ONLY.match(found["said"]) or (is_essay and not found["said"])):
        return "answer", _unclosed(line.text, found["said"])
    return "", ""


def _unclosed(text: str, said: str) -> str:
    """Take the bracket off the end of what stands in brackets as a whole."""
    said = said.strip()
    return said[:-1].strip() if text.lstrip()[:1] in "([" and said[-1:] in (")", "]") else said


def _is_option(line: Line, now: str) -> bool:
    """Say whether a line is an option after all: some write the answer between question and options."""
    return now == "answer" and bool(re.match(r"\s*\*?\(?[A-J]\s?[.)/:]\s", line.text))


def _put(found: Fields, name: str, said: str) -> None:
    match name:
        case "answer":
            found.answer = [*(found.answer or []), said] if said or found.answer else (found.answer or [])
        case "reason" | "left":
            getattr(found, name).append(said)
        case "law":
            found.laws.append(said)
        case _:
            setattr(found, name, f"{getattr(found, name)} {said}".strip())
