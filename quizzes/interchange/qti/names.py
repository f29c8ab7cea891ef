"""Items of QTI 2.0 to 2.2 said in the names of QTI 3.0, so that only one of them has to be understood; and the names that are written."""

import re
from xml.etree.ElementTree import Element

ITEMS = ("qti-assessment-item", "assessmentItem")
NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
SCHEMA = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0p1_v1p0.xsd"
TEMPLATES = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"
# Items that bear this name as their tool are read back as exactly what they were.
TOOL = "Lớp học Công đoàn"
# Attributes of our own, which QTI 3.0 allows: what only this bank knows of a question.
OURS = "data-lms-"

_CAPITAL = re.compile(r"([A-Z])")
# Names of QTI 2 without a capital letter; any other without one is HTML.
_SMALL = frozenset(
    ["and", "contains", "correct", "delete", "divide", "equal", "gap", "gt", "gte", "hottext", "index", "lt", "lte", "mapping", "match", "max", "member", "min", "multiple", "not", "null", "or", "ordered", "product", "prompt", "round", "rule", "stylesheet", "substring", "subtract", "sum", "value", "variable"])


def modern(item: Element) -> Element:
    """Rename, in place, what QTI 2 names otherwise: choiceInteraction is qti-choice-interaction, maxChoices is max-choices."""
    if item.tag != "assessmentItem":
        return item
    for element in item.iter():
        if element.tag in _SMALL or _CAPITAL.search(element.tag):
            element.tag = f"qti-{_kebab(element.tag)}"
        for name in [name for name in element.attrib if _CAPITAL.search(name)]:
            element.attrib[_kebab(name)] = element.attrib.pop(name)
    return item


def _kebab(name: str) -> str:
    return _CAPITAL.sub(r"-\1", name).lower().lstrip("-")
