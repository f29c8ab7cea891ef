"""From short answers, numbers and texts with gaps to QTI items in which something is typed, or chosen inside a text."""

import re
from typing import Any
from xml.sax.saxutils import unescape

from django.utils.translation import gettext as _

from intake.safe_xml import escaped
from quizzes.interchange.qti.frame import (
    RESPONSE,
    Unsayable,
    Written,
    attributes_of,
    condition,
    modal,
    response,
    said,
    set_feedback,
    set_score,
    value,
    variable,
)
from quizzes.interchange.qti.html import plain, rich
from quizzes.interchange.qti.items import NUMBER
from quizzes.interchange.qti.names import OURS

# Every second part is a tag; a gap counts only between tags.
PARTS_OF_TEXT = re.compile(r"(<[^<>]*>)")
_GAP = re.compile(r"\[\[([^\[\]<>]*)\]\]")
_ENTITIES = {"&quot;": '"', "&#13;": "\r"}


def write_short_answer(question: dict[str, Any]) -> Written:
    """Write a field for a few words; every accepted wording is worth its part of the points."""
    accepted, comparing = question["accepted"], question.get("comparing", "case")
    if not accepted:
        raise Unsayable(_("No answer is accepted."))
    best = max(accepted, key=lambda answer: answer["fraction"])
    written = Written(
        responses=[response(
            "string", "single", [best["text"]], mapping=[(answer["text"], answer["fraction"]) for answer in accepted], capitals=_capitals(comparing))],
        facts={"comparing": comparing}, template="map_response", body=_field(""))
    feedbacks = {f"ANSWER_{number}": answer for number, answer in enumerate(accepted, 1) if answer.get("feedback")}
    if feedbacks:
        written.rules = [set_score(f'<qti-map-response identifier="{RESPONSE}"/>')]
        written.rules += [
            condition(_same(answer["text"], comparing), set_feedback(value("identifier", name))) for name, answer in feedbacks.items()]
        _tell(written, feedbacks)
    return written


def write_numeric(question: dict[str, Any]) -> Written:
    """Write a field for a number; the rules give what the best of the accepted numbers gives that it is near to."""
    accepted, unit = question["accepted"], question.get("unit", "")
    if not accepted or not all(_is_plain(answer["value"]) and _is_plain(answer.get("tolerance", "0")) for answer in accepted):
        raise Unsayable(_("No number is accepted."))
    best = max(accepted, key=lambda answer: answer["fraction"])
    written = Written(responses=[response("float", "single", [best["value"]])], facts={"unit": unit}, body=_field(unit))
    feedbacks = {f"ANSWER_{number}": answer for number, answer in enumerate(accepted, 1) if answer.get("feedback")}
    for number, answer in enumerate(accepted, 1):
        then = set_score(value("float", said(answer["fraction"])))
        if f"ANSWER_{number}" in feedbacks:
            then += set_feedback(value("identifier", f"ANSWER_{number}"))
        written.rules.append(condition(_near(answer), then))
    _tell(written, feedbacks)
    return written


def write_gaps(question: dict[str, Any]) -> Written:
    """Write a text with fields or lists in it; each gap is worth the same."""
    gaps = _gaps_in(question["text"])
    if not gaps:
        raise Unsayable(_("This text has no gap."))
    is_list, comparing = question.get("filling", "typed") == "list", question.get("comparing", "case")
    words = {text: f"W{number}" for number, text in enumerate(dict.fromkeys(text for gap in gaps for text in gap), 1)} if is_list else {}
    offered = [*words.items(), *((text, f"D{number}") for number, text in enumerate(question.get("distractors", []), 1))]
    choices = "".join(plain("qti-inline-choice", text, attributes_of({"identifier": name})) for text, name in offered) if is_list else ""
    written = Written(facts={"comparing": comparing})
    for number, gap in enumerate(gaps, 1):
        keys = [words.get(text, text) for text in gap]
        written.responses.append(response(
            "identifier" if is_list else "string", "single", keys[:1], identifier=f"{RESPONSE}_{number}",
            mapping=[(key, 1 / len(gaps)) for key in keys], capitals="" if is_list else _capitals(comparing)))
    mapped = "".join(f'<qti-map-response identifier="{RESPONSE}_{number}"/>' for number in range(1, len(gaps) + 1))
    written.rules = [set_score(f"<qti-sum>{mapped}</qti-sum>")]
    written.body = "\n" + rich(question["text"], f' {OURS}part="text"', lambda body: _with_fields(body, choices))
    return written


def _gaps_in(html: str) -> list[list[str]]:
    found: list[list[str]] = []

    def note(body: str) -> str:
        for part in PARTS_OF_TEXT.split(body)[::2]:
            found.extend([unescape(text, _ENTITIES) for text in gap.split("|")] for gap in _GAP.findall(part))
        return body

    rich(html, write=note)
    return found


def _with_fields(body: str, choices: str) -> str:
    count = 0

    def put(_found: re.Match) -> str:
        nonlocal count
        count += 1
        name = attributes_of({"response-identifier": f"{RESPONSE}_{count}"})
        if choices:
            return f'<qti-inline-choice-interaction{name} shuffle="true">{choices}</qti-inline-choice-interaction>'
        return f"<qti-text-entry-interaction{name}/>"

    parts = PARTS_OF_TEXT.split(body)
    parts[::2] = [_GAP.sub(put, part) for part in parts[::2]]
    return "".join(parts)


def _field(unit: str) -> str:
    behind = f" {escaped(unit)}" if unit else ""
    return f'\n<p><qti-text-entry-interaction response-identifier="{RESPONSE}"/>{behind}</p>'


def _tell(written: Written, feedbacks: dict[str, dict[str, Any]]) -> None:
    if feedbacks:
        written.feedback = "single"
        written.feedbacks = [modal("FEEDBACK", name, plain("p", answer["feedback"])) for name, answer in feedbacks.items()]


def _capitals(comparing: str) -> str:
    return "true" if comparing == "exact" else "false"


def _same(text: str, comparing: str) -> str:
    return f'<qti-string-match case-sensitive="{_capitals(comparing)}">{variable()}{value("string", text)}</qti-string-match>'


def _near(answer: dict[str, Any]) -> str:
    """Near to this number, and not yet given as much: the best counts, the earlier of equals, in whatever order they stand."""
    tolerance, mode = answer.get("tolerance", "0"), "relative" if answer.get("measure") == "percent" else "absolute"
    attributes = attributes_of({"tolerance-mode": mode, "tolerance": f"{tolerance} {tolerance}"})
    equal = f"<qti-equal{attributes}>{variable()}{value('float', answer['value'])}</qti-equal>"
    # What earns nothing may have a feedback of its own, and no points are less than none.
    less = "qti-lt" if answer["fraction"] > 0 else "qti-lte"
    return f"<qti-and>{equal}<{less}>{variable('SCORE')}{value('float', said(answer['fraction']))}</{less}></qti-and>"


def _is_plain(number: Any) -> bool:
    return isinstance(number, str) and NUMBER.fullmatch(number) is not None
