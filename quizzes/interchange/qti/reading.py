"""From one QTI item to a question: choices, order, pairs, words into gaps, essays; what is typed is in reading_texts."""

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from quizzes.interchange.items import Item
from quizzes.interchange.qti.html import has_pictures, text_of
from quizzes.interchange.qti.items import Declared, Source, Unreadable, declarations, number
from quizzes.interchange.qti.names import OURS, modern
from quizzes.interchange.qti.reading_texts import read_gaps, read_text_entry

# More choices than any question of ours takes; what compares each with each stays quick.
MOST_CHOICES = 100
_TEMPLATES = ("qti-template-declaration", "qti-template-processing")


def read_item(item: Element, picture: Callable[[str], str]) -> Item:
    """Turn one item into a question; its labels and pictures are added by who knows its file.

    :param picture: called with the address of each picture, returns the new one, or "" when there is none.
    :raises Unreadable: when it is of a kind that this bank does not have, or does not say what is right.
    """
    item = modern(item)
    body = item.find("qti-item-body")
    if item.get("adaptive") == "true":
        raise Unreadable(_("This item asks again depending on the answer (adaptive). Such items cannot be brought in."))
    if any(item.find(name) is not None for name in _TEMPLATES):
        raise Unreadable(_("This item is a template that makes up its numbers. Such items cannot be brought in."))
    if body is None:
        raise Unreadable(_("This item has no text."))
    source = Source(item, body, picture, declarations(item))
    kind, value = _kind_and_value(source)
    _note_what_is_lost(source)
    return Item(
        kind=kind, value=value, explanation=source.explanation(), code=item.get("label", "") if source.is_ours else "",
        notes=tuple(dict.fromkeys(source.notes)))


def _kind_and_value(source: Source) -> tuple[str, dict[str, Any]]:
    found = [element for element in source.body.iter() if element.tag.endswith("-interaction")]
    names = sorted({element.tag for element in found})
    if not found:
        raise Unreadable(_("This item asks nothing."))
    if set(names) <= {"qti-text-entry-interaction"}:
        return read_text_entry(source, found)
    if names == ["qti-inline-choice-interaction"]:
        return read_gaps(source, found)
    unknown = [name for name in names if name not in _READERS]
    if unknown:
        raise Unreadable(_("This bank has no such question: %(names)s.") % {"names": ", ".join(unknown)})
    if len(found) > 1:
        raise Unreadable(_("This item asks several questions at once (%(names)s). Make an item of each.") % {"names": ", ".join(names)})
    return _READERS[names[0]](source, found[0])


def _note_what_is_lost(source: Source) -> None:
    tags = {element.tag for element in source.item.iter()}
    if "math" in tags:
        source.notes.append(_("Formulas became plain text. Check them."))
    if tags & {"audio", "video", "iframe", "qti-media-interaction"}:
        source.notes.append(_("Recordings and videos were left out."))
    if "table" in tags:
        source.notes.append(_("Tables became plain text. Check them."))


def _choices_of(parent: Element, tag: str) -> dict[str, Element]:
    """Return the choices of an interaction by their names; each has to have words."""
    found = {choice.get("identifier", ""): choice for choice in parent.findall(tag)}
    if len(found) > MOST_CHOICES:
        raise Unreadable(_("This item offers too many choices."))
    return found


def _words(source: Source, choice: Element) -> str:
    text = text_of(choice)
    if has_pictures(choice):
        if not text:
            raise Unreadable(_("A choice is a picture. This bank keeps only words there."))
        source.notes.append(_("The pictures in the choices were left out."))
    return text


