"""One of our questions written as Moodle writes its own: the same elements in the same order."""

import base64
from collections.abc import Callable, Iterable
from decimal import Decimal
from html import escape
from urllib.parse import quote

from django.utils.translation import gettext as _

from intake.safe_xml import cdata, clean, escaped, quoted
from quizzes.interchange.items import PLUGIN_FILE, Item, Leave, excerpt_of
from quizzes.interchange.labels import labels_of
from quizzes.interchange.markup import readable
from quizzes.interchange.moodle import difference_of, say_fraction, say_weight
from quizzes.interchange.moodlexml.cloze import Alternative, Gap, guarded, our_gaps
from quizzes.interchange.moodlexml.cloze import written as written_gap
from quizzes.interchange.moodlexml.facts import labels_of_facts
from quizzes.interchange.moodlexml.gapped import joined
from quizzes.interchange.moodlexml.texts import as_html
from vietnamese.numbers import InvalidNumber

_COMBINED = "".join(f'    <{name} format="html">\n      <text></text>\n    </{name}>\n' for name in (
    "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"))

# What is true of a question and what a reader would take for true without being told.
Told = dict[str, tuple[str, str]]


class Unsayable(Exception):
    """Moodle has nothing that this question could be written as; the message says why."""


class Body:
    """What one kind adds to the frame of a question: Moodle's name of the kind, its text, its elements, and what travels as tags."""

    def __init__(self, kind: str, stem: str, elements: Iterable[str], told: Told | None = None, extra: Iterable[str] = ()):
        self.kind, self.stem, self.elements, self.told, self.extra = kind, stem, "".join(elements), told or {}, list(extra)


def written(item: Item, leave: Leave) -> str:
    """Return a question as an element, or nothing after leaving it, with the reason."""
    write = _KINDS.get(item.kind)
    try:
        if write is None:
            raise Unsayable(_("Moodle has no question of this kind."))
        body = write(item)
    except Unsayable as reason:
        leave(item, str(reason), False)
        return ""
    except InvalidNumber:
        leave(item, _("A number of this question cannot be read."), False)
        return ""
    return _frame(item, body)


def _frame(item: Item, body: Body) -> str:
    name = item.code or excerpt_of(readable(item.value.get("stem", "")), 60) or "?"
    labels = labels_of(item)
    tags = [*labels_of_facts(body.told, labels), *body.extra, *labels]
    shown = body.stem + item.explanation + str(item.value.get("model_answer", ""))
    unseen = [picture for picture in item.pictures if not _stands_in(picture, shown)]
    grade = "" if body.kind == "cloze" else "    <defaultgrade>1.0000000</defaultgrade>\n"
    return (
        f'  <question type="{body.kind}">\n    <name>\n      <text>{cdata(name)}</text>\n    </name>\n'
        f"{_rich('questiontext', body.stem, item, unseen)}{_rich('generalfeedback', item.explanation, item)}{grade}"
        f"    <penalty>0.3333333</penalty>\n    <hidden>0</hidden>\n    <idnumber>{escaped(item.code)}</idnumber>\n"
        f"{body.elements}{_tags(tags)}  </question>\n\n"
    )


def _rich(name: str, html: str, item: Item, unseen: Iterable[str] = ()) -> str:
    """Return a text with the pictures that stand in it."""
    shown = [picture for picture in item.pictures if _stands_in(picture, html)]
    files = "".join(
        f'<file name={quoted(picture)} path="/" encoding="base64">{base64.b64encode(item.pictures[picture]).decode()}</file>\n'
        for picture in [*shown, *unseen])
    return f'    <{name} format="html">\n      <text>{cdata(html)}</text>\n{files}    </{name}>\n'


def _stands_in(picture: str, html: str) -> bool:
    return any(f"{PLUGIN_FILE}{name}" in html for name in (picture, quote(picture), escape(picture)))


def _tags(tags: list[str]) -> str:
    if not tags:
        return ""
    return "    <tags>\n" + "".join(f"      <tag><text>{cdata(tag)}</text>\n</tag>\n" for tag in tags) + "    </tags>\n"


def _answer(percent: str, text: str, feedback: str, more: str = "") -> str:
    return (
        f'    <answer fraction="{percent}" format="plain_text">\n      <text>{cdata(text)}</text>\n'
        f'      <feedback format="plain_text">\n        <text>{cdata(feedback)}</text>\n      </feedback>\n{more}    </answer>\n'
    )


def _fraction(accepted: dict) -> float:
    return float(accepted.get("fraction", 1) or 0)


