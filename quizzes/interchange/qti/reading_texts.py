"""From QTI items in which something is typed, or chosen inside a text, to short answers, numbers and texts with gaps."""

import re
from decimal import Decimal
from html import escape
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from quizzes.interchange.labels import COMPARISONS
from quizzes.interchange.markup import from_plain, readable
from quizzes.interchange.qti.html import text_of
from quizzes.interchange.qti.items import NUMBER, Declared, Source, Unreadable, asks
from quizzes.interchange.qti.names import OURS

# More than any question of ours accepts.
MOST_ANSWERS = 200
# What stands behind the field of a number and is no longer than this is its unit.
_UNIT = 20
_PLACE = "\ue000"
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_BLOCK_END = re.compile(r"</(?:p|div|li|td|th|h[1-6]|blockquote|dd|pre|section)>|<(?:br|hr)/>|<(?:p|div|ul|ol|table)[ >]")
_EMPTY = re.compile(r"<(p|div|li|span)(?: [^<>]*)?>\s*</\1>")


def read_text_entry(source: Source, interactions: list[Element]) -> tuple[str, dict[str, Any]]:
    """Read one field for a number or a few words; a field in the middle of a text, or several, are a text with gaps."""
    declared = source.of(interactions[0])
    if len(interactions) > 1 or source.part("text") is not None:
        return read_gaps(source, interactions)
    stem, unit = _around(source, interactions[0])
    if declared.is_number:
        said = source.body.get(f"{OURS}unit")
        if said is None and len(unit) > _UNIT:
            stem, unit = source.html(source.body, {interactions[0]: "____"}), ""
        return "numeric", {"stem": stem, "accepted": _numbers(source, declared), "unit": unit if said is None else said}
    if source.part("stem") is None and any(letter.isalnum() for letter in unit):
        return read_gaps(source, interactions)
    value = {"stem": stem, "accepted": _texts(source, declared), "comparing": _comparing(source, [declared])}
    return "short_answer", value


def read_gaps(source: Source, interactions: list[Element]) -> tuple[str, dict[str, Any]]:
    """Read a text in which words are typed or chosen. Lists that differ from gap to gap become one."""
    declared = [source.of(interaction) for interaction in interactions]
    lists = [_list_of(interaction) for interaction in interactions]
    rights = [_rights(*pair) for pair in zip(declared, lists, strict=True)]
    swap = {interaction: _gap(right) for interaction, right in zip(interactions, rights, strict=True)}
    stem, text = _stem_and_text(source, interactions, swap)
    words = list(dict.fromkeys(word for words in lists for word in words.values()))
    if len({frozenset(words.values()) for words in lists}) > 1:
        source.notes.append(_("The lists of the gaps were put together into one."))
    if any(each.is_number for each in declared):
        source.notes.append(_("Numbers in gaps are compared as text."))
    used = {word for right in rights for word in right}
    return "gaps", {
        "stem": stem, "text": text, "filling": "list" if words else "typed", "comparing": _comparing(source, declared),
        "distractors": [word for word in words if word not in used],
    }


def _around(source: Source, interaction: Element) -> tuple[str, str]:
    """Return the question without its field, and the words that stand behind the field in the same line."""
    before, _place, after = source.html(source.body, {interaction: _PLACE}).partition(_PLACE)
    line = _BLOCK_END.split(after, maxsplit=1)[0]
    behind = " ".join(readable(line).split())
    part = source.part("stem")
    if part is not None:
        return source.html(part), behind
    # A unit goes into its own field and out of the question.
    stem = _EMPTY.sub("", before + after.removeprefix(line)).strip()
    return (stem if readable(stem).strip() else _title_of(source)), behind


def _stem_and_text(source: Source, interactions: list[Element], swap: dict[Element, str]) -> tuple[str, str]:
    """Part a body: what stands before the first block with a gap is the question, the rest is the text."""
    stem, text = source.part("stem"), source.part("text")
    if stem is not None and text is not None:
        return source.html(stem), source.html(text, swap)
    body = source.body
    while len(body) == 1 and body[0] not in swap and not (body.text or "").strip() and body[0].tag in ("div", "section", "article"):
        body = body[0]
    holds = [any(element in swap for element in block.iter()) for block in body]
    first = holds.index(True)
    head, rest = Element("div"), Element("div")
    head.text, rest.text = (body.text, "") if first else ("", body.text)
    head.extend(body[:first])
    rest.extend(body[first:])
    return source.html(head) or _title_of(source), source.html(rest, swap)


def _title_of(source: Source) -> str:
    return from_plain(source.item.get("title", "") or _("Fill the gaps."))


def _list_of(interaction: Element) -> dict[str, str]:
    return {choice.get("identifier", ""): text_of(choice) for choice in islice(interaction.iterfind("qti-inline-choice"), MOST_ANSWERS)}


def _rights(declared: Declared, words: dict[str, str]) -> list[str]:
    """Return every text that fills a gap rightly, in order."""
    most = max((points for _key, points, _capitals in declared.mapped), default=0.0)
    keys = [key for key, points, _capitals in declared.mapped if points == most and points > 0]
    keys = [*_beside(declared, keys), *keys]
    if words:
        keys = [words[key] for key in keys if key in words]
    if not keys:
        raise Unreadable(_("Nothing in this item says which answer is right."))
    if any(set(key) & set("[]|") for key in keys):
        raise Unreadable(_("An answer holds one of the signs [ ] |, which cannot stand in a gap."))
    return keys[:MOST_ANSWERS]


