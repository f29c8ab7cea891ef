"""Marks for answers that are typed: how two texts are compared, and what the best match earns."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from vietnamese.text import clean, fold
from vietnamese.tones import settle_tones, without_tones


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold()).replace(" ", "")


# Each way forgives what the ones before it forgive. NFC and NFD, runs of spaces and invisible signs never count.
WAYS: dict[str, Callable[[str], str]] = {
    "exact": lambda text: text,
    "case": lambda text: _plain(settle_tones(text)),
    "tones": lambda text: _plain(without_tones(text)),
    "diacritics": lambda text: _plain(fold(text)),
}


def key_of(text: str, comparing: str) -> str:
    """Return what two texts must share to count as the same.

    "exact": letter by letter. "case": case, spaces and the place of the tone (hoà, hòa) do not count. "tones": nor do the
    tones (hòa, hoa), but ă â ê ô ơ ư đ do. "diacritics": only bare letters count, đ being d.
    """
    tidy = clean(text)
    # A text of nothing but marks would otherwise be equal to any other such text.
    return clean(WAYS[comparing](tidy)) or tidy


def is_same(text: str, other: str, comparing: str) -> bool:
    """Say whether two texts count as the same, compared in this way (see `key_of`)."""
    return key_of(text, comparing) == key_of(other, comparing)


def best_match(accepted: Sequence[tuple[str, float]], said: str, comparing: str) -> int | None:
    """Return the place of the accepted text that the answer earns most with, the earlier of equals; None when it is none of them.

    :param accepted: texts with the fraction, 0 to 1, that each earns.
    """
    key = key_of(said, comparing)
    places = [place for place, (text, _fraction) in enumerate(accepted) if said and key_of(text, comparing) == key]
    return max(places, key=lambda place: accepted[place][1], default=None)


def mark_text(accepted: Sequence[tuple[str, float]], said: str, comparing: str) -> float:
    """Give the fraction of the best accepted text that the answer is the same as, or 0 (Moodle's "short answer")."""
    place = best_match(accepted, said, comparing)
    return 0.0 if place is None else min(1.0, max(0.0, accepted[place][1]))


def mark_gaps(gaps: Iterable[tuple[Sequence[str], str]], comparing: str) -> float:
    """Give the share of gaps that are filled rightly: gaps with one of their own right texts / number of gaps.

    :param gaps: for each gap its right texts and what was said, "" for nothing.
    """
    filled = [any(said and is_same(right, said, comparing) for right in rights) for rights, said in gaps]
    return sum(filled) / len(filled) if filled else 0.0