def _choices(item: Item, single: bool, percents: list[str], told: Told | None = None) -> Body:
    head = (
        f"    <single>{'true' if single else 'false'}</single>\n    <shuffleanswers>true</shuffleanswers>\n"
        "    <answernumbering>abc</answernumbering>\n    <showstandardinstruction>0</showstandardinstruction>\n"
    )
    options = [_answer(percent, one["text"], one.get("feedback", "")) for one, percent in zip(item.value["options"], percents, strict=True)]
    return Body("multichoice", item.value["stem"], [head, _COMBINED, *options], told)


def _one_answer(item: Item) -> Body:
    if sum(bool(option["is_right"]) for option in item.value["options"]) != 1:
        raise Unsayable(_("Not exactly one option is right."))
    return _choices(item, True, ["100" if option["is_right"] else "0" for option in item.value["options"]])


def _several_answers(item: Item) -> Body:
    right = [bool(option["is_right"]) for option in item.value["options"]]
    if not any(right):
        raise Unsayable(_("No option is right."))
    marking = item.value.get("marking", "partial")
    costs = marking != "lenient" and not all(right)
    good = say_weight(100 / sum(right))
    bad = say_weight(-100 / (len(right) - sum(right))) if costs else "0"
    taken = "partial" if costs or all(right) else "lenient"
    return _choices(item, False, [good if one else bad for one in right], {"marking": (marking, taken)})


def _true_false(item: Item) -> Body:
    is_true, feedback = bool(item.value.get("is_true")), item.value.get("feedback", "")
    answers = [
        _answer("100" if is_true else "0", "true", "" if is_true else feedback),
        _answer("0" if is_true else "100", "false", feedback if is_true else ""),
    ]
    return Body("truefalse", item.value["stem"], answers)


def _short_answer(item: Item) -> Body:
    comparing = item.value.get("comparing", "case")
    accepted = item.value["accepted"]
    if not any(_fraction(one) == 1 for one in accepted):
        raise Unsayable(_("No answer earns all the points."))
    answers = [_answer(say_fraction(_fraction(one)), one["text"].replace("*", "\\*"), one.get("feedback", "")) for one in accepted]
    told = {"comparing": (comparing, "exact" if comparing == "exact" else "case")}
    return Body("shortanswer", item.value["stem"], [f"    <usecase>{int(comparing == 'exact')}</usecase>\n", *answers], told)


def _numeric(item: Item) -> Body:
    unit, answers, extra = item.value.get("unit", ""), [], []
    accepted = item.value["accepted"]
    if not any(_fraction(one) == 1 for one in accepted) or not all(str(one["value"]).strip() for one in accepted):
        raise Unsayable(_("No number earns all the points, or one is missing."))
    for number, one in enumerate(accepted, 1):
        tolerance = str(one.get("tolerance") or "0")
        if one.get("measure") == "percent":
            extra.append(f"percent:{number}={tolerance}")
            tolerance = difference_of(str(one["value"]), tolerance)
        more = f"      <tolerance>{escaped(tolerance)}</tolerance>\n"
        answers.append(_answer(say_fraction(_fraction(one)), str(one["value"]), one.get("feedback", ""), more))
    units = (
        f"<units>\n  <unit>\n    <multiplier>1</multiplier>\n    <unit_name>{cdata(unit)}</unit_name>\n  </unit>\n</units>\n" if unit else "")
    shows = (
        "    <unitgradingtype>0</unitgradingtype>\n    <unitpenalty>0.1000000</unitpenalty>\n"
        f"    <showunits>{0 if unit else 3}</showunits>\n    <unitsleft>0</unitsleft>\n"
    )
    return Body("numerical", item.value["stem"], [*answers, units, shows], extra=extra)


def _matching(item: Item) -> Body:
    sides = [(one["left"], one["right"], one.get("feedback", "")) for one in item.value["pairs"]]
    sides += [("", distractor, "") for distractor in item.value.get("distractors", [])]
    parts = [
        f'    <subquestion format="plain_text">\n      <text>{cdata(left)}</text>\n'
        f'      <answer format="plain_text">\n        <text>{cdata(right)}</text>\n      </answer>\n'
        # Moodle has no such thing and passes over it; it is there for the way back.
        + (f'      <feedback format="plain_text">\n        <text>{cdata(feedback)}</text>\n      </feedback>\n' if feedback else "")
        + "    </subquestion>\n"
        for left, right, feedback in sides
    ]
    return Body("matching", item.value["stem"], ["    <shuffleanswers>true</shuffleanswers>\n", _COMBINED, *parts])


