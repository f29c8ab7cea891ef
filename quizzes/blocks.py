"""Blocks of the question bank's and the quiz's editors."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from quizzes.enums import Difficulty
from quizzes.types import TYPES


class QuestionTypesBlock(blocks.StreamBlock):
    """Exactly one block: the question, of one of the known types."""

    def __init__(self, local_blocks=None, **kwargs):
        super().__init__(local_blocks or list(TYPES.items()), **kwargs)


class FixedSectionBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    questions = blocks.ListBlock(
        blocks.StructBlock([
            ("question", SnippetChooserBlock("quizzes.Question", label=_("Question"))),
            ("points", blocks.DecimalBlock(label=_("Points"), default=1, min_value=0, max_value=100, decimal_places=2)),
        ], label=_("Question")), label=_("Questions"))

    class Meta:
        icon = "list-ol"
        label = _("Chosen questions")


class DrawSectionBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    count = blocks.IntegerBlock(label=_("How many questions"), min_value=1, max_value=200)
    category = SnippetChooserBlock("quizzes.Category", label=_("From this category and those below it"))
    difficulty = blocks.ChoiceBlock(label=_("Difficulty"), choices=Difficulty.choices, required=False)
    tags = blocks.CharBlock(
        label=_("With one of these tags"), required=False, max_length=200, help_text=_("Separated by commas; empty means any."))
    points = blocks.DecimalBlock(label=_("Points for each"), default=1, min_value=0, max_value=100, decimal_places=2)

    class Meta:
        icon = "rotate"
        label = _("Drawn at random")


class SectionsBlock(blocks.StreamBlock):
    fixed = FixedSectionBlock()
    draw = DrawSectionBlock()
