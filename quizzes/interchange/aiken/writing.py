"""Questions with one right answer, written as Aiken. It holds plain words in one line and nothing else: what else a question has is named."""

from collections.abc import Iterable
from typing import BinaryIO

from django.utils.translation import gettext as _

from quizzes.interchange.aiken.reading import LETTERS, read_lines
from quizzes.interchange.items import Item, Leave
from quizzes.interchange.labels import labels_of
from quizzes.interchange.markup import readable


def write(items: Iterable[Item], out: BinaryIO, leave: Leave) -> None:
    """Write questions as Aiken one by one. Of the categories, which Aiken has not, only the first is named as lost."""
    names_category = True
    for item in items:
        text = _text(item)
        if not text:
            leave(item, _("Aiken has questions with one right answer only."), False)
            continue
        found = _read_back(text, item)
        if not found:
            leave(item, _("In Aiken this question could not be told from its options or its answer."), False)
            continue
        lost = _lost(item, found)
        if item.category and names_category:
            lost.append(_("the categories of all questions"))
            names_category = False
        if lost:
            leave(item, _("Not in the file: %(parts)s.") % {"parts": ", ".join(lost)}, True)
        out.write(f"{text}\n\n".encode())


def _text(item: Item) -> str:
    """Write a question; nothing if it has no one right answer."""
    options = item.value.get("options", [])
    right = [letter for letter, option in zip(LETTERS, options, strict=False) if option.get("is_right")]
    if item.kind != "one_answer" or len(right) != 1 or len(options) > len(LETTERS):
        return ""
    rows = [f"{letter}. {_line(option['text'])}" for letter, option in zip(LETTERS, options, strict=False)]
    return "\n".join([_line(readable(item.value["stem"])), *rows, f"ANSWER: {right[0]}"])


def _line(text: str) -> str:
    # A null would make the file a binary one, and half a pair of surrogates cannot be written at all.
    kept = text.replace("\r", "\n").replace("\n", " ").replace("\0", "")
    return kept.encode("utf-8", "ignore").decode().strip()


def _read_back(text: str, item: Item) -> Item | None:
    found = list(read_lines(enumerate(text.split("\n"), start=1)))
    is_same = len(found) == 1 and isinstance(found[0], Item) and _marks(found[0]) == _marks(item)
    return found[0] if is_same else None


def _marks(item: Item) -> list[bool]:
    return [bool(option.get("is_right")) for option in item.value["options"]]


def _lost(item: Item, found: Item) -> list[str]:
    """Name what of a question is not read back."""
    options = item.value["options"]
    is_lost = {
        _("formats and line breaks of the question"): item.value["stem"] != found.value["stem"] or bool(item.pictures),
        _("line breaks in options"): [option["text"] for option in options] != [option["text"] for option in found.value["options"]],
        _("feedback"): any(option.get("feedback") for option in options),
        _("explanation"): bool(item.explanation),
        _("code"): bool(item.code),
        _("tags, difficulty, topic and legal basis"): bool(labels_of(item)),
    }
    return [name for name, is_so in is_lost.items() if is_so]
