"""Whether two questions say the same: what of a stored block counts, whatever ids and keys it was given on its way."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from wagtail import blocks

from quizzes.services.exchange.pictures import EMBED
from quizzes.types import TYPES
from vietnamese.numbers import canonical

# What no file says: it stays as it is when a question is changed by one.
UNSAID = {"materials", "asks_reason", "marks_reason", "shows_criteria"}
BLOCK_KEY = re.compile(r" data-block-key=\"\w*\"")
_BLOCK = r"</?(?:p|h[1-6]|ul|ol|li|hr|blockquote|embed)(?=[ />])"
_SPACE_BETWEEN = re.compile(rf"({_BLOCK}[^<>]*>)\s+(?={_BLOCK})")
ID_AND_ALT = re.compile(r" (id|alt)=\"([^\"]*)\"")


def bare(block: blocks.Block, raw: Any, html: Callable[[str], str]) -> Any:
    """Return a block's stored value without ids, as `Item.value` has it: lists plain, numbers as short strings, HTML through `html`."""
    match block:
        case blocks.StructBlock():
            children = {name: child for name, child in block.child_blocks.items() if name not in UNSAID}
            values = {name: bare(child, raw[name] if name in raw else _default(child), html) for name, child in children.items()}
            # Points are numbers among numbers; what a question asks for is written as exactly as its author wrote it.
            return values | {name: float(values[name]) for name in ("fraction", "points") if values.get(name)}
        case blocks.ListBlock():
            return [bare(block.child_block, one["value"] if _is_item(one) else one, html) for one in raw or []]
        case blocks.RichTextBlock():
            return html(raw or "")
        case blocks.DecimalBlock():
            return _number(raw)
        case blocks.BooleanBlock():
            return bool(raw)
        case blocks.IntegerBlock():
            return raw
    return raw or ""


def content_digest(kind: str, raw: dict[str, Any], *, html: Callable[[str], str], explanation: str, **rest: Any) -> str:
    """Return what two questions share that say the same: by their block, their explanation, and `rest` (plain JSON)."""
    said = [kind, bare(TYPES[kind], raw, html), html(explanation), rest]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def comparable(html: str, pictures: dict[str, str]) -> str:
    """Return stored HTML without the editor's keys and the space between blocks, each picture named by its content: `pictures` gives that by id."""
    html = _SPACE_BETWEEN.sub(r"\1", BLOCK_KEY.sub("", html))
    return EMBED.sub(lambda embed: _named(embed.group(), pictures), html) if "<embed" in html else html


def carried_over(block: blocks.Block, old: Any, new: Any) -> Any:
    """Return the new stored value with what no file says taken over from the old one: ids of options and rows, so that answers given
    to the question before still mean the same ones; pictures and recordings beside it."""
    match block:
        case blocks.StructBlock() if isinstance(old, dict):
            kept = {name: old[name] for name in UNSAID & set(block.child_blocks) if name in old}
            return {name: carried_over(block.child_blocks[name], old.get(name), value) for name, value in new.items()} | kept
        case blocks.ListBlock() if isinstance(old, list) and all(map(_is_item, old)):
            twins = _twins(old, new)
            return [_as_before(block.child_block, twin, one) for twin, one in zip(twins, new, strict=True)]
    return new


def _twins(old: list[dict], new: list[dict]) -> list[dict | None]:
    """Find for each new row the old one: the one with the same words, else the one that stood at its place, none twice."""
    left = list(range(len(old)))
    found: list[dict | None] = [None] * len(new)
    for is_twin in (lambda one, number, place: _words(old[place]) == _words(one), lambda one, number, place: number == place):
        for number, one in enumerate(new):
            place = next((place for place in left if found[number] is None and is_twin(one, number, place)), None)
            if place is not None:
                found[number] = old[place]
                left.remove(place)
    return found


def _as_before(block: blocks.Block, old: dict | None, new: dict) -> dict:
    return new if old is None else {**new, "id": old.get("id") or new["id"], "value": carried_over(block, old["value"], new["value"])}


def _words(row: dict) -> Any:
    value = row["value"]
    return (value.get("text") or value.get("left") or value.get("title") or value.get("value")) if isinstance(value, dict) else value


def _is_item(one: Any) -> bool:
    return isinstance(one, dict) and one.get("type") == "item" and "value" in one


def _default(block: blocks.Block) -> Any:
    value = block.get_default()
    return None if value is None else block.get_prep_value(value)


def _number(raw: Any) -> str:
    if raw in (None, ""):
        return ""
    try:
        return canonical(Decimal(str(raw)))
    except InvalidOperation:
        return str(raw)


def _named(embed: str, pictures: dict[str, str]) -> str:
    said = dict(ID_AND_ALT.findall(embed))
    return f'<embed image="{pictures.get(said.get("id", ""), said.get("id", ""))}" alt="{said.get("alt", "")}"/>'


def ordered(values: Iterable[Any]) -> list[Any]:
    """Return what has no order of its own in one order, so that it can be compared."""
    return sorted(set(values), key=str)
