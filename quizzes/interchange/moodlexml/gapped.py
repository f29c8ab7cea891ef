"""Texts with gaps as Moodle has them – cloze, gapselect, ddwtos – and ours: a question, and a text that is completed."""

import re
from itertools import islice
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from quizzes.interchange.markup import words_of
from quizzes.interchange.moodlexml.cloze import Alternative, Gap, moodle_gaps, unguarded
from quizzes.interchange.moodlexml.facts import Facts
from quizzes.interchange.moodlexml.refusing import Unreadable
from quizzes.interchange.moodlexml.texts import Texts, as_html, is_blank, said_in

# Moodle has one text where we have a question and a text. Ours are written so that they are parted again in the same place.
PARTED = ('<div class="question-stem">', '</div><div class="question-text">', "</div>")
_LEADING = re.compile(r"(?:\s*<(p|h[1-6])\b[^<>]*>(?:(?!</\1>).)*</\1>)", re.DOTALL | re.IGNORECASE)
_TAG_OR_PLACE = re.compile(r"<[^<>]*>|\[\[([1-9][0-9]?)\]\]")
_PLACE = re.compile(r"\[\[[1-9][0-9]?\]\]")
# More than a question of ours can have.
MAX_GAPS = 100
_DECIMAL = re.compile(r"-?\d+(?:[.,]\d+)?")


def joined(stem: str, text: str) -> str:
    """Return a question and its text with gaps as the one text that Moodle has."""
    return f"{PARTED[0]}{stem}{PARTED[1]}{text}{PARTED[2]}"


def parted(html: str, has_gap) -> tuple[str, str]:
    """Return the question and the text with gaps that stand in one text of Moodle.

    What we wrote is parted where we joined it; elsewhere the paragraphs before the first gap are the question, or a plain request is.

    :param has_gap: says whether a piece of HTML holds a gap.
    """
    begin, between, end = PARTED
    if html.startswith(begin) and html.endswith(end) and between in html:
        stem, _between, text = html[len(begin):-len(end)].partition(between)
        return stem, text
    done = 0
    while (paragraph := _LEADING.match(html, done)) and not has_gap(paragraph.group()):
        done = paragraph.end()
    stem, text = html[:done].strip(), html[done:].strip()
    return (stem, text) if not is_blank(stem) else (f"<p>{as_html(_('Complete the text.'))}</p>", html)


def read_cloze(question: Element, texts: Texts, facts: Facts) -> tuple[str, dict]:
    """Return a cloze question as one with gaps.

    :raises Unreadable: when a gap asks for what ours cannot.
    """
    html = texts.rich(question.find("questiontext"))
    stem, text = parted(html, lambda piece: any(isinstance(one, Gap) for one in moodle_gaps(piece)))
    pieces = list(islice(moodle_gaps(text), 2 * MAX_GAPS + 2))
    gaps = [piece for piece in pieces if isinstance(piece, Gap)]
    if not gaps:
        raise Unreadable(_("There is no gap in this text. Gaps look like {1:SHORTANSWER:=right}."))
    if len(gaps) > MAX_GAPS:
        raise Unreadable(_("This text has too many gaps. Part it into several questions."))
    if len({gap.weight for gap in gaps}) > 1:
        texts.note(_("Every gap counts the same here; different weights are left out."))
    filling = _filling(gaps, texts)
    rights = {id(gap): _rights(gap, texts) for gap in gaps}
    is_own = html.startswith(PARTED[0])
    value = {
        "stem": unguarded(stem), "filling": filling, "comparing": _comparing(gaps, texts, facts), "distractors": _distractors(gaps, rights, filling, facts),
        "text": "".join(
            f"[[{'|'.join(rights[id(piece)])}]]" if isinstance(piece, Gap) else piece if is_own else piece.replace("[[", "[ [").replace("]]", "] ]")
            for piece in pieces),
    }
    return "gaps", value


def _filling(gaps: list[Gap], texts: Texts) -> str:
    if any(gap.kind == "MULTIRESPONSE" for gap in gaps):
        raise Unreadable(_("A gap has several right answers to tick. Ask for them in a question of their own."))
    lists = [gap for gap in gaps if gap.kind == "MULTICHOICE"]
    if not lists:
        return "typed"
    if len(lists) < len(gaps):
        texts.note(_("Some gaps were typed and some chosen; now all are chosen from one list."))
    elif len({frozenset(one.text.strip() for one in gap.alternatives) for gap in lists}) > 1:
        texts.note(_("Each gap had a list of its own; now all gaps share one list of all words."))
    return "list"


