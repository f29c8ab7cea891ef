"""Reads over the legal documents: the list, a document with its articles, and which pages cite them."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, ReferenceIndex

from laws.enums import Validity
from laws.models import LegalDocument, Provision

# The level of the tree on which a page tells what its descendants belong to: root, home, section, this.
_WORK_DEPTH = 4
_ORDER = {Validity.IN_FORCE: 0, Validity.ENDING: 1, Validity.COMING: 2, Validity.ENDED: 3}
_NUMBER = re.compile(r"(\d*)(.*)")


@dataclass(frozen=True)
class CitingPage:
    """A public page that cites an article; `work` names the course it is part of, empty when it stands alone."""

    page: Page
    work: str


@dataclass(frozen=True)
class CitedProvision:
    """An article with the public pages that cite it; `others` counts what cites it elsewhere, as in the question bank."""

    provision: Provision
    pages: list[CitingPage]
    others: int


@dataclass(frozen=True)
class DocumentPage:
    document: LegalDocument
    replaces: list[LegalDocument]
    provisions: list[CitedProvision]


def documents_on(day: date) -> list[LegalDocument]:
    """Return all documents, those in force on this day first, then by title. One query."""
    documents = LegalDocument.objects.order_by("title", "number")
    return sorted(documents, key=lambda document: _ORDER[document.validity_on(day)])


def document_page(document: LegalDocument) -> DocumentPage:
    """Return a document with its articles in the order of the text, each with the public pages that cite it. Seven queries at most."""
    provisions = sorted(document.provisions.all(), key=_place_key)
    citing, others = _citations(provisions)
    return DocumentPage(
        document=document,
        replaces=list(document.replaces.order_by("title", "number")),
        provisions=[CitedProvision(provision, citing[provision.pk], len(others[provision.pk])) for provision in provisions])


def _citations(provisions: list[Provision]) -> tuple[dict[int, list[CitingPage]], dict[int, set]]:
    """Ask the reference index who cites these articles: pages by article in the order of the tree, and other objects' keys by article."""
    page_type = ContentType.objects.get_for_model(Page).pk
    rows = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(Provision), to_object_id__in=[str(provision.pk) for provision in provisions],
    ).values_list("to_object_id", "base_content_type", "object_id").distinct()
    page_keys, others = defaultdict(set), defaultdict(set)
    for provision_pk, base_type, key in rows:
        if base_type == page_type:
            page_keys[int(provision_pk)].add(int(key))
        else:
            others[int(provision_pk)].add((base_type, key))
    pages = _public_pages(set().union(*page_keys.values()))
    return defaultdict(list, {pk: [pages[key] for key in pages if key in keys] for pk, keys in page_keys.items()}), others


def _public_pages(keys: set[int]) -> dict[int, CitingPage]:
    pages = list(Page.objects.live().public().filter(pk__in=keys).order_by("path"))
    work_paths = {page.path[:_WORK_DEPTH * Page.steplen] for page in pages}
    works = dict(Page.objects.filter(path__in=work_paths, depth=_WORK_DEPTH).values_list("path", "title"))
    return {page.pk: CitingPage(page, _work_of(page, works)) for page in pages}


def _work_of(page: Page, works: dict[str, str]) -> str:
    return works.get(page.path[:_WORK_DEPTH * Page.steplen], "") if page.depth > _WORK_DEPTH else ""


def _place_key(provision: Provision) -> tuple:
    """Sort as the text is printed: 8, 8a, 20, 154; points a, b, c, d, đ, e."""
    return tuple(_number_key(part) for part in (provision.article, provision.clause, provision.point))


def _number_key(part: str) -> tuple[int, str]:
    digits, letters = _NUMBER.match(part.lower()).groups()
    return int(digits or 0), letters.replace("đ", "d~")
