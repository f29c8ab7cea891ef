"""Citations as people write them – "45/2019/QH14 Điều 70 khoản 1 điểm a" – and the articles kept here that they mean."""

import re
from collections.abc import Iterable

from laws.models import Provision
from vietnamese.text import clean, search_key

_PARTS = [(name, re.compile(rf"(?i)(?:^|[\s,;.(]){word}\s+([0-9a-zđ]{{1,8}})(?=$|[\s,;.)])")) for name, word in [
    ("article", "điều"), ("clause", "khoản"), ("point", "điểm")]]
_LINKING = re.compile(r"(?i)\b(?:của|thuộc|luật số|số)\b")


class Laws:
    """The articles of all documents, looked up in memory. One query, when the first citation is asked for."""

    def __init__(self):
        self._known: dict[tuple[str, str, str, str], int] | None = None

    def look_up(self, citations: Iterable[str]) -> tuple[list[int], list[str]]:
        """Return the ids of the articles that are kept here, each once, and the citations that mean none of them."""
        found, unknown = [], []
        for citation in citations:
            key = self._key_of(clean(citation))
            if key is None:
                unknown.append(clean(citation)[:120])
            elif key not in found:
                found.append(key)
        return found, unknown

    def _key_of(self, citation: str) -> int | None:
        if self._known is None:
            self._known = _all()
        place = []
        for _name, pattern in _PARTS:
            match = pattern.search(citation)
            place.append(match.group(1).lower() if match else "")
            citation = pattern.sub(" ", citation, count=1)
        return self._known.get((search_key(_LINKING.sub(" ", citation)), *place))


def citation_of(provision: Provision) -> str:
    """Return how a file names an article: the number of its document, and its place in it."""
    return f"{provision.document.number} {provision.place}" if provision.article else provision.document.number


def _all() -> dict[tuple[str, str, str, str], int]:
    known = {}
    rows = Provision.objects.order_by("-pk").values_list("pk", "document__number", "document__title", "article", "clause", "point")
    for key, number, title, *place in rows.iterator():
        places = tuple(part.lower() for part in place)
        # Also by its title; where two laws share one, the number alone tells them apart and the newer gives way.
        known[(search_key(title), *places)] = key
        known[(search_key(number), *places)] = key
    return known
