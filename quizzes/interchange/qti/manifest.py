"""The manifest of a QTI package: what its items are, and what a question is known by, as learning object metadata (IEEE 1484.12.1)."""

from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

from intake.safe_xml import escaped, quoted
from quizzes.interchange.items import Item
from quizzes.interchange.labels import labels_of, read_labels

NAME = "imsmanifest.xml"
_NAMESPACE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_SCHEMA = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0p1_imscpv1p2_v1p0.xsd"
_LOM = "http://ltsc.ieee.org/xsd/LOM"
_LOM_SCHEMA = "https://purl.imsglobal.org/spec/md/v1p3/schema/xsd/imsmd_loose_v1p3p2.xsd"

BEGIN = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest xmlns="{_NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="{_NAMESPACE} {_SCHEMA} {_LOM} {_LOM_SCHEMA}" identifier="questions">\n'
    "<metadata><schema>QTI Package</schema><schemaversion>3.0.1</schemaversion></metadata>\n<organizations/>\n<resources>\n")
END = "</resources>\n</manifest>\n"


def resource(item: Item, identifier: str, files: Iterable[str]) -> str:
    """Return the entry of one item: its metadata and its files, the item itself first."""
    files = list(files)
    listed = "".join(f"<file href={quoted(name)}/>" for name in files)
    return (
        f'<resource identifier={quoted(identifier)} type="imsqti_item_xmlv3p0" href={quoted(files[0])}>'
        f"{_metadata(item)}{listed}</resource>\n")


def is_item(entry: Element) -> bool:
    """Say whether an entry of a manifest is an item, in any version of QTI 2 or 3."""
    kind = entry.get("type", "").lower()
    return kind.startswith(("imsqti_item_xml", "imsqti_apipitem_xml"))


def labels_from(entry: Element) -> dict[str, Any]:
    """Return the fields of an `Item` that the metadata of an entry say: tags, difficulty, topic, citations, category."""
    found = read_labels(filter(None, map(_text, entry.iter("keyword"))))
    path = next(entry.iter("taxonPath"), None)
    taxons = [] if path is None else [_text(taxon.find("entry")) for taxon in path.iter("taxon")]
    return {**found, "category": tuple(filter(None, taxons))}


def _metadata(item: Item) -> str:
    keywords = "".join(f"<keyword><string>{escaped(label)}</string></keyword>" for label in labels_of(item))
    taxons = "".join(f"<taxon><entry><string>{escaped(name)}</string></entry></taxon>" for name in item.category)
    said = (f"<general>{keywords}</general>" if keywords else "") + (
        f"<classification><taxonPath>{taxons}</taxonPath></classification>" if taxons else "")
    return f'<metadata><lom xmlns="{_LOM}">{said}</lom></metadata>' if said else ""


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