def _beside(declared: Declared, keys: list[str]) -> list[str]:
    """Return what is right and not named by the mapping too; spaces do not count."""
    known = {" ".join(key.split()) for key in keys}
    return [key for key in declared.right[:MOST_ANSWERS] if key not in known]


def _gap(rights: list[str]) -> str:
    return f"[[{'|'.join(escape(right, quote=False) for right in rights)}]]"


def _comparing(source: Source, declared: list[Declared]) -> str:
    """Return how texts are compared: as our own file says, else exactly only where an item asks for it."""
    capitals = {capitals for each in declared for _key, _points, capitals in each.mapped}
    processing = source.item.find("qti-response-processing")
    if processing is not None:
        capitals |= {element.get("case-sensitive", "") for element in processing.iter("qti-string-match")}
    return source.fact("comparing", COMPARISONS, "exact" if "true" in capitals and "false" not in capitals else "case")


def _texts(source: Source, declared: Declared) -> list[dict[str, Any]]:
    if declared.mapped:
        entries = [(key, points, f"ANSWER_{place}") for place, (key, points, _capitals) in enumerate(declared.mapped[:MOST_ANSWERS], 1)]
        best = 1.0 if source.is_ours else max(points for _key, points, _name in entries)
        entries = [(key, best, "") for key in _beside(declared, [key for key, _points, _name in entries])] + entries
    else:
        entries = [(key, 1.0, "") for key in declared.right[:MOST_ANSWERS]]
        known = set(declared.right)
        scored = islice(source.scored(declared), MOST_ANSWERS)
        entries += [(rule.value, rule.points, rule.feedback) for rule in scored if rule.value not in known and rule.points > 0]
        best = max((points for _key, points, _name in entries), default=0.0)
    if best <= 0:
        raise Unreadable(_("Nothing in this item says which answer is right."))
    return [{"text": key, "fraction": _fraction(points, best), "feedback": source.feedback_named(name)} for key, points, name in entries]


def _numbers(source: Source, declared: Declared) -> list[dict[str, Any]]:
    """Return the numbers that are accepted: by rules that compare, by a rule that asks for a range, else exactly what is declared."""
    rules = list(islice(source.scored(declared), MOST_ANSWERS))
    best = 1.0 if source.is_ours else max((rule.points for rule in rules), default=0.0)
    if rules and best > 0:
        return [
            {"value": _decimal(rule.value), **_tolerance(source, rule.comparison), "fraction": _fraction(rule.points, best),
             "feedback": source.feedback_named(rule.feedback)}
            for rule in rules
        ]
    if span := _range(source, declared):
        return [{**span, "measure": "absolute", "fraction": 1.0, "feedback": ""}]
    worth = {key: points for key, points in declared.worth().items() if points > 0}
    best = max(worth.values(), default=1.0)
    worth = dict.fromkeys(declared.right, best) | worth
    if not worth:
        raise Unreadable(_("Nothing in this item says which answer is right."))
    return [
        {"value": _decimal(key), "tolerance": "0", "measure": "absolute", "fraction": _fraction(points, best), "feedback": ""}
        for key, points in islice(worth.items(), MOST_ANSWERS)
    ]


def _range(source: Source, declared: Declared) -> dict[str, str] | None:
    """Return the middle and the half width of a range that a rule asks for with "at least" and "at most"."""
    processing = source.item.find("qti-response-processing")
    ends: list[str] = []
    for element in [] if processing is None else processing.iter():
        if element.tag in ("qti-gte", "qti-lte") and asks(element, declared.identifier):
            value = element.find("qti-base-value")
            if value is not None:
                ends.append(_decimal(value.text or ""))
    if len(ends) != 2:
        return None
    low, high = sorted(map(Decimal, ends))
    return {"value": f"{(low + high) / 2:f}", "tolerance": f"{(high - low) / 2:f}"}


def _tolerance(source: Source, comparison: Element) -> dict[str, str]:
    mode = comparison.get("tolerance-mode", "exact")
    said = comparison.get("tolerance", "").split()
    if mode not in ("absolute", "relative") or not said:
        return {"tolerance": "0", "measure": "absolute"}
    tolerances = [_decimal(text) for text in said[:2]]
    if len(set(tolerances)) > 1:
        source.notes.append(_("The number may differ more to one side than to the other; the larger difference was taken."))
    return {"tolerance": max(tolerances, key=Decimal), "measure": "percent" if mode == "relative" else "absolute"}


def _decimal(text: str) -> str:
    """Return a number as it is written here, with its digits."""
    text = text.strip()
    if not NUMBER.fullmatch(text):
        raise Unreadable(_("“%(text)s” is no number.") % {"text": text[:40]})
    return text if _PLAIN_NUMBER.fullmatch(text) else f"{Decimal(text):f}"


def _fraction(points: float, best: float) -> float:
    return round(min(1.0, max(0.0, points / best)), 6)
