"""What stands in the comments of a GIFT question, where Moodle keeps its id and its tags: "// [id:KH01-C05] [tag:nghỉ phép]".

Two ways for what GIFT has no sign for. Short facts are tags – "comparing:tones", "unit:ngày" – so that they survive a way through Moodle.
Everything else stands as JSON in a comment of its own, "// [more:digest:{…}]", which Moodle passes over. The digest is that of the
question's text: once somebody has changed the text by hand, what it says itself is no longer taken from the comment.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from django.utils.translation import gettext as _

from quizzes.interchange.gift.values import Value, fits
from quizzes.interchange.items import Item
from quizzes.interchange.labels import COMPARISONS, DIFFICULTIES, MARKINGS, labels_of
from quizzes.interchange.moodle import difference_of
from vietnamese.numbers import InvalidNumber

MOST_LABELS = 60
_MORE = "// [more:"
_OPENING = re.compile(r"\[(id|tag):")
_CLOSING = re.compile(r"(?<!\\)\]")
_WORDS = {"least_words": re.compile(r"[1-9]\d{0,3}"), "most_words": re.compile(r"[1-9]\d{0,3}")}
_CHOICES = {
    ("several_answers", "marking"): MARKINGS["several_answers"],
    ("short_answer", "comparing"): COMPARISONS,
}
_PERCENT = re.compile(r"([1-9]\d?)=(\d{1,12}(?:\.\d{1,8})?)")


@dataclass
class Facts:
    """What the comments of a question say of it."""

    code: str = ""
    labels: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    # Of the text for which `more` was written.
    digest: str = ""


def read_comments(comments: Iterable[str]) -> Facts:
    """Read what Moodle, or this program, wrote into the comments of a question. What is no fact is passed over."""
    facts = Facts()
    for comment in comments:
        if comment.startswith(_MORE) and comment.endswith("]"):
            facts.digest, _colon, data = comment[len(_MORE):-1].partition(":")
            facts.more = _json(data)
            continue
        for name, value in _tokens(comment):
            if name == "tag" and len(facts.labels) < MOST_LABELS:
                facts.labels.append(value)
            elif name == "id":
                facts.code = facts.code or value
    return facts


def _tokens(comment: str) -> Iterable[tuple[str, str]]:
    place = 0
    while (opening := _OPENING.search(comment, place)) and (closing := _CLOSING.search(comment, opening.end())):
        yield opening.group(1), comment[opening.end():closing.start()].replace("\\]", "]").strip()
        place = closing.end()


def _json(data: str) -> dict[str, Any]:
    try:
        more = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return more if isinstance(more, dict) else {}


def take_facts(kind: str, value: Value, labels: list[str]) -> list[str]:
    """Put what labels say of a question's own fields into its value, and return the labels that say nothing of the kind."""
    return [label for label in labels if not _takes(kind, value, *label.partition(":")[::2])]


def says_marking(labels: Iterable[str]) -> bool:
    """Say whether one of the labels tells how a question with several answers is marked."""
    return any(label.partition(":")[2] in _CHOICES["several_answers", "marking"] for label in labels if label.startswith("marking:"))


def _takes(kind: str, value: Value, name: str, said: str) -> bool:
    if said in _CHOICES.get((kind, name), ()) or (kind == "numeric" and name == "unit" and said):
        value[name] = said
        return True
    if kind == "essay" and name in _WORDS and _WORDS[name].fullmatch(said):
        value[name] = int(said)
        return True
    return kind == "numeric" and name == "percent" and _takes_percent(value["accepted"], said)


def _takes_percent(accepted: list[Value], said: str) -> bool:
    """Moodle knows no percentages: they stand beside the difference that they come to, and hold as long as it is the same."""
    match = _PERCENT.fullmatch(said)
    if not match or int(match[1]) > len(accepted):
        return False
    target = accepted[int(match[1]) - 1]
    try:
        if difference_of(target["value"], match[2]) == target["tolerance"]:
            target |= {"tolerance": match[2], "measure": "percent"}
    except InvalidNumber:
        return False
    return True


def label_lines(item: Item, value: Value, marked_as: str) -> list[str]:
    """Return the comments with a question's code, its tags and the facts that are tags here.

    :param marked_as: how a question with several answers is marked by its weights alone.
    """
    tokens = [f"[id:{_said(item.code)}]"] if item.code else []
    tokens += [f"[tag:{_said(label)}]" for label in [*labels_of(item), *_facts_of(item.kind, value, marked_as)]]
    return [f"// {' '.join(tokens)}"] if tokens else []


def _said(text: str) -> str:
    said = " ".join(text.replace("\0", "").split()).replace("]", "\\]")
    # A backslash at the end would take the bracket for its own.
    return f"{said} " if said.endswith("\\") else said


def _facts_of(kind: str, value: Value, marked_as: str) -> list[str]:
    match kind:
        case "several_answers" if value["marking"] != marked_as:
            return [f"marking:{value['marking']}"]
        case "short_answer" if value["comparing"] != "case":
            return [f"comparing:{value['comparing']}"]
        case "numeric":
            percents = [
                f"percent:{place}={row['tolerance']}" for place, row in enumerate(value["accepted"], 1) if row["measure"] == "percent"]
            return [f"unit:{value['unit']}"] * bool(value["unit"]) + percents
        case "essay":
            return [f"{name}:{value[name]}" for name in _WORDS if value[name]]
    return []


def digest_of(text: str) -> str:
    """Return a digest of a question's text, the same however its lines are indented."""
    return f"{crc32(' '.join(text.split()).encode('utf-8', 'replace')):08x}"


def more_line(more: dict[str, Any], text: str) -> str:
    """Return the comment that keeps what neither the text of a question nor its tags can say."""
    # Nothing in it may look like a tag to Moodle.
    data = json.dumps(more, ensure_ascii=False).replace("[tag:", "\\u005btag:").replace("[id:", "\\u005bid:")
    return f"{_MORE}{digest_of(text)}:{data.encode('utf-8', 'replace').decode()}]"


def take_more(facts: Facts, kind: str, value: Value, fields: dict[str, Any], text: str) -> list[str]:
    """Put into a value and the fields of an item what their comment says beyond the text, and return what a person should know of it."""
    is_unchanged, notes = facts.digest == digest_of(text), []
    for name, part in _dict_in(facts.more, "value").items():
        # What no text of GIFT can say is not overtaken by a change of the text.
        if fits(kind, name, part) and (is_unchanged or value.get(name) in (None, "", [])):
            value[name] = part
        else:
            notes = [_("The text was changed by hand; what only a comment said of the old text is not kept.")]
    fields |= {name: part for name, part in _read_fields(_dict_in(facts.more, "item")) if is_unchanged or name != "explanation"}
    return notes


def _dict_in(more: dict[str, Any], name: str) -> dict[str, Any]:
    part = more.get(name)
    return part if isinstance(part, dict) else {}


def _read_fields(said: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    for name, part in said.items():
        if name in ("tags", "citations", "category") and isinstance(part, list) and all(isinstance(row, str) for row in part):
            yield name, tuple(part[:MOST_LABELS])
        elif isinstance(part, str) and (name in ("code", "topic", "explanation") or (name == "difficulty" and part in DIFFICULTIES)):
            yield name, part
