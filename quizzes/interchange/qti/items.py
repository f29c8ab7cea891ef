"""What all kinds of QTI items have in common when they are read: responses and what is right, marking rules, the words around an interaction."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from quizzes.interchange.markup import from_plain, readable
from quizzes.interchange.qti.html import html_of, text_of
from quizzes.interchange.qti.names import OURS, TOOL

_COMPARISONS = ("qti-equal", "qti-string-match", "qti-match", "qti-equal-rounded")
# A number as XML Schema writes it; nobody needs longer ones.
NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,2})?", re.ASCII)


class Unreadable(Exception):
    """This item cannot become a question; the message says why. Stays inside the reader."""


@dataclass(frozen=True)
class Declared:
    """What an item says of one response: its type, what is right, what each answer is worth (key, points, whether capitals count)."""

    identifier: str
    base_type: str
    is_single: bool
    right: tuple[str, ...]
    mapped: tuple[tuple[str, float, str], ...]
    default: float

    @property
    def is_number(self) -> bool:
        return self.base_type in ("float", "integer")

    def worth(self) -> dict[str, float]:
        """Return the points of each answer that a mapping names; of the same answer twice the most."""
        points: dict[str, float] = {}
        for key, value, _capitals in self.mapped:
            points[key] = max(value, points.get(key, value))
        return points

    def right_keys(self) -> list[str]:
        """Return what is right, once each: as the item says, else what its mapping gives points for."""
        return list(dict.fromkeys(self.right or [key for key, value in self.worth().items() if value > 0]))


@dataclass(frozen=True)
class Scored:
    """One rule of response processing: who gives this value earns so much and is told this feedback."""

    comparison: Element
    value: str
    points: float
    feedback: str


@dataclass
class Source:
    """An item that is being read. `picture` says where a picture is from now on; `used` holds the feedbacks that found their place."""

    item: Element
    body: Element
    picture: Callable[[str], str]
    declared: dict[str, Declared]
    notes: list[str] = field(default_factory=list)
    used: set[Element] = field(default_factory=set)

    @property
    def is_ours(self) -> bool:
        return self.item.get("tool-name") == TOOL

    def of(self, interaction: Element) -> Declared:
        """Return the response that an interaction fills."""
        found = self.declared.get(interaction.get("response-identifier", ""))
        if found is None:
            raise Unreadable(_("Nothing in this item says which answer is right."))
        return found

    def fact(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """Return what only our own files say of a question."""
        said = self.body.get(OURS + name, "")
        return said if said in allowed else default

    def html(self, element: Element, swap: dict[Element, str] | None = None) -> str:
        return html_of(element, self.picture, swap)

    def part(self, name: str, root: Element | None = None) -> Element | None:
        """Return the element of our own files that holds this part: the stem, the text with gaps, the model answer …"""
        elements = (self.body if root is None else root).iter()
        return next((element for element in elements if element.get(f"{OURS}part") == name), None)

    def stem(self, interaction: Element, default: str = "") -> str:
        """Return the question around an interaction: what stands before and behind it, its prompt in its place; without words, the title."""
        if (part := self.part("stem")) is not None:
            return self.html(part)
        prompt = interaction.find("qti-prompt")
        html = self.html(self.body, {interaction: "" if prompt is None else _paragraphs(self.html(prompt))})
        return html if "<img" in html or readable(html).strip() else from_plain(self.item.get("title", "") or default)

    def feedback_in(self, element: Element) -> str:
        """Return the feedback that stands inside a choice, in one line."""
        found = [child for child in element.iter() if child.tag in ("qti-feedback-inline", "qti-feedback-block")]
        self.used.update(found)
        return " ".join(filter(None, map(text_of, found)))

    def feedback_named(self, identifier: str) -> str:
        """Return the modal feedback of this name, in one line."""
        found = [element for element in self.item.findall("qti-modal-feedback") if identifier and element.get("identifier") == identifier]
        self.used.update(found)
        return " ".join(filter(None, (text_of(_only(_content(element))) for element in found)))

    def explanation(self) -> str:
        """Return what is told after the answer and belongs to no choice."""
        told = [element for element in self.item.iter() if element.tag in ("qti-modal-feedback", "qti-feedback-block", "qti-feedback-inline")]
        left = [element for element in told if element not in self.used]
        if len(left) > 1:
            self.notes.append(_("Several feedbacks were put together into the explanation."))
        parts = [self.part("explanation", element) for element in left]
        bodies = [self.html(_content(element) if part is None else part) for element, part in zip(left, parts, strict=True)]
        return bodies[0] if len(bodies) == 1 else "".join(map(_paragraphs, bodies))

    def rules(self, name: str) -> bool:
        """Say whether marking uses this operator, or the standard template of this name."""
        processing = self.item.find("qti-response-processing")
        if processing is None:
            return False
        template = processing.get("template", "").lower().replace("_", "")
        return name.removeprefix("qti-").replace("-", "") in template or next(processing.iter(name), None) is not None

    def scored(self, declared: Declared) -> Iterator[Scored]:
        """Go through the rules that compare this response with a value."""
        for rule in self.item.iterfind("qti-response-processing//*"):
            if rule.tag not in ("qti-response-if", "qti-response-else-if") or not len(rule):
                continue
            points, feedback = self._outcomes(rule)
            for comparison in rule[0].iter():
                if comparison.tag in _COMPARISONS and asks(comparison, declared.identifier):
                    value = comparison.find("qti-base-value")
                    for text in declared.right if value is None else [(value.text or "").strip()]:
                        yield Scored(comparison, text, points, feedback)

    def _outcomes(self, rule: Element) -> tuple[float, str]:
        points, feedback = 1.0, ""
        for outcome in rule.iter("qti-set-outcome-value"):
            value = outcome.find("qti-base-value")
            if value is None:
                continue
            if outcome.get("identifier", "").upper().startswith("FEEDBACK"):
                feedback = (value.text or "").strip()
            elif outcome.get("identifier") == "SCORE":
                points = number(value.text, 1.0)
        return points, feedback


def number(text: str | None, default: float) -> float:
    """Return a number as XML writes it, or the default for what is none."""
    text = (text or "").strip()
    return float(text) if NUMBER.fullmatch(text) else default


def declarations(item: Element) -> dict[str, Declared]:
    """Return what an item says of its responses, by their names."""
    found = {}
    for element in item.findall("qti-response-declaration"):
        mapping = element.find("qti-mapping")
        entries = [] if mapping is None else mapping.findall("qti-map-entry")
        identifier = element.get("identifier", "")
        found[identifier] = Declared(
            identifier=identifier,
            base_type=element.get("base-type", "identifier"),
            is_single=element.get("cardinality", "single") == "single",
            right=tuple(" ".join((value.text or "").split()) for value in element.iterfind("qti-correct-response/qti-value")),
            mapped=tuple((entry.get("map-key", ""), number(entry.get("mapped-value"), 0.0), entry.get("case-sensitive", "")) for entry in entries),
            default=0.0 if mapping is None else number(mapping.get("default-value"), 0.0),
        )
    return found


def asks(comparison: Element, identifier: str) -> bool:
    """Say whether a comparison looks at this response."""
    return any(variable.get("identifier") == identifier for variable in comparison.iter("qti-variable"))


def _content(element: Element) -> Element:
    """QTI 3 wraps what is told in a content body, QTI 2 does not."""
    body = element.find("qti-content-body")
    return element if body is None else body


def _only(element: Element) -> Element:
    """Words in one paragraph are as good without it."""
    return element[0] if len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip() else element


def _paragraphs(html: str) -> str:
    return html if not html or html.startswith("<") else f"<p>{html}</p>"

