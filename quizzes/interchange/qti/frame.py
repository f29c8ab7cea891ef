"""The frame of an item that is written: declarations, body, marking and feedback in the order of the QTI 3.0 schema."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from intake.safe_xml import escaped, quoted
from quizzes.interchange.qti.html import rich
from quizzes.interchange.qti.names import NAMESPACE, OURS, SCHEMA, TEMPLATES, TOOL

RESPONSE = "RESPONSE"


class Unsayable(Exception):
    """QTI has no words for this question; the message says why. Stays inside the writer."""


@dataclass
class Written:
    """The parts of one item, each XML. `processing` without rules names a standard template instead."""

    responses: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    body: str = ""
    template: str = ""
    rules: list[str] = field(default_factory=list)
    feedbacks: list[str] = field(default_factory=list)
    # How many feedbacks can be shown at once: "", "single" or "multiple".
    feedback: str = ""
    is_marked_by_person: bool = False


def frame(written: Written, *, identifier: str, title: str, code: str, explanation: str) -> str:
    """Return one item as a whole XML document."""
    attributes = {
        "xmlns": NAMESPACE, "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance", "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
        "identifier": identifier, "title": title, **({"label": code} if code else {}), "adaptive": "false", "time-dependent": "false",
        "xml:lang": "vi", "tool-name": TOOL, "tool-version": "1",
    }
    told = [*written.feedbacks, *([modal("EXPLANATION", "SHOWN", rich(explanation, f' {OURS}part="explanation"'))] if explanation else [])]
    facts = {OURS + name: value for name, value in written.facts.items()}
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<qti-assessment-item{attributes_of(attributes)}>\n{"".join(written.responses)}'
        f"{_outcomes(written, has_explanation=bool(explanation))}<qti-item-body{attributes_of(facts)}>\n{written.body}\n</qti-item-body>\n"
        f"{_processing(written)}{''.join(told)}</qti-assessment-item>\n")


def attributes_of(attributes: dict[str, str]) -> str:
    """Return attributes as they stand in a tag, each with a space before it."""
    return "".join(f" {name}={quoted(value)}" for name, value in attributes.items())


def response(
    base_type: str, cardinality: str, right: Iterable[str], *, identifier: str = RESPONSE, mapping: Iterable[tuple[str, float]] = (),
    default: float = 0.0, capitals: str = "",
) -> str:
    """Declare a response: its type, what is right, and what each answer is worth."""
    values = "".join(f"<qti-value>{escaped(value)}</qti-value>" for value in right)
    case = {"case-sensitive": capitals} if capitals else {}
    entries = "".join(
        f"<qti-map-entry{attributes_of({'map-key': key, 'mapped-value': said(points), **case})}/>" for key, points in mapping)
    bounds = attributes_of({"lower-bound": "0", "upper-bound": "1", "default-value": said(default)})
    return (
        f"<qti-response-declaration{attributes_of({'identifier': identifier, 'cardinality': cardinality, 'base-type': base_type})}>"
        + (f"<qti-correct-response>{values}</qti-correct-response>" if values else "")
        + (f"<qti-mapping{bounds}>{entries}</qti-mapping>" if entries else "") + "</qti-response-declaration>\n")


def said(points: float) -> str:
    """Return a number as XML Schema writes a double."""
    return repr(float(points))


def modal(outcome: str, identifier: str, content: str) -> str:
    """Return a feedback that is shown when an outcome has this value."""
    attributes = attributes_of({"outcome-identifier": outcome, "identifier": identifier, "show-hide": "show"})
    return f"<qti-modal-feedback{attributes}><qti-content-body>{content}</qti-content-body></qti-modal-feedback>\n"


def set_score(expression: str) -> str:
    """Return the rule that gives the points of an expression."""
    return f'<qti-set-outcome-value identifier="SCORE">{expression}</qti-set-outcome-value>'


def set_feedback(expression: str) -> str:
    """Return the rule that chooses which feedback is shown."""
    return f'<qti-set-outcome-value identifier="FEEDBACK">{expression}</qti-set-outcome-value>'


def condition(test: str, then: str) -> str:
    """Return a rule that holds only when the test does."""
    return f"<qti-response-condition><qti-response-if>{test}{then}</qti-response-if></qti-response-condition>\n"


def value(base_type: str, text: str) -> str:
    """Return a constant."""
    return f"<qti-base-value base-type={quoted(base_type)}>{escaped(text)}</qti-base-value>"


def variable(identifier: str = RESPONSE) -> str:
    """Return what was answered, or an outcome."""
    return f"<qti-variable identifier={quoted(identifier)}/>"


def _outcomes(written: Written, *, has_explanation: bool) -> str:
    by_person = ' external-scored="human"' if written.is_marked_by_person else ""
    outcomes = [
        f'<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="1" normal-minimum="0"{by_person}>'
        "<qti-default-value><qti-value>0</qti-value></qti-default-value></qti-outcome-declaration>\n",
        '<qti-outcome-declaration identifier="MAXSCORE" cardinality="single" base-type="float">'
        "<qti-default-value><qti-value>1</qti-value></qti-default-value></qti-outcome-declaration>\n",
    ]
    if written.feedback:
        outcomes.append(f'<qti-outcome-declaration identifier="FEEDBACK" cardinality="{written.feedback}" base-type="identifier"/>\n')
    if has_explanation:
        # Shown whatever was answered: its value never changes.
        outcomes.append(
            '<qti-outcome-declaration identifier="EXPLANATION" cardinality="single" base-type="identifier">'
            "<qti-default-value><qti-value>SHOWN</qti-value></qti-default-value></qti-outcome-declaration>\n")
    return "".join(outcomes)


def _processing(written: Written) -> str:
    if written.rules:
        return f"<qti-response-processing>\n{''.join(written.rules)}</qti-response-processing>\n"
    return f'<qti-response-processing template="{TEMPLATES}{written.template}.xml"/>\n' if written.template else ""
