"""What a design is made of: blocks that are placed by millimetres from the top left corner, in the order in which they are read out."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

_ALIGN = [("left", pgettext_lazy("design", "left")), ("center", pgettext_lazy("design", "centred")), ("right", pgettext_lazy("design", "right"))]
_STAND = [("top", _("at the top")), ("middle", _("in the middle")), ("bottom", _("at the bottom"))]
_FACES = [("sans", "Be Vietnam Pro"), ("serif", "Source Serif 4")]
_WEIGHTS = [("400", _("regular")), ("600", _("semibold")), ("700", _("bold"))]
_COLOURS = [
    ("ink", _("ink")), ("soft", _("soft ink")), ("blue", _("union blue")), ("red", _("lacquer red")), ("gold", _("old gold")), ("black", _("black")),
]
_RULE_COLOURS = [*_COLOURS, ("hairline", _("pale hairline"))]
_FACTS = [
    ("thời gian", "Thời gian"), ("số giờ", "Thời lượng"), ("hình thức", "Hình thức"), ("xếp loại", "Xếp loại"), ("hết hạn", "Có giá trị đến"),
]


def _millimetres(label, default: float, **limits) -> blocks.DecimalBlock:
    return blocks.DecimalBlock(label=label, decimal_places=1, default=default, **{"min_value": 0, "max_value": 297, **limits})


class _Placed(blocks.StructBlock):
    x = _millimetres(_("from the left (mm)"), 30)
    y = _millimetres(_("from the top (mm)"), 30)
    width = _millimetres(_("width (mm)"), 100, min_value=1)
    height = _millimetres(_("height (mm)"), 10, min_value=1)

    class Meta:
        form_classname = "struct-block placed-block"


class _Lettered(_Placed):
    align = blocks.ChoiceBlock(label=_("side"), choices=_ALIGN, default="center")
    face = blocks.ChoiceBlock(label=_("typeface"), choices=_FACES, default="sans")
    size = _millimetres(_("letters (mm)"), 4.4, min_value=1.5, max_value=30)


class WordsBlock(_Lettered):
    words = blocks.TextBlock(
        label=_("words"), rows=3,
        help_text=_("Fields stand in braces: {họ tên}; in capitals, {HỌ TÊN}, their words are printed in capitals. A line whose fields are all empty is "
                    "left out, and so is a part in [brackets] that lacks a field."))
    stand = blocks.ChoiceBlock(label=_("stands in its box"), choices=_STAND, default="middle")
    weight = blocks.ChoiceBlock(label=_("weight"), choices=_WEIGHTS, default="400")
    colour = blocks.ChoiceBlock(label=_("colour"), choices=_COLOURS, default="ink")
    tracking = _millimetres(_("between letters (mm)"), 0, max_value=5)
    shrink_to = blocks.IntegerBlock(
        label=_("keep on one line down to (%)"), default=75, min_value=30, max_value=100,
        help_text=_("Long words shrink this far before they are broken over more lines. For names about 50."))
    is_title = blocks.BooleanBlock(label=_("this is the title of the paper"), required=False)

    class Meta:
        icon = "title"
        label = _("Words and fields")
        group = _("Words")
        description = _("A line or several, fixed or with fields of the person, the course and the paper.")


class IssuerBlock(_Lettered):
    """The block at the top left of union papers."""

    class Meta:
        icon = "home"
        label = _("Head of the issuing unit")
        group = _("Words")
        description = _("Upper body, issuing body in bold capitals, and the short rule under them.")


class MottoBlock(_Lettered):
    class Meta:
        icon = "pilcrow"
        label = _("National name and motto")
        group = _("Words")
        description = _("The two lines at the top right, with their rule. Not printed onto forms.")


class FactsBlock(_Lettered):
    facts = blocks.MultipleChoiceBlock(label=_("facts"), choices=_FACTS, default=[name for name, _label in _FACTS[:4]])

    class Meta:
        icon = "table"
        label = _("Row of facts")
        group = _("Words")
        description = _("Facts side by side between two hairlines; one that is missing leaves its room to the others.")


class SignerBlock(_Lettered):
    number = blocks.IntegerBlock(
        label=_("which signer"), default=1, min_value=1, max_value=6,
        help_text=_("1 is the one of the issuing unit, 2 and on its further signatories. Without such a signer nothing is printed."))
    room = _millimetres(_("room for signature and seal (mm)"), 24, max_value=60)
    with_picture = blocks.BooleanBlock(label=_("print the picture of the signature"), required=False)

    class Meta:
        icon = "user"
        label = _("Signer")
        group = _("Words")
        description = _("Lines such as “TM. BAN CHẤP HÀNH”, “KT. CHỦ TỊCH”, room for a wet signature and the seal, and the name.")


class PaperPictureBlock(_Placed):
    image = ImageChooserBlock(label=_("picture"))
    alt_text = blocks.CharBlock(
        label=_("what it shows"), required=False, max_length=250, help_text=_("Read out to those who cannot see it; empty when it is only decoration."))

    class Meta:
        icon = "image"
        label = _("Picture")
        group = _("Pictures")
        description = _("An emblem, a seal, a signature.")


class QRBlock(_Placed):
    class Meta:
        icon = "grip"
        label = _("QR code")
        group = _("Pictures")
        description = _("Address of the verification page and the signed words. At least 22 mm; 27 is safe.")


class RuleBlock(blocks.StructBlock):
    x = _millimetres(_("from the left (mm)"), 30)
    y = _millimetres(_("from the top (mm)"), 30)
    width = _millimetres(_("length (mm)"), 100, min_value=1)
    thickness = blocks.DecimalBlock(label=_("thickness (mm)"), default=0.3, min_value=0.1, max_value=5, decimal_places=2)
    colour = blocks.ChoiceBlock(label=_("colour"), choices=_RULE_COLOURS, default="ink")

    class Meta:
        icon = "minus"
        label = _("Rule")
        group = _("Pictures")
        form_classname = "struct-block placed-block"


class DesignBlocks(blocks.StreamBlock):
    words = WordsBlock()
    issuer = IssuerBlock()
    motto = MottoBlock()
    facts = FactsBlock()
    signer = SignerBlock()
    picture = PaperPictureBlock()
    qr = QRBlock()
    rule = RuleBlock()
