"""Saving without the two indexes of the editor: to note the words of a row and what it uses costs three times as much as the row."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from wagtail.signal_handlers import disable_reference_index_auto_update


@contextmanager
def unsearched() -> Iterator[None]:
    """Save what nobody will look for by its words, and what uses nothing."""
    with unreferenced(), mock.patch("modelsearch.signal_handlers.insert_or_update_object_task"):
        yield


# Save what uses nothing: no page, picture or article.
unreferenced = disable_reference_index_auto_update
