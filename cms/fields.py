"""Model fields that hold HTML: cleaned when saved, never per request."""

from wagtail.blocks import StreamValue
from wagtail.fields import RichTextField, StreamField

from cms.sanitise import sanitise


class PreparedText(str):
    """HTML that came out of the gates before: written as it is. The same holds for it as for `PreparedStream`."""


class CleanRichTextField(RichTextField):
    """Rich text that passes the one allow-list before it reaches the database."""

    def get_prep_value(self, value):
        if isinstance(value, PreparedText):
            return str(value)
        value = super().get_prep_value(value)
        return sanitise(value) if value else value


class PreparedStream(StreamValue):
    """Blocks whose JSON came out of `get_prep_value` of these very blocks before: written as it is, without passing their gates once more.

    For many rows at once, prepared beforehand. Whoever makes one answers for it that nobody else had a hand in the JSON.
    """

    def __init__(self, stream_block, prepared: list[dict]):
        super().__init__(stream_block, prepared, is_lazy=True)
        self.prepared = prepared


class CleanStreamField(StreamField):
    """Blocks of which each is prepared for the database, however it was set.

    Wagtail writes blocks that nobody has looked at back as they came, so that what an import puts in would go past the blocks' gates.
    """

    def get_prep_value(self, value):
        if isinstance(value, PreparedStream):
            return value.prepared
        if isinstance(value, StreamValue):
            _look_at_all(value)
        return super().get_prep_value(value)

    def deconstruct(self):
        # To the database it is a StreamField: changing to it takes no migration.
        name, _path, args, kwargs = super().deconstruct()
        return name, "wagtail.fields.StreamField", args, kwargs


def _look_at_all(value) -> None:
    """Turn every block, on every level, into its own value: after that each is prepared by its block."""
    children = [child.value for child in value] if isinstance(value, StreamValue) else value.values() if isinstance(value, dict) else value
    for child in children:
        if isinstance(child, StreamValue | dict | list) or hasattr(child, "bound_blocks"):
            _look_at_all(child)
