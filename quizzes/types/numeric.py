"""A number, typed as it is written in Vietnam (vietnamese.numbers). Answer: {"typed": "1.234,50", "number": "1234.5"}."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.grading.numbers import Target, best_target, mark_number
from quizzes.types.base import Answer, Content, Fields, InvalidAnswer
from quizzes.types.choices import nfc
from quizzes.types.stem import StemType, state_of
from quizzes.types.texts import clean_text, fraction_block, said_in
from vietnamese.numbers import InvalidNumber, canonical, shown, to_decimal
from vietnamese.text import clean


class AcceptedNumberBlock(blocks.StructBlock):
    value = blocks.DecimalBlock(label=_("Number"), max_digits=20, decimal_places=8)
    tolerance = blocks.DecimalBlock(
        label=_("May differ by"), default=0, min_value=0, max_digits=20, decimal_places=8, help_text=_("0: exactly this number."))
    measure = blocks.ChoiceBlock(
        label=_("Measured"), default="absolute", choices=[("absolute", _("in units of the number")), ("percent", _("in percent of the number"))])
    fraction = fraction_block()
    feedback = blocks.CharBlock(label=_("Feedback"), max_length=400, required=False)

    class Meta:
        icon = "placeholder"
        label = _("Number")


class Numeric(StemType):
    name = "numeric"
    take_template = "quizzes/types/numeric.html"
    review_template = "quizzes/types/numeric_review.html"

    accepted = blocks.ListBlock(
        AcceptedNumberBlock(), label=_("Accepted numbers"), min_num=1, max_num=20,
        help_text=_("A number near to several of them earns the most that one of them gives."))
    unit = blocks.CharBlock(label=_("Unit"), max_length=40, required=False, help_text=_("Shown after the field, for example: ngày, %, đồng."))

    def freeze(self, value: blocks.StructValue) -> Content:
        accepted = [
            {
                "value": canonical(item["value"]), "tolerance": canonical(item["tolerance"] or Decimal(0)), "measure": item["measure"],
                "fraction": float(item["fraction"]), "feedback": nfc(item["feedback"] or ""),
            }
            for item in value["accepted"]
        ]
        return {**super().freeze(value), "accepted": accepted, "unit": clean(value["unit"] or "")}

    def read_form(self, fields: Fields) -> Answer:
        typed = said_in(fields)
        if not typed:
            return {}
        try:
            return {"typed": typed, "number": canonical(to_decimal(typed))}
        except InvalidNumber:
            # Perhaps the unit was typed too; what cannot be read is refused by `clean_answer`.
            return {"typed": typed}

    def write_form(self, answer: Answer) -> Fields:
        return {"": [answer["typed"]]} if answer else {}

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        if answer == {}:
            return {}
        if not isinstance(answer, dict) or not {"typed"} <= set(answer) <= {"typed", "number"}:
            raise InvalidAnswer
        typed = _without_unit(clean_text(answer["typed"]), content.get("unit", ""))
        if not typed:
            return {}
        try:
            number = canonical(to_decimal(typed))
        except InvalidNumber:
            raise InvalidAnswer(_("Write a number, for example 1.234,5.")) from None
        if answer.get("number", number) != number:
            raise InvalidAnswer
        return {"typed": typed, "number": number}

    def view(self, content: Content, order: list[str], answer: Answer) -> dict[str, Any]:
        """Return what was typed, how it was read, what it is worth, the accepted number that it is near to, and the right one to show."""
        accepted = [
            {**item, "shown": shown(Decimal(item["value"])), "off": shown(Decimal(item["tolerance"])) if item["tolerance"] != "0" else "",
             "state": state_of(item["fraction"])}
            for item in content["accepted"]
        ]
        # A page shows again what was typed and could not be read.
        number = Decimal(answer["number"]) if "number" in answer else None
        place = None if number is None else best_target(_targets(content), number)
        return {
            "typed": answer.get("typed", ""), "read": "" if number is None else shown(number),
            "state": state_of(self.mark(content, answer)), "matched": None if place is None else accepted[place],
            "accepted": accepted, "right": next((item for item in accepted if item["fraction"] >= 1), None),
        }

    def mark(self, content: Content, answer: Answer) -> float:
        return mark_number(_targets(content), Decimal(answer["number"])) if "number" in answer else 0.0

    def faults(self, value: blocks.StructValue) -> dict[str, str]:
        if not any(item["fraction"] == 1 for item in value["accepted"]):
            return {"accepted": _("Give at least one number all the points (1).")}
        return {}

    class Meta:
        icon = "decimal"
        label = _("Number")
        description = _("The taker types a number; it may differ by as much as you say.")


def _targets(content: Content) -> list[Target]:
    return [
        Target(Decimal(item["value"]), Decimal(item["tolerance"]), item["measure"] == "percent", item["fraction"])
        for item in content["accepted"]
    ]


def _without_unit(typed: str, unit: str) -> str:
    """The unit stands after the field already; whoever types it once more has still given the number."""
    if unit and typed.casefold().endswith(unit.casefold()) and any(sign.isdigit() for sign in typed[:-len(unit)]):
        return typed[:-len(unit)].rstrip()
    return typed
