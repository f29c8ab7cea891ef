"""Blocks that every floor above may use: clean rich text, headings, pictures, legal citations."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from cms.sanitise import sanitise


class CleanRichTextBlock(blocks.RichTextBlock):
    """Rich text that passes the one allow-list before it is stored."""

    def get_prep_value(self, value):
        return sanitise(super().get_prep_value(value))

    class Meta:
        icon = "pilcrow"


class HeadingBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Heading"), max_length=140)
    level = blocks.ChoiceBlock(label=_("Level"), choices=[("h2", _("Section")), ("h3", _("Part of a section"))], default="h2")

    class Meta:
        icon = "title"
        label = _("Heading")
        group = _("Text")
        template = "blocks/heading.html"
        description = _("Begins a new part; the outline of the lesson is made of these.")
        preview_value = {"text": "Bốn mốc cần nhớ", "level": "h2"}


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Picture"))
    alt_text = blocks.CharBlock(label=_("What the picture shows"), max_length=250, help_text=_("Read out to those who cannot see it."))
    caption = blocks.CharBlock(label=_("Caption"), max_length=250, required=False)

    class Meta:
        icon = "image"
        label = _("Picture")
        group = _("Media")
        template = "blocks/picture.html"
        description = _("A photo or a drawing, with its caption.")


class CitationBlock(blocks.StructBlock):
    """A place in a legal document; its dates come from the document, not from the author."""

    provision = SnippetChooserBlock("laws.Provision", label=_("Article"))
    text = blocks.TextBlock(label=_("In our words"), required=False, help_text=_("Empty: the words kept with the article are shown."))

    class Meta:
        icon = "openquote"
        label = _("Legal citation")
        group = _("Law")
        template = "blocks/citation.html"
        description = _("An article of a law, what it says in plain words, and whether it is in force today.")


class CitationsBlock(blocks.StreamBlock):
    provision = SnippetChooserBlock("laws.Provision", label=_("Article"), icon="openquote")

    class Meta:
        required = False


class PageBodyBlock(blocks.StreamBlock):
    """What an information page is made of."""

    heading = HeadingBlock()
    text = CleanRichTextBlock(label=_("Text"), group=_("Text"), features=["bold", "ol", "ul", "link", "document-link"], template="blocks/text.html",
                              preview_value="<p>Kể từ ngày nhận, hai bên có bảy ngày làm việc để thống nhất nơi họp và giờ họp.</p>",
                              description=_("Paragraphs and lists."))
    picture = PictureBlock()
