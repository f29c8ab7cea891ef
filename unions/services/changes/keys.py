"""Many ids written shortly: 20,000 posts that were made at once are one pair of numbers."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q

# Older SQLites take no more than 999 values in one statement.
AT_ONCE = 900
# A run of fewer ids is shorter as single numbers.
_RUN = 4

Keys = list[int | list[int]]


def packed(ids: Iterable[int]) -> Keys:
    """Return the ids in order, every run of four or more as its first and last one."""
    keys: Keys = []
    run: list[int] = []
    for key in sorted(ids):
        if run and key != run[-1] + 1:
            keys += _shortened(run)
            run = []
        run.append(key)
    return keys + _shortened(run)


def conditions(keys: Sequence[int | list[int]], field: str = "pk") -> Iterator[Q]:
    """Go through filters that together keep the rows of these ids, each small enough for one statement."""
    single: list[int] = []
    for key in keys:
        if isinstance(key, list):
            yield Q(**{f"{field}__gte": key[0], f"{field}__lte": key[1]})
        else:
            single.append(key)
    for start in range(0, len(single), AT_ONCE):
        yield Q(**{f"{field}__in": single[start:start + AT_ONCE]})


def spans(keys: Sequence[int | list[int]]) -> Iterator[tuple[str, list[int]]]:
    """The same as conditions of SQL with their values; "{key}" stands for the column."""
    single = [key for key in keys if not isinstance(key, list)]
    for key in keys:
        if isinstance(key, list):
            yield "{key} BETWEEN %s AND %s", list(key)
    for start in range(0, len(single), AT_ONCE):
        some = single[start:start + AT_ONCE]
        yield f"{{key}} IN ({', '.join(['%s'] * len(some))})", some


def _shortened(run: list[int]) -> Keys:
    return [[run[0], run[-1]]] if len(run) >= _RUN else list(run)
