"""Kinds of post by the many ways in which offices write them: "CT", "Chủ tịch CĐCS", "UV BCH", "P. Chủ tịch", several in one cell."""

import re
from functools import reduce

from unions.models import PostKind
from unions.services.rosters.keys import key_of

# Spellings of one kind; whichever of them an office has chosen as the name of its kind, all of them mean it.
_SYNONYMS = (
    ("chu tich", "ct", "chu tich cong doan", "chu tich cdcs", "chu tich cong doan co so"),
    ("pho chu tich", "pct", "p chu tich", "p ct", "pho ct", "pho chu tich cong doan"),
    ("pho chu tich thuong truc", "pct thuong truc", "pct tt", "pho chu tich tt"),
    ("uy vien ban thuong vu", "uv btv", "uvbtv", "uy vien btv", "uv ban thuong vu", "btv", "ban thuong vu"),
    ("uy vien ban chap hanh", "uv bch", "uvbch", "uy vien bch", "uv ban chap hanh", "bch", "ban chap hanh", "uy vien"),
    ("chu nhiem uy ban kiem tra", "chu nhiem ubkt", "cn ubkt", "truong ban kiem tra"),
    ("pho chu nhiem uy ban kiem tra", "pho chu nhiem ubkt", "pcn ubkt"),
    ("uy vien uy ban kiem tra", "uv ubkt", "uvubkt", "uy vien ubkt", "uv uy ban kiem tra", "ubkt", "uy ban kiem tra"),
    ("truong ban nu cong", "truong ban nu cong quan chung", "tb nu cong", "truong ban nu cong qc", "truong nu cong", "to truong nu cong"),
    ("uy vien ban nu cong", "uv ban nu cong", "uv bnc", "ban nu cong", "uv nu cong"),
    ("chu tich cong doan bo phan", "ct cong doan bo phan", "chu tich cdbp", "ct cdbp"),
    ("pho chu tich cong doan bo phan", "pct cong doan bo phan", "pho chu tich cdbp", "pct cdbp"),
    ("chu tich cdcs thanh vien", "chu tich cong doan co so thanh vien", "ct cdcs thanh vien", "chu tich cdcstv"),
    ("to truong cong doan", "to truong", "tt cong doan", "to truong cd", "to truong to cong doan"),
    ("to pho cong doan", "to pho", "tp cong doan", "to pho cd", "to pho to cong doan"),
    ("to truong nghiep doan", "to truong to nghiep doan"),
    ("to pho nghiep doan", "to pho to nghiep doan"),
    ("ke toan cong doan", "ke toan", "ke toan cd"),
    ("thu quy cong doan", "thu quy", "thu quy cd"),
    ("an toan ve sinh vien", "atvsv", "an toan vien", "mang luoi an toan ve sinh vien"),
)
# Whatever follows a post only says of what: "Chủ tịch CĐCS Công ty may".
_OF_WHAT = re.compile(r"(cong doan|cdcs|cd|ldld|lien doan|nghiep doan|cong ty|cty)\b(?!.*\b(bo phan|thanh vien)\b).*")
_BETWEEN = re.compile(r"\s*(?:[,;/\n+&]|\bkiêm(?:\s+nhiệm)?\b|\bkiem\b)\s*", re.IGNORECASE)
_MOST_AT_ONCE = 8
# The longest kind of post; a cell may hold thousands of words.
_MOST_WORDS = 15


class UnknownPost(Exception):
    """No kind of post is called so; `said` is the part that was not understood."""

    def __init__(self, said: str):
        super().__init__(said)
        self.said = said


class Kinds:
    """The kinds of post that there are. One query when made."""

    def __init__(self) -> None:
        kinds = list(PostKind.objects.order_by("rank", "pk"))
        self.names = {kind.pk: kind.name for kind in kinds}
        self.cadres = {kind.pk for kind in kinds if kind.is_cadre}
        self._by_key = {key_of(kind.name): kind.pk for kind in reversed(kinds)}
        for spellings in _SYNONYMS:
            keys = [key_of(each) for each in spellings]
            if known := next((self._by_key[key] for key in keys if key in self._by_key), None):
                for key in keys:
                    self._by_key.setdefault(key, known)
        self._read: dict[str, tuple[int, ...]] = {}

    def of(self, said: str) -> tuple[int, ...]:
        """Return the kinds that a cell names, each once, in its order.

        :raises UnknownPost: when a part of it names none.
        """
        if said not in self._read:
            if len(self._read) > 5_000:
                self._read.clear()
            self._read[said] = self._all(said)
        return self._read[said]

    def cut(self, said: str) -> tuple[str, str]:
        """Cut "Chủ tịch CĐCS Công ty may" into the post and the unit; the unit is empty where no unit begins."""
        words = said.split()
        for end in range(min(len(words), _MOST_WORDS), 0, -1):
            key = key_of(" ".join(words[:end]))
            rest = " ".join(words[end:]).lstrip(" ,;-–")
            if key in self._by_key and (not rest or _OF_WHAT.match(key_of(rest))):
                return " ".join(words[:end]).rstrip(" ,;-–"), rest
        post, _comma, unit = said.partition(",")
        return post.strip(), unit.strip()

    def _all(self, said: str) -> tuple[int, ...]:
        if (whole := self._one(said)) is not None:
            return (whole,)
        parts = [part for part in _BETWEEN.split(said) if part.strip(" .-")]
        found = [self._known(part) for part in parts]
        if not found or len(found) > _MOST_AT_ONCE:
            raise UnknownPost(said)
        return tuple(reduce(lambda kept, each: kept if each in kept else [*kept, each], found, []))

    def _known(self, said: str) -> int:
        if (kind := self._one(said)) is None:
            raise UnknownPost(said)
        return kind

    def _one(self, said: str) -> int | None:
        key = key_of(said)
        if key in self._by_key:
            return self._by_key[key]
        words = key.split()
        for end in range(len(words) - 1, 0, -1):
            begin = " ".join(words[:end])
            if begin in self._by_key and _OF_WHAT.fullmatch(" ".join(words[end:])):
                return self._by_key[begin]
        return None
