"""One question of Moodle read into one of ours, kind by kind."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from html import unescape
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from cms.sanitise import plain_text
from quizzes.interchange.items import Item, Refused, excerpt_of
from quizzes.interchange.labels import read_labels
from quizzes.interchange.moodle import difference_of, to_fraction
from quizzes.interchange.moodlexml.facts import Facts, take_facts
from quizzes.interchange.moodlexml.gapped import read_cloze, read_drag_words
from quizzes.interchange.moodlexml.refusing import Unreadable, reason_for
from quizzes.interchange.moodlexml.texts import Texts, is_blank, said_in
from vietnamese.numbers import InvalidNumber

# The longest code that the bank has.
MAX_CODE = 40
_CRITERIA = re.compile(r'<div class="criteria"><ul>((?:<li>(?:[^<]|</?b>|<br/>)*</li>)+)</ul></div>$')
_CRITERION = re.compile(r"<li><b>([^<]*)</b> \(([^()<]*)\)((?:<br/>[^<]*)*)</li>")
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?", re.ASCII)

Read = Callable[[Element, Texts, Facts], tuple[str, dict]]


def read_question(question: Element, line: int, category: tuple[str, ...]) -> Item | Refused:
    """Return a question as ours, with notes on what could not be kept; or why it cannot be taken."""
    kind = question.get("type", "").strip().lower()
    texts = Texts(question)
    try:
        return _item(question, kind, texts, line, category)
    except Unreadable as refusal:
        said = plain_text(said_in(question.find("questiontext"))[:2000]) or said_in(question.find("name"))
        return Refused(line, str(refusal), excerpt_of(said))


def _item(question: Element, kind: str, texts: Texts, line: int, category: tuple[str, ...]) -> Item:
    read = _KINDS.get(kind)
    if read is None:
        raise Unreadable(reason_for(kind))
    facts, labels = take_facts("" if kind == "multichoice" and _is_single(question) else _OURS.get(kind, ""), _labels(question))
    ours, value = read(question, texts, facts)
    if old := question.findtext("image_base64"):
        value["stem"] += texts.add_file(question.findtext("image", "").strip().rpartition("/")[2], old)
    explanation = texts.rich(question.find("generalfeedback"))
    code = said_in(question.find("idnumber"))
    if len(code) > MAX_CODE:
        texts.note(_("The ID number “%(code)s” is left out: a code has at most 40 characters.") % {"code": code})
        code = ""
    if any(not is_blank(said_in(hint)) for hint in question.findall("hint")):
        texts.note(_("Hints are left out."))
    return Item(
        ours, value, explanation="" if is_blank(explanation) else explanation, code=code, category=category, line=line,
        pictures=texts.pictures, notes=texts.notes, **read_labels(labels))


def _labels(question: Element) -> list[str]:
    return [said_in(tag) for name in ("coursetags", "tags") for tag in question.findall(f"{name}/tag")]


def _is_single(question: Element) -> bool:
    return said_in(question.find("single")).lower() not in ("false", "0")


def _percent(answer: Element) -> float:
    """Return what an answer earns, in percent of the points."""
    written = answer.get("fraction") or "0"
    try:
        percent = float(written.replace(",", "."))
    except ValueError:
        return 0.0
    return percent if -1000 <= percent <= 1000 else 0.0


def _fraction(answer: Element) -> float:
    return to_fraction(_percent(answer))


def _options(question: Element, texts: Texts, is_right: Callable[[float], bool]) -> list[dict]:
    options = []
    for answer in question.findall("answer"):
        text = texts.words(answer)
        if not text and (answer.find("file") is not None or "<img" in said_in(answer)):
            raise Unreadable(_("An option is nothing but a picture. Put the pictures into the question and give the options names."))
        if text:
            options.append({"text": text, "is_right": is_right(_percent(answer)), "feedback": texts.words(answer.find("feedback"))})
    return options


def _multichoice(question: Element, texts: Texts, facts: Facts) -> tuple[str, dict]:
    if not _is_single(question):
        return _several_answers(question, texts, facts)
    percents = [_percent(answer) for answer in question.findall("answer")]
    if percents.count(100) > 1:
        raise Unreadable(_("Two options are fully right, but only one can be chosen. Mark one of them, or let several be chosen."))
    if any(0 < percent < 100 for percent in percents):
        texts.note(_("Options that earn a part of the points are wrong options now."))
    if any(percent < 0 for percent in percents):
        texts.note(_("Wrong options cost nothing here when only one can be chosen."))
    options = _options(question, texts, lambda percent: percent == 100)
    if not any(option["is_right"] for option in options):
        raise Unreadable(_("No option is fully right (100%)."))
    return "one_answer", {"stem": texts.rich(question.find("questiontext")), "options": options}


def _several_answers(question: Element, texts: Texts, facts: Facts) -> tuple[str, dict]:
    percents = [_percent(answer) for answer in question.findall("answer")]
    right, wrong = [one for one in percents if one > 0], [one for one in percents if one <= 0]
    if not right:
        raise Unreadable(_("No option is right."))
    kind = question.get("type", "").strip().lower()
    if kind == "multichoice" and (max(right) - min(right) > 0.5 or (wrong and max(wrong) - min(wrong) > 0.5)):
        texts.note(_("The options had different weights; now every right one counts the same."))
    marking = {"multichoiceset": "all", "oumultiresponse": "partial"}.get(kind) or ("lenient" if wrong and not any(wrong) else "partial")
    value = {
        "stem": texts.rich(question.find("questiontext")), "options": _options(question, texts, lambda percent: percent > 0),
        "marking": facts.get("marking", [marking])[0],
    }
    return "several_answers", value


def _true_false(question: Element, texts: Texts, _facts: Facts) -> tuple[str, dict]:
    answers = question.findall("answer")[:2]
    # Old files have the words of their language here; then the first one is “true”.
    said = {said_in(answer).lower(): answer for answer in answers}
    true = said.get("true", answers[0] if answers and "false" not in said else None)
    is_true = _percent(true) == 100 if true is not None else bool(answers) and _percent(answers[0]) < 100
    right = [answer for answer in answers if (answer is true) == is_true]
    wrong = [answer for answer in answers if answer not in right]
    if not answers:
        raise Unreadable(_("The question does not say whether its statement is true."))
    if any(said_in(answer.find("feedback")) for answer in right):
        texts.note(_("Feedback for the right choice is left out; write it as the explanation."))
    feedback = texts.words(wrong[0].find("feedback")) if wrong else ""
    return "true_false", {"stem": texts.rich(question.find("questiontext")), "is_true": is_true, "feedback": feedback}


def _short_answer(question: Element, texts: Texts, facts: Facts) -> tuple[str, dict]:
    accepted = []
    for answer in question.findall("answer"):
        text = said_in(answer)
        if "*" in text.replace("\\*", ""):
            texts.note(_("Answers with * for any letters are left out."))
        elif text:
            accepted.append({"text": text.replace("\\*", "*"), "fraction": _fraction(answer), "feedback": texts.words(answer.find("feedback"))})
    if not any(one["fraction"] == 1 for one in accepted):
        raise Unreadable(_("No answer that is fully right (100%) can be compared letter by letter: * for any letters is not known here."))
    comparing = "exact" if said_in(question.find("usecase")) in ("1", "true") else "case"
    value = {"stem": texts.rich(question.find("questiontext")), "accepted": accepted, "comparing": facts.get("comparing", [comparing])[0]}
    return "short_answer", value


def _numeric(question: Element, texts: Texts, facts: Facts) -> tuple[str, dict]:
    accepted = []
    for answer in question.findall("answer"):
        said = said_in(answer)
        if said in ("", "*"):
            if said_in(answer.find("feedback")):
                texts.note(_("Feedback for any other number is left out."))
            continue
        accepted.append({
            "value": _number(said), "tolerance": _number(said_in(answer.find("tolerance")) or "0"), "measure": "absolute",
            "fraction": _fraction(answer), "feedback": texts.words(answer.find("feedback")),
        })
    if not any(one["fraction"] == 1 for one in accepted):
        raise Unreadable(_("No number is fully right (100%)."))
    for fact in facts.get("percent", []):
        place, _equal, tolerance = fact.partition("=")
        if place.isdecimal() and 0 < int(place[:4]) <= len(accepted) and _NUMBER.fullmatch(tolerance):
            _take_percent(accepted[int(place[:4]) - 1], tolerance)
    return "numeric", {"stem": texts.rich(question.find("questiontext")), "accepted": accepted, "unit": _unit(question, texts)}


def _take_percent(target: dict, percent: str) -> None:
    """The label holds as long as the question has the difference that it comes to; whoever changed that in Moodle is believed."""
    try:
        is_same = Decimal(target["tolerance"]) == Decimal(difference_of(target["value"], percent))
    except InvalidNumber:
        return
    if is_same:
        target |= {"tolerance": percent, "measure": "percent"}


def _number(said: str) -> str:
    plain = said.replace(" ", "").replace(",", ".")
    if _NUMBER.fullmatch(plain):
        return plain
    try:
        number = Decimal(plain) if len(plain) < 40 else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > 20:
        raise Unreadable(_("“%(said)s” is no number that is known here.") % {"said": excerpt_of(said, 40)})
    return f"{number:f}"


def _unit(question: Element, texts: Texts) -> str:
    units = [(said_in(unit.find("multiplier")), said_in(unit.find("unit_name"))) for unit in question.findall("units/unit")]
    if len(units) > 1:
        texts.note(_("Only the first unit is kept; the answer is a number in this unit."))
    if units and said_in(question.find("unitgradingtype")) not in ("", "0"):
        texts.note(_("The unit stands after the field; it is not asked for."))
    return next((name for multiplier, name in units if multiplier in ("", "1") or multiplier.startswith("1.0")), units[0][1] if units else "")


def _matching(question: Element, texts: Texts, _facts: Facts) -> tuple[str, dict]:
    pairs, distractors = [], []
    for part in question.findall("subquestion"):
        left, right = texts.words(part), texts.words(part.find("answer"))
        if not left and (part.find("file") is not None or "<img" in said_in(part)):
            raise Unreadable(_("A left side is nothing but a picture. Give it a name."))
        if left:
            pairs.append({"left": left, "right": right, "feedback": texts.words(part.find("feedback"))})
        elif right:
            distractors.append(right)
    return "matching", {"stem": texts.rich(question.find("questiontext")), "pairs": pairs, "distractors": distractors}


def _ordering(question: Element, texts: Texts, facts: Facts) -> tuple[str, dict]:
    answers = sorted(question.findall("answer"), key=_percent)
    grading = said_in(question.find("gradingtype")).upper()
    if grading not in ("", "ALL_OR_NOTHING", "-1", "RELATIVE_NEXT_EXCLUDE_LAST", "1"):
        texts.note(_("The way of marking is not known here: each step that comes right after the one before it earns a part."))
    if said_in(question.find("selecttype")).upper() in ("RANDOM", "CONTIGUOUS", "1", "2"):
        texts.note(_("All steps are asked, not some of them."))
    if any(said_in(answer.find("feedback")) for answer in answers):
        texts.note(_("Feedback for single steps is left out."))
    marking = facts.get("marking", ["all" if grading in ("ALL_OR_NOTHING", "-1") else "neighbours"])[0]
    items = [text for answer in answers if (text := texts.words(answer))]
    return "ordering", {"stem": texts.rich(question.find("questiontext")), "items": items, "marking": marking}


def _essay(question: Element, texts: Texts, _facts: Facts) -> tuple[str, dict]:
    if said_in(question.find("responseformat")) == "noinline":
        raise Unreadable(_("This question takes files only. Make a question of the kind “File” here."))
    if said_in(question.find("attachments")) not in ("", "0"):
        texts.note(_("Files with the answer are not asked for here."))
    if not is_blank(said_in(question.find("responsetemplate"))):
        texts.note(_("The text that the answer begins with is left out."))
    model, criteria = _parted_criteria(texts.rich(question.find("graderinfo")))
    value = {
        "stem": texts.rich(question.find("questiontext")), "model_answer": "" if is_blank(model) else model, "criteria": criteria,
        "least_words": _words(question.find("minwordlimit")), "most_words": _words(question.find("maxwordlimit")),
    }
    return "essay", value


def _parted_criteria(html: str) -> tuple[str, list[dict]]:
    """Return the model answer and the criteria that we wrote after it."""
    found = _CRITERIA.search(html) if html.endswith("</ul></div>") else None
    if found is None:
        return html, []
    criteria = [
        {"title": unescape(title), "description": unescape(description.removeprefix("<br/>").replace("<br/>", "\n")), "points": float(points)}
        for title, points, description in _CRITERION.findall(found[1]) if re.fullmatch(r"\d{1,4}(?:\.\d{1,9})?", points)
    ]
    return html[:found.start()], criteria


def _words(limit: Element | None) -> int | None:
    said = said_in(limit)
    return int(said) if said.isdecimal() and len(said) < 6 and int(said) else None


_KINDS: dict[str, Read] = {
    "multichoice": _multichoice, "multichoiceset": _several_answers, "oumultiresponse": _several_answers, "truefalse": _true_false,
    "shortanswer": _short_answer, "numerical": _numeric, "matching": _matching, "match": _matching, "ddmatch": _matching,
    "ordering": _ordering, "cloze": read_cloze, "multianswer": read_cloze, "gapselect": read_drag_words, "ddwtos": read_drag_words,
    "essay": _essay, "essayautograde": _essay,
}
# Whose facts may travel with a question of this kind.
_OURS = {
    "multichoice": "several_answers", "multichoiceset": "several_answers", "oumultiresponse": "several_answers", "shortanswer": "short_answer",
    "numerical": "numeric", "ordering": "ordering", "cloze": "gaps", "multianswer": "gaps",
}
