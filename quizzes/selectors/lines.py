"""A frozen question as a list of lines in words, whatever its type: what a person compares, and what tells two like questions apart."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cms.sanitise import plain_text
from quizzes.types import type_of
from quizzes.types.base import Content
from vietnamese.numbers import shown


@dataclass(frozen=True)
class Line:
    """One line. Lines of two versions with the same key say the same thing; `is_right` is None where nothing is right or wrong."""

    key: str
    label: Any
    text: str
    is_right: bool | None = None
    # Whether it tells what takers choose from or are to say.
    is_answer: bool = False


def lines_of(kind: str, content: Content) -> list[Line]:
    """Return everything that a version says, in the order in which takers and markers meet it. No query."""
    return [line for line in _lines(kind, content) if line.text]


def _lines(kind: str, content: Content) -> Iterator[Line]:
    yield Line("kind", _("Kind of question"), str(type_of(kind).label))
    yield Line("title", _("Title of the case"), content.get("title", ""))
    yield Line("stem", _("Question"), plain_text(content.get("stem", "")))
    yield from _materials("stem", content)
    yield Line("text", _("Text with gaps"), plain_text(content.get("text", "")))
    for part in (_options, _pairs, _steps, _gaps, _words, _accepted, _rubric, _parts):
        yield from part(content)
    yield from _rules(kind, content)
    yield Line("explanation", _("Explanation"), plain_text(content.get("explanation", "")))
    for cited in content.get("citations", []):
        yield Line(f"basis:{cited['provision']}", _("Legal basis"), _law(cited))
    yield Line("topic", _("Topic"), content.get("topic", ""))


def _law(cited: dict) -> str:
    until = f" (→ {cited['in_force_until']})" if cited.get("in_force_until") else ""
    return f"{cited['place']}, {cited['document']} {cited['number']}{until}"


def _materials(where: str, holder: dict) -> Iterator[Line]:
    for number, thing in enumerate(holder.get("materials") or []):
        key = f"{where}:material:{number}"
        if thing["kind"] == "picture":
            yield Line(key, _("Picture"), f"{thing['alt']} ({_file(thing['url'])})")
        elif thing["kind"] == "audio":
            yield Line(key, _("Recording"), f"{thing['title']} ({_file(thing['url'])})")
        else:
            yield Line(key, _("Article of a law"), _law(thing))


def _file(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def _options(content: Content) -> Iterator[Line]:
    picture = content.get("picture")
    if picture:
        yield Line("picture", _("Picture"), f"{picture['alt']} ({_file(picture['url'])})")
    fixed = {"true": _("True"), "false": _("False")}
    for option in content.get("options", []):
        key, words = f"option:{option['key']}", option["text"] or fixed.get(option["key"], option["key"])
        where = ", ".join(f"{side} {option[side]:g}" for side in ("x", "y", "width", "height", "radius") if option.get(side)) if "shape" in option else ""
        yield Line(key, _("Option"), f"{words} ({where})" if where else str(words), option.get("right"), is_answer=True)
        yield Line(f"{key}:feedback", _("Feedback"), option.get("feedback", ""))
        yield from _materials(key, option)


def _pairs(content: Content) -> Iterator[Line]:
    if "pairs" not in content:
        return
    texts = {choice["key"]: choice["text"] for choice in content["choices"]}
    for pair in content["pairs"]:
        key = f"pair:{pair['key']}"
        yield Line(key, _("Pair"), f"{pair['left']} – {texts.get(pair['right'], '')}", is_right=True, is_answer=True)
        yield Line(f"{key}:feedback", _("Feedback"), pair["feedback"])
        yield from _materials(key, pair)
    used = {pair["right"] for pair in content["pairs"]}
    for key in texts.keys() - used:
        yield Line(f"choice:{key}", _("Belongs to none"), texts[key], is_right=False, is_answer=True)


def _steps(content: Content) -> Iterator[Line]:
    for number, item in enumerate(content.get("items", []), start=1):
        yield Line(f"step:{item['key']}", _("Step"), f"{number}. {item['text']}", is_right=True, is_answer=True)


def _gaps(content: Content) -> Iterator[Line]:
    for gap in content.get("gaps", []):
        yield Line(f"gap:{gap['key']}", _("Gap"), f"{gap['key'][1:]}. {' / '.join(gap['right'])}", is_right=True, is_answer=True)
    if "gaps" in content:
        rights = {text for gap in content["gaps"] for text in gap["right"]}
        for word in content.get("choices", []):
            if word not in rights:
                yield Line(f"word:{word}", _("Fits no gap"), word, is_right=False, is_answer=True)


def _words(content: Content) -> Iterator[Line]:
    if "words" not in content:
        return
    places: dict[str, list[str]] = {}
    for place, key in content["right"].items():
        places.setdefault(key, []).append(place)
    for word in content["words"]:
        here = ", ".join(places.get(word["key"], []))
        text = f"{here}. {word['text']}" if here else word["text"]
        yield Line(f"word:{word['key']}", _("Word"), text, is_right=bool(here), is_answer=True)


def _accepted(content: Content) -> Iterator[Line]:
    for number, item in enumerate(content.get("accepted", [])):
        key = f"accepted:{number}"
        yield Line(key, _("Accepted answer"), _said(item, content.get("unit", "")), is_right=item["fraction"] >= 1, is_answer=True)
        yield Line(f"{key}:feedback", _("Feedback"), item["feedback"])


def _said(item: dict, unit: str) -> str:
    if "text" in item:
        words = item["text"]
    else:
        within = shown(Decimal(item["tolerance"]))
        words = shown(Decimal(item["value"])) + (f" {unit}" if unit else "")
        words += "" if within == "0" else f" (± {within}{'%' if item['measure'] == 'percent' else ''})"
    return words if item["fraction"] >= 1 else f"{words} = {item['fraction'] * 100:g}%"


def _rubric(content: Content) -> Iterator[Line]:
    for criterion in content.get("criteria", []):
        words = f"{criterion['title']} ({criterion['points']:g}). {criterion['description']}"
        yield Line(f"criterion:{criterion['key']}", _("Criterion"), words.strip(), is_answer=True)
    yield Line("model_answer", _("Model answer"), plain_text(content.get("model_answer", "")), is_answer=True)


def _parts(content: Content) -> Iterator[Line]:
    for number, part in enumerate(content.get("parts", []), start=1):
        yield Line(f"part:{part['key']}:weight", format_lazy("{} {}", _("Part"), number), f"{_('Weight')} {part['weight']:g}")
        for line in lines_of(part["type"], part["content"]):
            yield replace(line, key=f"part:{part['key']}:{line.key}", label=format_lazy("{}. {}", number, line.label))


def _rules(kind: str, content: Content) -> Iterator[Line]:
    for name in ("marking", "comparing", "filling", "form"):
        block = type_of(kind).child_blocks.get(name)
        if block is not None and content.get(name):
            yield Line(name, block.label, str(dict(block.field.choices).get(content[name], content[name])))
    if content.get("least_words") or content.get("most_words"):
        yield Line("words", _("Words"), f"{content['least_words'] or 0}–{content['most_words'] or '∞'}")
    if "kinds" in content:
        yield Line("files", _("Files"), f"{content['most_files']} × {content['most_mb']} MB: {', '.join(content['kinds'])}")