def _ordering(item: Item) -> Body:
    is_all = item.value.get("marking", "neighbours") == "all"
    head = (
        "    <layouttype>VERTICAL</layouttype>\n    <selecttype>ALL</selecttype>\n    <selectcount>2</selectcount>\n"
        f"    <gradingtype>{'ALL_OR_NOTHING' if is_all else 'RELATIVE_NEXT_EXCLUDE_LAST'}</gradingtype>\n"
        "    <showgrading>SHOW</showgrading>\n    <numberingstyle>none</numberingstyle>\n"
    )
    answers = [_answer(f"{number}.0000000", text, "") for number, text in enumerate(item.value["items"], 1)]
    return Body("ordering", item.value["stem"], [head, _COMBINED, *answers])


def _gaps(item: Item) -> Body:
    value, is_list = item.value, item.value.get("filling", "typed") == "list"
    comparing, distractors = value.get("comparing", "case"), value.get("distractors", [])
    pieces = list(our_gaps(value["text"]))
    gaps = [piece for piece in pieces if isinstance(piece, list)]
    if not gaps or not all(all(right.strip() for right in gap) for gap in gaps):
        raise Unsayable(_("The text has no gap, or an empty one."))
    words = list(dict.fromkeys([right for gap in gaps for right in gap] + list(map(as_html, distractors)))) if is_list else []
    matches_case = comparing == "exact" and not is_list
    text = "".join(
        written_gap(_gap(piece, words, matches_case)) if isinstance(piece, list) else guarded(piece) for piece in pieces)
    told = {"comparing": (comparing, "exact" if matches_case else "case")}
    extra = [] if is_list else [f"distractor:{distractor}" for distractor in distractors]
    return Body("cloze", joined(guarded(value["stem"]), text), [], told, extra)


def _gap(rights: list[str], words: list[str], matches_case: bool) -> Gap:
    if not words:
        # An asterisk alone would stand for anything.
        return Gap("SHORTANSWER", 1, matches_case, tuple(Alternative(right.replace("*", "\\*"), 100) for right in rights))
    alternatives = [Alternative(right, 100) for right in rights] + [Alternative(word, 0) for word in words if word not in rights]
    return Gap("MULTICHOICE", 1, False, tuple(alternatives))


def _drag_words(item: Item) -> Body:
    value = item.value
    infinite = "      <infinite/>\n" if value.get("reusable") else ""
    boxes = [
        f"    <dragbox>\n      <text>{cdata(as_html(word))}</text>\n      <group>1</group>\n{infinite}    </dragbox>\n"
        for word in [*value["answers"], *value.get("distractors", [])]
    ]
    head = "    <shuffleanswers>1</shuffleanswers>\n"
    return Body("ddwtos", joined(value["stem"], value["text"]), [head, _COMBINED, *boxes])


def _essay(item: Item) -> Body:
    value = item.value
    least, most = value.get("least_words"), value.get("most_words")
    head = (
        "    <responseformat>editor</responseformat>\n    <responserequired>1</responserequired>\n"
        f"    <responsefieldlines>15</responsefieldlines>\n    <minwordlimit>{least or ''}</minwordlimit>\n"
        f"    <maxwordlimit>{most or ''}</maxwordlimit>\n    <attachments>0</attachments>\n"
        "    <attachmentsrequired>0</attachmentsrequired>\n    <maxbytes>0</maxbytes>\n    <filetypeslist></filetypeslist>\n"
    )
    info = _rich("graderinfo", f"{value.get('model_answer', '')}{_criteria(value.get('criteria', []))}", item)
    return Body("essay", value["stem"], [head, info, '    <responsetemplate format="html">\n      <text></text>\n    </responsetemplate>\n'])


def _criteria(criteria: list[dict]) -> str:
    """Return the criteria as a list that a marker in Moodle reads, and that is parted from the model answer again."""
    if not criteria:
        return ""
    lines = []
    for one in criteria:
        description = escape(clean(one.get("description", ""))).replace("\n", "<br/>")
        points = f"{Decimal(str(one.get('points') or 0)):f}"
        lines.append(f"<li><b>{escape(one['title'])}</b> ({points}){'<br/>' + description if description else ''}</li>")
    return f'<div class="criteria"><ul>{"".join(lines)}</ul></div>'


_KINDS: dict[str, Callable[[Item], Body]] = {
    "one_answer": _one_answer, "several_answers": _several_answers, "true_false": _true_false, "short_answer": _short_answer,
    "numeric": _numeric, "matching": _matching, "ordering": _ordering, "gaps": _gaps, "drag_words": _drag_words, "essay": _essay,
}
