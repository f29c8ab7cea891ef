"""Places in the tree of the bank by their path of names: "Công đoàn cơ sở/Bài 1"; a slash within a name is written twice."""

import re
from collections.abc import Iterable

from quizzes.models import Category
from vietnamese.text import clean

MOST_NAME = 400
_SLASH = re.compile(r"(?<!/)/(?!/)")

Path = tuple[str, ...]


def path_of(text: str) -> list[str]:
    """Return the names in a path that was typed, outermost first; empty ones are left out."""
    return [name for part in _SLASH.split(text) if (name := clean(part.replace("//", "/")))]


def text_of(path: Iterable[str]) -> str:
    """Return a path as it is typed."""
    return "/".join(name.replace("/", "//") for name in path)


class Places:
    """The whole tree in memory, by path of names. One query; another for each category that is made."""

    def __init__(self):
        self.paths: dict[int, Path] = {}
        self._ids: dict[Path, int] = {}
        by_place: dict[str, Path] = {}
        for key, place, name in Category.objects.order_by("path").values_list("pk", "path", "name"):
            by_place[place] = path = (*by_place.get(place[:-Category.steplen], ()), clean(name))
            self.paths[key] = path
            # Two may have the same name; the one that stands first is meant.
            self._ids.setdefault(path, key)

    def find(self, path: Iterable[str]) -> int | None:
        """Return the id of the category at this path; None when it is not there."""
        return self._ids.get(tuple(path))

    def find_or_make(self, path: Iterable[str]) -> int:
        """Return the id of the category at this path; what is missing of it is made."""
        path = tuple(path)
        if path not in self._ids:
            above = self.find_or_make(path[:-1]) if len(path) > 1 else None
            new = Category(name=path[-1])
            # Looked up anew each time: a sibling that was put before it has moved it.
            made = Category.objects.get(pk=above).add_child(instance=new) if above else Category.add_root(instance=new)
            self._ids[path], self.paths[made.pk] = made.pk, path
        return self._ids[path]
