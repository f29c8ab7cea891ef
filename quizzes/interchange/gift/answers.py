"""The answers between the braces of a GIFT question: which kind they make it, and the value that they give it.

Follows Moodle's own importer (question/format/gift/format.php), and is more patient where its authors are less exact: {True}, {Đúng}, empty options.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from unicodedata import normalize

from django.utils.translation import gettext as _

from quizzes.interchange.gift.numbers import read_target, read_weight, reason_for
from quizzes.interchange.gift.texts import Fault, read_html, read_words, show_escapes, unwrapped
from quizzes.interchange.items import excerpt_of
from quizzes.interchange.moodle import to_fraction
from vietnamese.numbers import InvalidNumber

# No question has more answers; a line of a million signs would.
MOST_ANSWERS = 60
_TRUE, _FALSE = {"T", "TRUE", "ĐÚNG"}, {"F", "FALSE", "SAI"}
_NEARLY = 0.01
Row = dict[str, Any]


@dataclass
class Answers:
    """What stands between the braces: of which kind it is, the fields of the value, and what a person should know of it."""

    kind: str
    value: Row
    notes: list[str] = field(default_factory=list)
    # Added to the explanation: what the kind has no field for.
    explanation: str = ""
    # What is lost of the weights, unless a label says how the question is marked.
    uneven: str = ""


@dataclass(frozen=True)
class Part:
    """One answer: where it begins, the sign before it, and everything up to the next sign."""

    place: int
    sign: str
    raw: str

    @property
    def weight(self) -> float | None:
        return read_weight(self.raw)[0]

    @property
    def text(self) -> str:
        return read_weight(self.raw)[1].partition("#")[0]

    @property
    def feedback(self) -> str:
        return self.raw.partition("#")[2]


def read_answers(text: str, around: str) -> Answers:
    """Read what stands between the braces, escapes hidden.

    :param around: the format of the question, which its answers have unless they say otherwise.
    :raises Fault: when no question can be made of it.
    """
    said = text.strip()
    if not said:
        return Answers("essay", {})
    if said.startswith("#"):
        return _numeric(text, around)
    if "~" in said:
        return _choices(text, around)
    if "=" in said and "->" in said and _is_matching(list(_parts(text, "="))):
        return _matching(text, around)
    word = normalize("NFC", said.partition("#")[0].strip()[:20]).upper()
    if word in _TRUE | _FALSE:
        return _true_false(said, around, is_true=word in _TRUE)
    return _short_answer(text, around)


def _parts(text: str, signs: str) -> Iterator[Part]:
    """Give the answers one by one; what stands before the first sign is one too, an empty one is none.

    :raises Fault: when there are too many.
    """
    place, sign, count = 0, "", 0
    for match in chain(re.finditer(f"[{signs}]", text), [None]):
        raw = text[place + len(sign):match.start() if match else len(text)].strip()
        if raw and count == MOST_ANSWERS:
            raise Fault(_("A question has at most %(count)s answers.") % {"count": MOST_ANSWERS}, place)
        if raw:
            count += 1
            yield Part(place, sign, raw)
        if match:
            place, sign = match.start(), match[0]


def _is_matching(parts: list[Part]) -> bool:
    """Moodle takes every arrow for a pair, even one that a feedback draws; what it would then refuse is read as short answers."""
    return any("->" in part.text for part in parts) or (len(parts) > 1 and all("->" in part.raw for part in parts))


def _choices(text: str, around: str) -> Answers:
    notes: list[str] = []
    parts = list(_parts(text, "~="))
    if len(parts) < 2:
        raise Fault(_("Fewer than two options can be read here. Write each after ~ or =."))
    options = [
        {"text": read_words(part.text, around, notes), "is_right": False, "feedback": read_words(part.feedback, around, notes)} for part in parts]
    weights = [(100.0 if part.sign == "=" else 0.0) if part.weight is None else part.weight for part in parts]
    full = [weight >= 100 - _NEARLY for weight in weights]
    if not any(is_full and part.sign == "=" for part, is_full in zip(parts, full, strict=True)):
        return _several(options, weights, notes)
    if sum(full) > 1:
        raise Fault(
            _("Several options have all the points, but only one of them can be chosen. Put = before one, or a weight such as %(weight)s before each.")
            % {"weight": "~%50%"})
    for option, is_right in zip(options, full, strict=True):
        option["is_right"] = is_right
    if any(weight and not is_right for weight, is_right in zip(weights, full, strict=True)):
        notes.append(_("Only one option is right here; the parts of the points that other options had are not kept."))
    return Answers("one_answer", {"options": options}, notes)


def _several(options: list[Row], weights: list[float], notes: list[str]) -> Answers:
    for option, weight in zip(options, weights, strict=True):
        option["is_right"] = weight > 0
    if not any(weight > 0 for weight in weights):
        raise Fault(
            _("No option is marked as right. Put = before the right one, or a weight such as %(weight)s before each right one.") % {"weight": "~%50%"})
    marking, is_exact = marking_of(weights)
    uneven = "" if is_exact else _(
        "The weights of the options cannot be kept as they are: every right option is worth the same here, and so is every wrong one.")
    return Answers("several_answers", {"options": options, "marking": marking}, notes, uneven=uneven)


def marking_of(weights: list[float]) -> tuple[str, bool]:
    """Return how a question with such weights, in percent, is marked here, and whether that earns the same for every choice of options.

    Partly right, wrong ticks cost: each right option 100 / number of right ones, each wrong one -100 / number of wrong ones. Where wrong ticks
    cost nothing, each wrong one 0.
    """
    right, wrong = [weight for weight in weights if weight > 0], [weight for weight in weights if weight <= 0]
    is_even = all(abs(weight - 100 / len(right)) <= _NEARLY for weight in right)
    if not any(wrong) and wrong:
        return "lenient", is_even
    return "partial", is_even and all(abs(weight + 100 / len(wrong)) <= _NEARLY for weight in wrong)


def _matching(text: str, around: str) -> Answers:
    notes: list[str] = []
    value: Row = {"pairs": [], "distractors": []}
    for part in _parts(text, "="):
        # Weights and feedback have no meaning here: Moodle takes their signs for words.
        left, arrow, right = part.raw.partition("->")
        if not arrow:
            raise Fault(_("“%(text)s” has no -> to what belongs to it.") % {"text": excerpt_of(show_escapes(left[:200]), 40)}, part.place)
        left, right = read_words(left, around, notes), show_escapes(unwrapped(right))
        if left:
            value["pairs"].append({"left": left, "right": right, "feedback": ""})
        else:
            value["distractors"].append(right)
    return Answers("matching", value, notes)


def _true_false(said: str, around: str, *, is_true: bool) -> Answers:
    notes: list[str] = []
    _word, wrong, right = ([*said.split("#", 2), "", ""])[:3]
    answers = Answers("true_false", {"is_true": is_true, "feedback": read_words(wrong, around, notes)}, notes)
    if right.strip():
        answers.explanation = read_html(right, around)
        notes.append(_("The feedback after the right choice stands in the explanation now."))
    return answers


def _short_answer(text: str, around: str) -> Answers:
    notes: list[str] = []
    accepted = []
    for part in _parts(text, "="):
        words = read_words(part.text, around, notes)
        if words == "*":
            notes.append(_("What is said to every other answer is not kept."))
            continue
        # In Moodle a star stands for any letters, and a backslash before it makes it a star.
        if "*" in words.replace("\\*", ""):
            notes.append(_("A star stood for any letters in “%(text)s”; here it is a star.") % {"text": excerpt_of(words, 40)})
        accepted.append({
            "text": words.replace("\\*", "*"), "fraction": to_fraction(100.0 if part.weight is None else part.weight),
            "feedback": read_words(part.feedback, around, notes)})
    if not accepted:
        raise Fault(_("No answer can be read between the braces."))
    return Answers("short_answer", {"accepted": accepted}, notes)


def _numeric(text: str, around: str) -> Answers:
    notes: list[str] = []
    accepted = []
    start = text.index("#") + 1
    said, tilde, _feedback = text[start:].partition("~")
    for part in _parts(said, "="):
        words = show_escapes(part.text).strip()
        if words == "*":
            tilde = "~"
            continue
        try:
            value, tolerance = read_target(words)
        except InvalidNumber:
            raise Fault(reason_for(words), start + part.place) from None
        accepted.append({
            "value": value, "tolerance": tolerance, "measure": "absolute",
            "fraction": to_fraction(100.0 if part.weight is None else part.weight), "feedback": read_words(part.feedback, around, notes)})
    if not accepted:
        raise Fault(_("No number can be read after the #."))
    if tilde:
        notes.append(_("What is said to every other answer is not kept."))
    return Answers("numeric", {"accepted": accepted}, notes)
