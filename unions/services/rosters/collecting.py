"""Python's search for rings of objects, which looks at everything again and again while many objects are made that stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Objects that are made before the young ones are looked through; Python's own number is 700.
_YOUNG = 50_000


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """Look for rings seldom while this lasts: reading a list of 50,000 people then takes half the time. Rings are still found, and memory stays bounded."""
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
