"""What a design is made of: blocks that are placed by millimetres from the top left corner."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class _Placed(blocks.StructBlock):
    x = blocks.DecimalBlock(label=_("from the left (mm)"), min_value=0, max_value=420, decimal_places=1)
    y = blocks.DecimalBlock(label=_("from the top (mm)"), min_value=0, max_value=420, decimal_places=1)


class WordsBlock(_Placed):
    words = blocks.TextBlock(label=_("words"))

    class Meta:
        icon = "title"
        label = _("Words")


class DesignBlocks(blocks.StreamBlock):
    words = WordsBlock()