def _rights(gap: Gap, texts: Texts) -> list[str]:
    """Return the right answers of a gap, as HTML."""
    if any(one.has_feedback for one in gap.alternatives):
        texts.note(_("Feedback within gaps is left out."))
    if any(0 < one.percent < 100 for one in gap.alternatives):
        texts.note(_("Answers of gaps that earn only a part of the points are left out."))
    full = [one for one in gap.alternatives if one.percent >= 100]
    if gap.kind == "NUMERICAL":
        rights = [html for one in full for html in _number(one)]
    elif gap.kind == "SHORTANSWER":
        rights = [one.html.replace("\\*", "*") for one in full if "*" not in one.html.replace("\\*", "")]
        if len(rights) < len(full):
            texts.note(_("Answers with * for any letters are left out."))
    else:
        rights = [one.html for one in full]
    if not rights:
        raise Unreadable(_("A gap has no right answer that can be compared letter by letter. Give each gap an answer that is fully right."))
    if any(sign in right for right in rights for sign in "[]|"):
        raise Unreadable(_("An answer of a gap holds one of the signs [ ] |, which cannot stand in a gap."))
    return rights


def _number(one: Alternative) -> list[str]:
    number, _colon, tolerance = one.text.strip().partition(":")
    if not _DECIMAL.fullmatch(number):
        raise Unreadable(_("A gap asks for the number “%(number)s”, which is none.") % {"number": number})
    if tolerance.strip() and not re.fullmatch(r"[0.,]+", tolerance.strip()):
        raise Unreadable(_("A gap takes numbers with a tolerance. Ask for it in a question with a number as its answer."))
    return list(dict.fromkeys([number, number.replace(".", ","), number.replace(",", ".")]))


def _comparing(gaps: list[Gap], texts: Texts, facts: Facts) -> str:
    typed = [gap.matches_case for gap in gaps if gap.kind == "SHORTANSWER"]
    if any(typed) and not all(typed):
        texts.note(_("Capitals counted in some gaps only; now they count in none."))
    return facts.get("comparing", ["exact" if typed and all(typed) else "case"])[0]


def _distractors(gaps: list[Gap], rights: dict[int, list[str]], filling: str, facts: Facts) -> list[str]:
    if filling == "typed":
        return facts.get("distractor", [])
    right = {html for gap in gaps for html in rights[id(gap)]}
    others = [
        one.text for gap in gaps for one in gap.alternatives
        if one.html not in right and (gap.kind == "MULTICHOICE" or "*" not in one.html)]
    return list(dict.fromkeys(others))


def read_drag_words(question: Element, texts: Texts, _facts: Facts) -> tuple[str, dict]:
    """Return a question with words for gaps – dragged (ddwtos) or chosen (gapselect) – as one with words to drag.

    :raises Unreadable: when a gap names a word that is not there.
    """
    choices = [*question.findall("dragbox"), *question.findall("selectoption")]
    words = [words_of(said_in(choice)) for choice in choices]
    html = texts.rich(question.find("questiontext"))
    stem, text = parted(html, lambda piece: bool(_PLACE.search(piece)))
    places = [int(found[1]) for found in _TAG_OR_PLACE.finditer(text) if found[1]]
    if not places:
        raise Unreadable(_("There is no gap in this text. Gaps look like [[1]]."))
    if max(places) > len(words):
        raise Unreadable(_("The gap [[%(number)s]] has no word.") % {"number": max(places)})
    if len({choice.findtext("group", "1").strip() for choice in choices}) > 1:
        texts.note(_("The words of several groups are offered together now."))
    used = sorted(set(places))
    reusable = question.get("type") == "gapselect" or len(used) < len(places) or any(choice.find("infinite") is not None for choice in choices)
    if used != list(range(1, len(places) + 1)):
        text, used = _renumbered(text), places
    value = {
        "stem": stem, "text": text, "answers": [words[place - 1] for place in used], "reusable": reusable,
        "distractors": [word for number, word in enumerate(words, 1) if number not in places],
    }
    return "drag_words", value


def _renumbered(text: str) -> str:
    """Number the gaps from 1 as they come."""
    number = 0

    def write(found: re.Match) -> str:
        nonlocal number
        number += bool(found[1])
        return f"[[{number}]]" if found[1] else found.group()

    return _TAG_OR_PLACE.sub(write, text)
