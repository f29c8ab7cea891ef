"""From a question to a QTI 3.0 item: choices, order, pairs, words into gaps, essays; what is typed is in writing_texts."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from cms.sanitise import plain_text
from quizzes.interchange.items import Item, excerpt_of
from quizzes.interchange.qti.frame import (
    RESPONSE,
    Unsayable,
    Written,
    attributes_of,
    condition,
    frame,
    response,
    set_feedback,
    set_score,
    value,
    variable,
)
from quizzes.interchange.qti.html import pictures_in, plain, rich
from quizzes.interchange.qti.names import OURS
from quizzes.interchange.qti.writing_texts import PARTS_OF_TEXT, write_gaps, write_numeric, write_short_answer

_WORD_GAP = re.compile(r"\[\[([1-9][0-9]?)\]\]")
_MATCHES = f'<qti-match>{variable()}<qti-correct identifier="{RESPONSE}"/></qti-match>'
_MAPPED = f'<qti-map-response identifier="{RESPONSE}"/>'
_ONE = value("float", "1")


def write_item(item: Item, identifier: str, place: Callable[[str], str]) -> str:
    """Return a question as a whole XML document.

    :param place: called with "@@PLUGINFILE@@/name" of each picture, returns its address in the package.
    :raises Unsayable: when QTI has no such question.
    """
    if item.kind not in _WRITERS:
        raise Unsayable(_("QTI items of this kind are not written."))
    written = _WRITERS[item.kind](item.value)
    stem = item.value.get("stem", "")
    written.body = rich(stem, f' {OURS}part="stem"') + written.body
    title = excerpt_of(plain_text(stem), 120) or item.code or identifier
    return pictures_in(frame(written, identifier=identifier, title=title, code=item.code, explanation=item.explanation), place)


def _names(letter: str, count: int) -> list[str]:
    return [f"{letter}{number}" for number in range(1, count + 1)]


def _share(count: int) -> float:
    return 1 / count if count else 0.0


def _choice(written: Written, choices: Sequence[str], most: int) -> Written:
    attributes = {"response-identifier": RESPONSE, "shuffle": "true", "max-choices": str(most)}
    written.body = f"\n<qti-choice-interaction{attributes_of(attributes)}>\n{''.join(choices)}</qti-choice-interaction>"
    return written


def _option(name: str, text: str, feedback: str, attributes: dict[str, str] | None = None) -> str:
    inline = {"outcome-identifier": "FEEDBACK", "identifier": name, "show-hide": "show"}
    more = plain("qti-feedback-inline", feedback, attributes_of(inline)) if feedback else ""
    return plain("qti-simple-choice", text, attributes_of({"identifier": name, **(attributes or {})}), more) + "\n"


def _options(options: list[dict[str, Any]]) -> tuple[list[str], list[str], bool]:
    names = _names("A", len(options))
    choices = [_option(name, option["text"], option.get("feedback", "")) for name, option in zip(names, options, strict=True)]
    return names, choices, any(option.get("feedback") for option in options)


def _one_answer(said: dict[str, Any]) -> Written:
    names, choices, has_feedback = _options(said["options"])
    right = [name for name, option in zip(names, said["options"], strict=True) if option.get("is_right")]
    if len(right) != 1:
        raise Unsayable(_("Not exactly one option is right."))
    return _choice(_one_right(right[0], has_feedback), choices, 1)


def _one_right(right: str, has_feedback: bool) -> Written:
    written = Written(responses=[response("identifier", "single", [right])], template="match_correct")
    if has_feedback:
        written.feedback, written.rules = "single", [set_feedback(variable()), condition(_MATCHES, set_score(_ONE))]
    return written


def _true_false(said: dict[str, Any]) -> Written:
    right, feedback = bool(said["is_true"]), said.get("feedback", "")
    written = _one_right("true" if right else "false", bool(feedback))
    for name in ("asks_reason", "marks_reason"):
        if name in said:
            written.facts[name.replace("_", "-")] = "true" if said[name] else "false"
    fixed = {"fixed": "true"}
    choices = [_option("true", _("True"), "" if right else feedback, fixed), _option("false", _("False"), feedback if right else "", fixed)]
    return _choice(written, choices, 1)


def _several_answers(said: dict[str, Any]) -> Written:
    names, choices, has_feedback = _options(said["options"])
    right = [name for name, option in zip(names, said["options"], strict=True) if option.get("is_right")]
    if not right:
        raise Unsayable(_("No option is right."))
    mapping, marking = dict.fromkeys(right, _share(len(right))), said.get("marking", "partial")
    if marking == "partial":
        wrong = [name for name in names if name not in right]
        mapping |= dict.fromkeys(wrong, -_share(len(wrong)))
    written = Written(
        responses=[response("identifier", "multiple", right, mapping=[] if marking == "all" else mapping.items())],
        template="match_correct" if marking == "all" else "map_response")
    if marking == "partial" and len(right) == len(names):
        # Nothing can be ticked wrongly; that ticks would cost has to be seen all the same.
        written.responses = [response("identifier", "multiple", right, mapping=mapping.items(), default=-1.0)]
    if has_feedback:
        score = condition(_MATCHES, set_score(_ONE)) if marking == "all" else set_score(_MAPPED)
        written.feedback, written.rules = "multiple", [set_feedback(variable()), score]
    return _choice(written, choices, 0)


def _ordering(said: dict[str, Any]) -> Written:
    names = _names("A", len(said["items"]))
    if len(names) < 2:
        raise Unsayable(_("There is nothing to put in order."))
    written = Written(responses=[response("identifier", "ordered", names)], template="match_correct")
    if said.get("marking", "neighbours") == "neighbours":
        written.rules = _neighbours(names)
    choices = "".join(plain("qti-simple-choice", text, attributes_of({"identifier": name})) for name, text in zip(names, said["items"], strict=True))
    written.body = f'\n<qti-order-interaction response-identifier="{RESPONSE}" shuffle="true">{choices}</qti-order-interaction>'
    return written


def _neighbours(names: list[str]) -> list[str]:
    """A part for each thing that directly follows the right one: an ordered container contains only what stands in it side by side."""
    share = value("float", repr(_share(len(names) - 1)))
    more = set_score(f"<qti-sum>{variable('SCORE')}{share}</qti-sum>")
    return [
        condition(f"<qti-contains>{variable()}<qti-ordered>{value('identifier', one)}{value('identifier', other)}</qti-ordered></qti-contains>", more)
        for one, other in pairwise(names)
    ]


def _matching(said: dict[str, Any]) -> Written:
    pairs, distractors = said["pairs"], said.get("distractors", [])
    if len(pairs) < 2:
        raise Unsayable(_("There is nothing to match."))
    rights = {text: f"R{number}" for number, text in enumerate(dict.fromkeys(pair["right"] for pair in pairs), 1)}
    keys = {f"L{number}": f"L{number} {rights[pair['right']]}" for number, pair in enumerate(pairs, 1)}
    share = _share(len(pairs))
    written = Written(
        responses=[response("directedPair", "multiple", keys.values(), mapping=[(key, share) for key in keys.values()])], template="map_response")
    if any(pair.get("feedback") for pair in pairs):
        wrong = [_wrong_pair(name, keys[name]) for name, pair in zip(keys, pairs, strict=True) if pair.get("feedback")]
        written.feedback, written.rules = "multiple", [set_score(_MAPPED), *wrong]
    lefts = [_side(name, pair["left"], 1, pair.get("feedback", "")) for name, pair in zip(keys, pairs, strict=True)]
    words = [*rights.items(), *((text, f"D{number}") for number, text in enumerate(distractors, 1))]
    columns = [lefts, [_side(name, text, 0) for text, name in words]]
    sets = "".join(f"<qti-simple-match-set>{''.join(column)}</qti-simple-match-set>" for column in columns)
    attributes = {"response-identifier": RESPONSE, "shuffle": "true", "max-associations": str(len(pairs))}
    written.body = f"\n<qti-match-interaction{attributes_of(attributes)}>{sets}</qti-match-interaction>"
    return written


def _side(name: str, text: str, most: int, feedback: str = "") -> str:
    inline = {"outcome-identifier": "FEEDBACK", "identifier": name, "show-hide": "show"}
    more = plain("qti-feedback-inline", feedback, attributes_of(inline)) if feedback else ""
    return plain("qti-simple-associable-choice", text, attributes_of({"identifier": name, "match-max": str(most)}), more)


def _wrong_pair(name: str, key: str) -> str:
    test = f"<qti-not><qti-member>{value('directedPair', key)}{variable()}</qti-member></qti-not>"
    return condition(test, set_feedback(f"<qti-multiple>{variable('FEEDBACK')}{value('identifier', name)}</qti-multiple>"))


def _drag_words(said: dict[str, Any]) -> Written:
    answers, distractors = said["answers"], said.get("distractors", [])
    words = dict(zip(_names("W", len(answers)), answers, strict=True))
    gaps: list[int] = []
    text = rich(said["text"], f' {OURS}part="text"', lambda body: _with_gaps(body, len(answers), gaps))
    if sorted(gaps) != list(range(1, len(answers) + 1)) or not gaps:
        raise Unsayable(_("Gaps and words do not fit together."))
    keys = [f"W{gap} G{gap}" for gap in sorted(gaps)]
    # Of words that are the same, each is right in every gap of theirs.
    pairs = [(f"{name} G{gap}", _share(len(gaps))) for gap in sorted(gaps) for name, word in words.items() if word == words[f"W{gap}"]]
    most = "0" if said.get("reusable") else "1"
    choices = [*words.items(), *((f"D{number}", word) for number, word in enumerate(distractors, 1))]
    offered = "".join(plain("qti-gap-text", word, attributes_of({"identifier": name, "match-max": most})) for name, word in choices)
    attributes = {"response-identifier": RESPONSE, "shuffle": "true", "max-associations": str(len(gaps))}
    body = f"\n<qti-gap-match-interaction{attributes_of(attributes)}>{offered}{text}</qti-gap-match-interaction>"
    return Written(responses=[response("directedPair", "multiple", keys, mapping=pairs)], template="map_response", body=body)


def _with_gaps(body: str, most: int, gaps: list[int]) -> str:
    def put(found: re.Match) -> str:
        number = int(found.group(1))
        if number > most or number in gaps:
            return found.group()
        gaps.append(number)
        return f'<qti-gap identifier="G{number}"/>'

    parts = PARTS_OF_TEXT.split(body)
    parts[::2] = [_WORD_GAP.sub(put, part) for part in parts[::2]]
    return "".join(parts)


def _essay(said: dict[str, Any]) -> Written:
    facts = {name.replace("_", "-"): str(said[name]) for name in ("least_words", "most_words") if said.get(name)}
    if "shows_criteria" in said:
        facts["shows-criteria"] = "true" if said["shows_criteria"] else "false"
    written = Written(responses=[response("string", "single", [])], facts=facts, is_marked_by_person=True)
    model = rich(said["model_answer"], f' {OURS}part="model-answer"') if said.get("model_answer") else ""
    rubric = model + "".join(map(_criterion, said.get("criteria", [])))
    written.body = f'\n<qti-extended-text-interaction response-identifier="{RESPONSE}"/>'
    if rubric:
        written.body += f'\n<qti-rubric-block view="scorer" use="scoring"><qti-content-body>{rubric}</qti-content-body></qti-rubric-block>'
    return written


def _criterion(said: dict[str, Any]) -> str:
    points = repr(float(said.get("points", 1)))
    title, description = plain("strong", said["title"], f' {OURS}part="title"'), plain("p", said.get("description", ""), f' {OURS}part="description"')
    return f"<div{attributes_of({f'{OURS}part': 'criterion', f'{OURS}points': points})}><p>{title} ({points})</p>{description}</div>"


_WRITERS: dict[str, Callable[[dict[str, Any]], Written]] = {
    "one_answer": _one_answer, "several_answers": _several_answers, "true_false": _true_false, "matching": _matching, "ordering": _ordering,
    "short_answer": write_short_answer, "numeric": write_numeric, "gaps": write_gaps, "drag_words": _drag_words, "essay": _essay,
}
