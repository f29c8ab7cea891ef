"""Places on a picture. The real control is a list of the places; script lets the taker tap the picture itself."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from cms.sanitise import plain_text
from quizzes.grading.choices import mark_ticks
from quizzes.types.base import Answer, Content, InvalidAnswer
from quizzes.types.choices import ChoiceType, nfc
from quizzes.types.materials import PICTURE, freeze_materials
from quizzes.types.several_answers import MARKINGS
from quizzes.types.stem import key_of_item

SIDES = ("x", "y", "width", "height", "radius")


def _percent(label: str, help_text: str = "", *, required: bool = False) -> blocks.FloatBlock:
    return blocks.FloatBlock(label=label, help_text=help_text, required=required, min_value=0, max_value=100)


class AreaBlock(blocks.StructBlock):
    label = blocks.CharBlock(
        label=_("Name in the list"), max_length=120, help_text=_("For those who choose from the list. Do not give the answer away."))
    shape = blocks.ChoiceBlock(label=_("Shape"), choices=[("rectangle", _("Rectangle")), ("circle", _("Circle"))], default="rectangle")
    x = _percent(_("From the left, in percent"), _("Of the left edge of a rectangle, or of the middle of a circle."), required=True)
    y = _percent(_("From the top, in percent"), _("Of the upper edge of a rectangle, or of the middle of a circle."), required=True)
    width = _percent(_("Width, in percent"))
    height = _percent(_("Height, in percent"))
    radius = _percent(_("Radius of the circle, in percent of the picture's width"))
    is_right = blocks.BooleanBlock(label=_("Right"), required=False)
    feedback = blocks.CharBlock(label=_("Feedback when chosen"), max_length=400, required=False)

    def clean(self, value):
        value = super().clean(value)
        needed = ["radius"] if value["shape"] == "circle" else ["width", "height"]
        errors = {side: ValidationError(_("Give a number above 0.")) for side in needed if not value[side]}
        if value["shape"] != "circle":
            for start, length in (("x", "width"), ("y", "height")):
                if (value[start] or 0) + (value[length] or 0) > 100:
                    errors[length] = ValidationError(_("The area reaches beyond the picture."))
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return value

    class Meta:
        icon = "crosshairs"
        label = _("Area")


class Hotspot(ChoiceType):
    name = "hotspot"
    take_template = "quizzes/types/hotspot.html"
    review_template = "quizzes/types/hotspot_review.html"
    # Until the content says that one area alone is right.
    multiple = True

    options = None
    image = ImageChooserBlock(label=_("Picture"))
    alt_text = blocks.CharBlock(
        label=_("Description"), max_length=250, help_text=_("What the picture shows, for those who cannot see it. Do not give the answer away."))
    areas = blocks.ListBlock(AreaBlock(), label=_("Areas"), min_num=2, max_num=12)
    outlined = blocks.BooleanBlock(
        label=_("Outline and number all areas"), required=False, default=True,
        help_text=_("Right and wrong ones alike. Without it an area is seen only once it was tapped."))
    marking = blocks.ChoiceBlock(
        label=_("Marking"), default="partial", choices=MARKINGS, help_text=_("Counts only where several areas are right."))

    def freeze(self, value: blocks.StructValue) -> Content:
        areas = [self._freeze_area(item, number) for number, item in enumerate(value["areas"].bound_blocks)]
        return {
            "stem": nfc(value["stem"].source), "materials": freeze_materials(value.get("materials")),
            "picture": self._freeze_picture(value), "outlined": bool(value["outlined"]), "marking": value["marking"],
            "multiple": sum(area["right"] for area in areas) > 1, "options": areas,
        }

    @staticmethod
    def _freeze_area(item, number: int) -> dict:
        area = item.value
        return {
            "key": key_of_item(item, number), "text": nfc(area["label"]), "right": bool(area["is_right"]), "feedback": nfc(area["feedback"] or ""),
            "materials": [], "shape": area["shape"], **{side: float(area[side] or 0) for side in SIDES}}

    @staticmethod
    def _freeze_picture(value: blocks.StructValue) -> dict:
        if not value["image"]:
            return {}
        picture = value["image"].get_rendition(PICTURE)
        return {"url": picture.url, "width": picture.width, "height": picture.height, "alt": nfc(value["alt_text"])}

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        answer = super().clean_answer(content, answer)
        if not content["multiple"] and len(answer.get("chosen", [])) > 1:
            raise InvalidAnswer(_("Choose one answer only."))
        return answer

    def view(self, content: Content, order: list[str], answer: Answer) -> dict:
        """Return the options as `ChoiceType` does, numbered in this taker's order where areas are outlined, each with its shape in pixels."""
        view = super().view(content, order, answer)
        for number, option in enumerate(view["options"], start=1):
            option["number"], option["drawn"] = number, _drawn(option, content["picture"])
            if content["outlined"]:
                option["text"] = f"{number}. {option['text']}"
        # Beneath small areas no large one may lie: what was tapped is the one on top.
        view["areas"] = sorted(view["options"], key=_size, reverse=True) if content["picture"] else []
        view["badge"] = round(content["picture"]["width"] / 28) if content["picture"] else 0
        return view

    def mark(self, content: Content, answer: Answer) -> float:
        right = [option["key"] for option in content["options"] if option["right"]]
        wrong = [option["key"] for option in content["options"] if not option["right"]]
        return mark_ticks(content["marking"] if content["multiple"] else "all", right, wrong, answer.get("chosen", []))

    def clean(self, value):
        # Not ChoiceType's, which looks at options.
        value = blocks.StructBlock.clean(self, value)
        errors, right = {}, [bool(area["is_right"]) for area in value["areas"]]
        if not plain_text(value["stem"].source):
            errors["stem"] = ValidationError(_("Write the question."))
        if not any(right):
            errors["areas"] = ValidationError(_("Mark the right area."))
        elif all(right):
            errors["areas"] = ValidationError(_("Add an area that is not right, so that choosing everything earns nothing."))
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return value

    class Meta:
        icon = "crosshairs"
        label = _("Place on a picture")
        description = _("The taker taps a place on a picture, or chooses it from a list.")


def _drawn(area: dict, picture: dict) -> dict[str, str]:
    """Return the area in the picture's pixels, as SVG wants it: with points, whatever the reader's language does with decimals."""
    if not picture:
        return {}
    across, down = picture["width"] / 100, picture["height"] / 100
    x, y = area["x"] * across, area["y"] * down
    if area["shape"] == "circle":
        return {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{area['radius'] * across:.1f}", "label_x": f"{x:.1f}", "label_y": f"{y:.1f}"}
    width, height = area["width"] * across, area["height"] * down
    return {
        "x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}", "height": f"{height:.1f}",
        "label_x": f"{x + width / 2:.1f}", "label_y": f"{y + height / 2:.1f}"}


def _size(area: dict) -> float:
    return 3.14 * area["radius"] ** 2 if area["shape"] == "circle" else area["width"] * area["height"]
