"""Reads the demonstration's plain text: front matter, Markdown, directives, questions, citations. No database.

The format is described in demo/README.md. Everything that is not understood is refused with the file and the line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from markdown_it import MarkdownIt

from cms.sanitise import sanitise

_MARKDOWN = MarkdownIt("commonmark")
_CITATION = re.compile(r"^(?P<number>[\w./-]+?)(?: Điều (?P<article>\w+))?(?: khoản (?P<clause>\w+))?(?: điểm (?P<point>\w+))?$")
_OPTION = re.compile(r"^- \[(?P<mark>[x ])\] (?P<text>.+?)(?: \| (?P<feedback>.+))?$")
_TERM = re.compile(r"^- (?P<term>[^:]+): (?P<meaning>.+)$")


class Misread(Exception):
    """A file of the demonstration does not have the form that demo/README.md describes."""


@dataclass(frozen=True)
class Citation:
    number: str
    article: str = ""
    clause: str = ""
    point: str = ""


@dataclass(frozen=True)
class Option:
    text: str
    is_right: bool
    feedback: str


@dataclass(frozen=True)
class QuestionText:
    code: str
    kind: str
    difficulty: str
    topic: str
    stem: str
    options: list[Option]
    explanation: str
    citations: list[Citation]


@dataclass(frozen=True)
class Document:
    """A text file: its front matter, and its body as blocks of the form (type, value)."""

    facts: dict
    blocks: list[tuple[str, object]] = field(default_factory=list)


def citation(text: str) -> Citation:
    """Read "45/2019/QH14 Điều 13 khoản 1 điểm a"."""
    found = _CITATION.match(text.strip())
    if not found:
        raise Misread(f"not a citation: {text!r}")
    return Citation(**{name: value or "" for name, value in found.groupdict().items()})


def html(markdown: str) -> str:
    """Turn Markdown into clean HTML."""
    return sanitise(_MARKDOWN.render(markdown.strip()))


def read_document(path: Path) -> Document:
    """Read a lesson or an information page."""
    text = path.read_text(encoding="utf-8")
    _empty, front, body = text.split("---\n", 2)
    try:
        return Document(yaml.safe_load(front), list(_blocks(body.split("\n"))))
    except Misread as error:
        raise Misread(f"{path}: {error}") from error


def _blocks(lines: list[str]) -> Iterator[tuple[str, object]]:
    paragraph: list[str] = []
    rest = iter(lines)
    for line in rest:
        if line.startswith(("## ", "::: ", "|", "Bảng: ")):
            if text := html("\n".join(paragraph)):
                yield "text", text
            paragraph = []
        if line.startswith("## "):
            yield "heading", {"text": line[3:].strip(), "level": "h2"}
        elif line.startswith("::: "):
            yield _directive(line[4:].strip(), _until(rest, ":::"))
        elif line.startswith(("|", "Bảng: ")):
            yield _table(line, _until(rest, ""))
        else:
            paragraph.append(line)
    if text := html("\n".join(paragraph)):
        yield "text", text


def _until(lines: Iterator[str], end: str) -> list[str]:
    kept = []
    for line in lines:
        if line.strip() == end:
            return kept
        kept.append(line)
    if end:
        raise Misread("a directive is not closed")
    return kept


def _table(first: str, rest: list[str]) -> tuple[str, object]:
    rows = [line for line in [first, *rest] if line.startswith("|")]
    cells = [[cell.strip().replace("**", "") for cell in row.strip().strip("|").split("|")] for row in rows]
    data = [cells[0], *cells[2:]]
    caption = first.removeprefix("Bảng: ").strip() if first.startswith("Bảng: ") else cells[0][0]
    return "table", {"caption": caption, "table": {"data": data, "first_row_is_table_header": True, "first_col_is_header": False, "cell": []}}


def _directive(head: str, lines: list[str]) -> tuple[str, object]:
    name, _space, title = head.partition(" ")
    text = "\n".join(lines)
    readers = {
        "note": _callout, "warning": _callout, "example": _callout, "law": _law, "case": _case, "exercise": _case, "check": _check,
        "terms": _terms, "checklist": _checklist, "accordion": _accordion, "drawing": _drawing, "next": _next,
    }
    if name not in readers:
        raise Misread(f"unknown directive: {name}")
    return readers[name](name, title.strip(), text, lines)


def _callout(name: str, title: str, text: str, lines: list[str]) -> tuple[str, object]:
    return "callout", {"kind": name, "title": title, "text": html(text)}


def _law(name: str, title: str, text: str, lines: list[str]) -> tuple[str, object]:
    return "citation", {"provision": citation(title), "text": " ".join(text.split())}


def _case(name: str, title: str, text: str, lines: list[str]) -> tuple[str, object]:
    # The block itself says what kind it is.
    title = title.removeprefix("Tình huống: ").removeprefix("Bài tập: ")
    story, _mark, rest = text.partition("\n? ")
    question, _mark, answer = rest.partition("\n= ")
    return "case", {"kind": name, "title": title, "story": html(story), "question": question.strip(), "answer": html(answer)}


def _check(name: str, title: str, text: str, lines: list[str]) -> tuple[str, object]:
    options = [option for line in lines if (option := _option(line))]
    question = " ".join(line.strip() for line in lines if line.strip() and not line.startswith("- ["))
    return "check", {
        "question": question,
        "options": [{"text": option.text, "is_right": option.is_right, "feedback": option.feedback} for option in options]}


def _terms(name: str, title: str, text: str, lines: list[str]) -> tuple[str, object]:
    return "terms", {"terms": [found.groupdict() for line in lines if (found := _TERM.match(line))]}


def _checklist(name: str, title: str, text: str, lines: list[str]) -> tuple[str, object]:
    return "checklist", {"title": title, "items": [line[2:].strip().replace("**", "") for line in lines if line.startswith("- ")]}


def _accordion(name: str, title: str, text: str, lines: list[str]) -> tuple[str, object]:
    parts = [part.partition("\n") for part in re.split(r"^### ", text, flags=re.MULTILINE) if part.strip()]
    return "accordion", {"parts": [{"title": part[0].strip(), "text": html(part[2])} for part in parts]}


def _drawing(name: str, title: str, text: str, lines: list[str]) -> tuple[str, object]:
    return "drawing", {"name": title, "caption": " ".join(text.split())}


def _next(name: str, title: str, text: str, lines: list[str]) -> tuple[str, object]:
    return "next_step", {"title": title, "text": html(text)}


def _option(line: str) -> Option | None:
    found = _OPTION.match(line)
    return Option(found["text"].strip(), found["mark"] == "x", (found["feedback"] or "").strip()) if found else None


def read_questions(path: Path) -> list[QuestionText]:
    """Read a file of questions."""
    chunks = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    try:
        return [_question(chunk) for chunk in chunks]
    except (Misread, ValueError) as error:
        raise Misread(f"{path}: {error}") from error


def _question(chunk: str) -> QuestionText:
    head, _newline, body = chunk.partition("\n")
    code, kind, difficulty, topic = (part.strip() for part in head.split("·"))
    stem, options, explanation, citations = [], [], "", []
    for line in body.split("\n"):
        if option := _option(line):
            options.append(option)
        elif line.startswith("Giải thích: "):
            explanation = line.removeprefix("Giải thích: ").strip()
        elif line.startswith("Căn cứ: "):
            citations = [citation(part) for part in line.removeprefix("Căn cứ: ").split(";")]
        elif not options:
            stem.append(line)
    if not options or not explanation or not citations:
        raise Misread(f"{code}: options, explanation or citation missing")
    return QuestionText(code, kind, difficulty, topic, html("\n".join(stem)), options, html(explanation), citations)
