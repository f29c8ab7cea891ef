"""Blocks that every floor above may use: clean rich text, headings, pictures, legal citations."""

from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from cms.sanitise import sanitise


@dataclass(frozen=True)
class SampleFile:
    """What a block's template asks of a document, for the editor's preview: no file of the site is needed to show how one looks."""

    title: str
    url: str = "#"
    file_extension: str = "pdf"
    get_file_size: int = 184_320
    content_type: str = "application/pdf"


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
        preview_template = "blocks/previews/picture.html"


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

    def get_preview_value(self):
        document = apps.get_model("laws.LegalDocument")(
            title="Bộ luật Lao động", number="45/2019/QH14", slug="45-2019-qh14", in_force_from=date(2021, 1, 1))
        provision = apps.get_model("laws.Provision")(
            document=document, article="70", clause="1", text="Khi một bên yêu cầu, bên kia phải nhận lời thương lượng.")
        return self.normalize({"provision": provision, "text": ""})


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