def _choice(source: Source, interaction: Element) -> tuple[str, dict[str, Any]]:
    declared, choices = source.of(interaction), _choices_of(interaction, "qti-simple-choice")
    right = [key for key in declared.right_keys() if key in choices]
    if not right:
        raise Unreadable(_("Nothing in this item says which answer is right."))
    is_single = declared.is_single or interaction.get("max-choices") == "1"
    if is_single and len(right) > 1:
        worth = declared.worth()
        right = [max(right, key=lambda key: worth.get(key, 0.0))]
        source.notes.append(_("Only one choice is right here; parts of the points for others were left out."))
    if is_single and {key.lower() for key in choices} == {"true", "false"}:
        return "true_false", _true_false(source, interaction, choices, right[0])
    options = [
        {"text": _words(source, choice), "is_right": key in right, "feedback": source.feedback_in(choice) or source.feedback_named(key)}
        for key, choice in choices.items()
    ]
    value = {"stem": source.stem(interaction), "options": options}
    return ("one_answer", value) if is_single else ("several_answers", {**value, "marking": _marking_of_choices(source, declared)})


def _marking_of_choices(source: Source, declared: Declared) -> str:
    if not source.rules("qti-map-response"):
        return "all" if source.rules("qti-match") else "partial"
    costs = declared.default < 0 or any(points < 0 for points in declared.worth().values())
    return "partial" if costs else "lenient"


def _true_false(source: Source, interaction: Element, choices: dict[str, Element], right: str) -> dict[str, Any]:
    feedback = {key: source.feedback_in(choice) or source.feedback_named(key) for key, choice in choices.items()}
    if feedback[right]:
        source.notes.append(_("The feedback for the right choice was left out."))
    value = {
        "stem": source.stem(interaction), "is_true": right.lower() == "true",
        "feedback": next(text for key, text in feedback.items() if key != right),
    }
    for name in ("asks_reason", "marks_reason"):
        if said := source.body.get(f"{OURS}{name.replace('_', '-')}"):
            value[name] = said == "true"
    return value


def _order(source: Source, interaction: Element) -> tuple[str, dict[str, Any]]:
    declared, choices = source.of(interaction), _choices_of(interaction, "qti-simple-choice")
    right = [key for key in declared.right if key in choices]
    if not right:
        raise Unreadable(_("Nothing in this item says which order is right."))
    if len(right) < len(choices):
        raise Unreadable(_("Only some of the things belong into the order. Leave out the others."))
    is_partial = source.rules("qti-contains") or source.rules("qti-map-response")
    items = [_words(source, choices[key]) for key in right]
    return "ordering", {"stem": source.stem(interaction), "items": items, "marking": "neighbours" if is_partial else "all"}


def _match(source: Source, interaction: Element) -> tuple[str, dict[str, Any]]:
    declared, sets = source.of(interaction), interaction.findall("qti-simple-match-set")
    if len(sets) != 2:
        raise Unreadable(_("This item does not have two columns to match."))
    lefts, rights = (_choices_of(column, "qti-simple-associable-choice") for column in sets)
    partners = _partners(declared, lefts, rights)
    pairs = [
        {"left": _words(source, choice), "right": _words(source, rights[partners[key]]), "feedback": source.feedback_in(choice)}
        for key, choice in lefts.items()
    ]
    distractors = [_words(source, choice) for key, choice in rights.items() if key not in partners.values()]
    return "matching", {"stem": source.stem(interaction), "pairs": pairs, "distractors": distractors}


def _partners(declared: Declared, lefts: dict[str, Element], rights: dict[str, Element]) -> dict[str, str]:
    """Return the one thing on the right that belongs to each on the left."""
    partners: dict[str, str] = {}
    for pair in declared.right_keys():
        left, _space, right = pair.partition(" ")
        if left in rights and right in lefts:
            left, right = right, left
        if left not in lefts or right not in rights:
            continue
        if left in partners:
            words = {"left": text_of(lefts[left])[:80]}
            raise Unreadable(_("“%(left)s” belongs to several things on the right. Here it can belong to one only.") % words)
        partners[left] = right
    for key, choice in lefts.items():
        if key not in partners:
            raise Unreadable(_("“%(left)s” belongs to nothing on the right.") % {"left": text_of(choice)[:80]})
    return partners


