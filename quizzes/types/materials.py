"""What may stand with a question or an option beside its words: a picture, a recording, an article of a law."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from laws.models import Provision

# Wide enough for a phone in double density, and for the column of a desktop.
PICTURE = "width-1080|format-webp"


class QuestionPictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Picture"))
    alt_text = blocks.CharBlock(
        label=_("Description"), max_length=250, help_text=_("What the picture shows, for those who cannot see it. Do not give the answer away."))
    caption = blocks.CharBlock(label=_("Caption"), max_length=250, required=False)

    class Meta:
        icon = "image"
        label = _("Picture")


class QuestionAudioBlock(blocks.StructBlock):
    file = DocumentChooserBlock(label=_("Recording"), help_text=_("An MP3 or M4A file."))
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    transcript = blocks.TextBlock(label=_("What is said"), required=False, help_text=_("For those who cannot hear it."))

    class Meta:
        icon = "media"
        label = _("Recording")


class MaterialsBlock(blocks.StreamBlock):
    picture = QuestionPictureBlock()
    audio = QuestionAudioBlock()
    provision = SnippetChooserBlock("laws.Provision", label=_("Article of a law"), icon="openquote")

    class Meta:
        label = _("Pictures, recordings, articles")
        required = False
        collapsed = True


def cited(provision: Provision) -> dict[str, Any]:
    """Return what a reader is shown of a place in the law. No query when its document was loaded with it."""
    begins, ends = provision.begins_on, provision.ends_on
    return {
        "provision": provision.pk,
        "place": provision.place,
        "document": provision.document.title,
        "number": provision.document.number,
        "url": provision.get_absolute_url(),
        "in_force_from": begins.isoformat() if begins else None,
        "in_force_until": ends.isoformat() if ends else None,
    }


def freeze_materials(value) -> list[dict[str, Any]]:
    """Return the materials as plain JSON, addresses written out; what was deleted since is left out. Queries for what it names."""
    frozen = []
    for block in value or []:
        match block.block_type:
            case "picture" if block.value["image"]:
                picture = block.value["image"].get_rendition(PICTURE)
                frozen.append({
                    "kind": "picture", "url": picture.url, "width": picture.width, "height": picture.height,
                    "alt": block.value["alt_text"], "caption": block.value["caption"] or ""})
            case "audio" if block.value["file"]:
                file = block.value["file"]
                frozen.append({
                    "kind": "audio", "url": file.url, "type": file.content_type, "title": block.value["title"],
                    "transcript": block.value["transcript"] or ""})
            case "provision" if block.value:
                frozen.append({"kind": "law", "text": block.value.text, **cited(block.value)})
    return frozen
