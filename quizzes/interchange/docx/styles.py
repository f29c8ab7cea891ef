"""How the words of a Word document look, and the numbers that Word draws before paragraphs (ECMA-376 part 1, 17.3, 17.7 and 17.9)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from intake.archives import open_member
from intake.errors import MAX_BYTES
from intake.safe_xml import elements

_MOST_LEVELS = 9
_MOST_STYLES = 5_000
_HEX = re.compile(r"[0-9A-Fa-f]{6}")
_OFF = ("0", "false", "off", "none", "nil")
_NO_COLOUR = ("", "auto", "000000", "FFFFFF")
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True)
class Look:
    """In which ways words stand out; what is switched off hides what a style had switched on."""

    styles: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()

    def under(self, nearer: "Look") -> "Look":
        """Return this look with that of what stands nearer to the words laid over it."""
        return Look((self.styles - nearer.off) | nearer.styles, (self.off - nearer.styles) | nearer.off)


NO_LOOK = Look()


@dataclass(frozen=True)
class Style:
    look: Look = NO_LOOK
    heading: int = 0
    # The numbering that its paragraphs have, and the level in it.
    numbering: tuple[str, str] = ("", "0")


def is_on(element: Element | None) -> bool:
    """Say whether a switch such as <w:b/> is there and on."""
    return element is not None and element.get("val", "1") not in _OFF


def look_of(properties: Element | None, known: dict[str, Style] | None = None) -> Look:
    """Return the look that the properties of a run give to its words."""
    if properties is None:
        return NO_LOOK
    on: set[str] = set()
    off: set[str] = set()
    for tag, name in (("b", "bold"), ("i", "italic"), ("u", "underline"), ("highlight", "highlight")):
        if (switch := properties.find(tag)) is not None:
            (on if is_on(switch) else off).add(name)
    if (shade := properties.find("shd")) is not None and shade.get("fill", "auto").upper() not in ("AUTO", "FFFFFF"):
        on.add("highlight")
    if (colour := properties.find("color")) is not None:
        _colour(colour.get("val", ""), on, off)
    look = Look(frozenset(on), frozenset(off - on))
    named = properties.find("rStyle")
    if named is not None and known and named.get("val", "") in known:
        return known[named.get("val", "")].look.under(look)
    return look


def _colour(value: str, on: set[str], off: set[str]) -> None:
    if value in _NO_COLOUR or not _HEX.fullmatch(value):
        off.update(("colour", "red"))
        return
    on.add("colour")
    red, green, blue = (int(value[place:place + 2], 16) for place in (0, 2, 4))
    if red > 150 and green < 100 and blue < 100:
        on.add("red")
    else:
        off.add("red")


def styles(archive: ZipFile) -> dict[str, Style]:
    """Return the styles of a document by name; "" is what paragraphs without one have."""
    found = {"": Style()}
    based: dict[str, tuple[Style, str]] = {}
    default = ""
    for element in _all(archive, "word/styles.xml", ("style",)):
        if len(based) >= _MOST_STYLES:
            break
        name, above = element.get("styleId", ""), element.find("basedOn")
        based[name] = (_style(element, name), "" if above is None else above.get("val", ""))
        if element.get("type") == "paragraph" and element.get("default") in ("1", "true"):
            default = name
    for name in based:
        found[name] = _resolved(name, based)
    found[""] = found.get(default, Style())
    return found


def _resolved(name: str, based: dict[str, tuple[Style, str]]) -> Style:
    """Lay a style over those that it is based on."""
    chain: list[Style] = []
    seen: set[str] = set()
    while name in based and name not in seen and len(chain) < 20:
        seen.add(name)
        style, name = based[name]
        chain.append(style)
    look = NO_LOOK
    for style in reversed(chain):
        look = look.under(style.look)
    numbering = next((style.numbering for style in chain if style.numbering[0]), ("", "0"))
    return Style(look, next((style.heading for style in chain if style.heading), 0), numbering)


def _style(element: Element, name: str) -> Style:
    properties, number = element.find("pPr"), ("", "0")
    heading = re.fullmatch(r"(?i)heading ?([1-9])", _value(element, "name")) or re.fullmatch(r"(?i)heading([1-9])", name)
    if properties is not None and (numbered := properties.find("numPr")) is not None:
        number = (_value(numbered, "numId"), _value(numbered, "ilvl") or "0")
    return Style(look_of(element.find("rPr")), int(heading[1]) if heading else 0, number)


def _value(element: Element, name: str) -> str:
    child = element.find(name)
    return "" if child is None else child.get("val", "")


def _all(archive: ZipFile, part: str, names: tuple[str, ...]) -> Iterator[Element]:
    if part in archive.NameToInfo:
        with open_member(archive, part, MAX_BYTES) as member:
            for element, _line in elements(member, names, most_depth=200):
                yield element


@dataclass
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass
class Numbering:
    """The numberings of a document and how far each has counted."""

    # By the id that paragraphs name: the list that is counted, and its levels.
    lists: dict[str, tuple[str, dict[int, _Level]]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _started: set[str] = field(default_factory=set)
    # Numberings of the same list that begin anew.
    restarting: set[str] = field(default_factory=set)

    def next_label(self, number: str, level: str) -> str:
        """Count a paragraph and return what is drawn before it; "" for one without a number, or with a bullet."""
        if number not in self.lists or not (level.isascii() and level.isdigit() and int(level) < _MOST_LEVELS):
            return ""
        shared, levels = self.lists[number]
        counts, depth = self._counts.setdefault(shared, {}), int(level)
        if number in self.restarting and number not in self._started:
            counts.clear()
        self._started.add(number)
        here = levels.get(depth, _Level())
        counts[depth] = counts.get(depth, here.start - 1) + 1
        for deeper in [place for place in counts if place > depth]:
            del counts[deeper]
        if here.form in ("bullet", "none"):
            return ""
        return _PLACE.sub(lambda found: self._drawn(levels, counts, int(found[1]) - 1), here.text).strip()

    def _drawn(self, levels: dict[int, _Level], counts: dict[int, int], depth: int) -> str:
        level = levels.get(depth, _Level())
        return _formed(counts.get(depth, level.start), level.form)


def numberings(archive: ZipFile) -> Numbering:
    """Return the numberings of a document, none of them begun."""
    numbering = Numbering()
    shared: dict[str, dict[int, _Level]] = {}
    for element in _all(archive, "word/numbering.xml", ("abstractNum", "num")):
        if element.tag == "abstractNum":
            shared[element.get("abstractNumId", "")] = _levels(element)
            continue
        number, name = element.get("numId", ""), _value(element, "abstractNumId")
        levels = dict(shared.get(name, {}))
        for changed in element.iterfind("lvlOverride"):
            _override(changed, levels)
            numbering.restarting.add(number)
        if name in shared and number != "0":
            numbering.lists[number] = (name, levels)
    return numbering


def _levels(element: Element) -> dict[int, _Level]:
    return {
        _whole(level.get("ilvl", "0")): _Level(_value(level, "numFmt") or "decimal", _value(level, "lvlText")[:60], _whole(_value(level, "start") or "1"))
        for level in element.iterfind("lvl")
    }


def _override(changed: Element, levels: dict[int, _Level]) -> None:
    depth, start, whole = _whole(changed.get("ilvl", "0")), _value(changed, "startOverride"), changed.find("lvl")
    if whole is not None:
        levels[depth] = _Level(_value(whole, "numFmt") or "decimal", _value(whole, "lvlText")[:60], _whole(_value(whole, "start") or "1"))
    if start:
        old = levels.get(depth, _Level())
        levels[depth] = _Level(old.form, old.text, _whole(start))


def _whole(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0


def _formed(count: int, form: str) -> str:
    match form:
        case "upperLetter" | "lowerLetter":
            letter = chr(65 + (count - 1) % 26) * min((count - 1) // 26 + 1, 20) if count > 0 else ""
            return letter if form == "upperLetter" else letter.lower()
        case "upperRoman" | "lowerRoman":
            return _roman(count) if form == "upperRoman" else _roman(count).lower()
        case "decimalZero":
            return f"{count:02}"
        case "bullet" | "none":
            return ""
    return str(count)


def _roman(count: int) -> str:
    text = ""
    for value, letters in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
                           (5, "V"), (4, "IV"), (1, "I")):
        while count >= value and len(text) < 30:
            text, count = text + letters, count - value
    return text