def _gap_match(source: Source, interaction: Element) -> tuple[str, dict[str, Any]]:
    words, gaps = _choices_of(interaction, "qti-gap-text"), _gaps_of(interaction)
    if interaction.find("qti-gap-img") is not None:
        raise Unreadable(_("A choice is a picture. This bank keeps only words there."))
    if not gaps:
        raise Unreadable(_("This text has no gap."))
    rights = _right_words(source.of(interaction), words, [gap.get("identifier", "") for gap in gaps])
    swap = {gap: f"[[{place}]]" for place, gap in enumerate(gaps, 1)} | dict.fromkeys(words.values(), "")
    prompt, text = interaction.find("qti-prompt"), source.part("text", interaction)
    if prompt is not None:
        swap[prompt] = ""
    unused = [word for key, word in words.items() if key not in rights]
    reusable = len(set(rights)) < len(rights) or all(word.get("match-max", "1") != "1" for word in words.values())
    return "drag_words", {
        "stem": source.stem(interaction, _("Put the words into the text.")),
        "text": source.html(interaction if text is None else text, swap),
        "answers": [_words(source, words[key]) for key in rights], "distractors": [_words(source, word) for word in unused], "reusable": reusable,
    }


def _gaps_of(interaction: Element) -> list[Element]:
    """Return the gaps of a text in the order of their words: as they are numbered (G1, G2 …), else as they stand."""
    gaps = list(interaction.iter("qti-gap"))[:MOST_CHOICES]
    numbered = {gap.get("identifier", ""): gap for gap in gaps}
    names = [f"G{place}" for place in range(1, len(gaps) + 1)]
    return [numbered[name] for name in names] if set(numbered) == set(names) else gaps


def _right_words(declared: Declared, words: dict[str, Element], gaps: list[str]) -> list[str]:
    """Return the word of each gap, in the order of the gaps. In pairs the word comes first; some writers turn that round."""
    found: dict[str, str] = {}
    for pair in declared.right_keys():
        word, _space, gap = pair.partition(" ")
        if word not in words:
            word, gap = gap, word
        if word in words:
            found.setdefault(gap, word)
    if missing := [gap for gap in gaps if gap not in found]:
        raise Unreadable(_("Nothing in this item says which word belongs into the gap “%(gap)s”.") % {"gap": missing[0][:40]})
    return [found[gap] for gap in gaps]


def _essay(source: Source, interaction: Element) -> tuple[str, dict[str, Any]]:
    model, criteria = source.part("model-answer"), []
    rubric = [element for element in source.body.iter() if element.get(f"{OURS}part") == "criterion"]
    for element in rubric:
        title, description = (text_of(source.part(name, element)) for name in ("title", "description"))
        criteria.append({"title": title, "description": description, "points": number(element.get(f"{OURS}points"), 1.0)})
    if model is None:
        scorers = [block for block in source.body.iter("qti-rubric-block") if set(block.get("view", "").split()) & {"scorer", "tutor", "author"}]
        model_answer = "".join(source.html(block, dict.fromkeys(rubric, "")) for block in scorers)
    else:
        model_answer = source.html(model)
    value = {"stem": source.stem(interaction), "model_answer": model_answer, "criteria": criteria}
    for name in ("least_words", "most_words"):
        said = source.body.get(f"{OURS}{name.replace('_', '-')}", "")
        value[name] = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else None
    if said := source.body.get(f"{OURS}shows-criteria"):
        value["shows_criteria"] = said == "true"
    return "essay", value


_READERS: dict[str, Callable[[Source, Element], tuple[str, dict[str, Any]]]] = {
    "qti-choice-interaction": _choice,
    "qti-order-interaction": _order,
    "qti-match-interaction": _match,
    "qti-gap-match-interaction": _gap_match,
    "qti-extended-text-interaction": _essay,
}
