"""A question of a survey: an opinion on a scale, a choice, or free words. It earns nothing, and nothing about it is right."""

from random import Random

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.types.base import Answer, Content, Fields, InvalidAnswer
from quizzes.types.choices import nfc
from quizzes.types.stem import StemType, key_of_item
from quizzes.types.written import clean_prose

MOST = 4000
SCALE = ("1", "2", "3", "4", "5")


class SurveyItem(StemType):
    name = "survey_item"
    take_template = "quizzes/types/survey_item.html"
    review_template = "quizzes/types/survey_item_review.html"
    earns_points = False

    form = blocks.ChoiceBlock(label=_("Answered by"), default="scale", choices=[
        ("scale", _("A scale from 1 to 5")), ("one", _("One of several options")), ("several", _("Any of several options")),
        ("text", _("Free words")),
    ])
    low_label = blocks.CharBlock(label=_("What 1 means"), max_length=60, required=False, help_text=_("For a scale only."))
    high_label = blocks.CharBlock(label=_("What 5 means"), max_length=60, required=False, help_text=_("For a scale only."))
    options = blocks.ListBlock(
        blocks.CharBlock(label=_("Option"), max_length=400), label=_("Options"), min_num=0, max_num=15, default=[],
        help_text=_("For a choice only."))

    def freeze(self, value: blocks.StructValue) -> Content:
        form = value["form"]
        if form == "scale":
            said = {"1": value["low_label"] or "", "5": value["high_label"] or ""}
            options = [{"key": key, "text": nfc(said.get(key, ""))} for key in SCALE]
        elif form == "text":
            options = []
        else:
            options = [{"key": key_of_item(item, number), "text": nfc(item.value)} for number, item in enumerate(value["options"].bound_blocks)]
        return {**super().freeze(value), "form": form, "options": options}

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        """A scale keeps its order."""
        keys = [option["key"] for option in content["options"]]
        if shuffle and content["form"] != "scale":
            random.shuffle(keys)
        return keys

    def read_form(self, fields: Fields) -> Answer:
        chosen = [value for value in fields.get("", []) if value]
        text = next((text for text in fields.get("text", []) if text.strip()), "")
        return ({"chosen": chosen} if chosen else {}) | ({"text": text} if text else {})

    def write_form(self, answer: Answer) -> Fields:
        return {"": answer.get("chosen", []), "text": [answer.get("text", "")]}

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        wanted = "text" if content["form"] == "text" else "chosen"
        if not isinstance(answer, dict) or set(answer) - {wanted}:
            raise InvalidAnswer
        if wanted == "text":
            text = clean_prose(answer.get("text", ""), MOST)
            return {"text": text} if text else {}
        chosen, known = answer.get("chosen", []), {option["key"] for option in content["options"]}
        if not isinstance(chosen, list) or not all(isinstance(key, str) and key in known for key in chosen):
            raise InvalidAnswer
        chosen = sorted(set(chosen))
        if content["form"] != "several" and len(chosen) > 1:
            raise InvalidAnswer(_("Choose one answer only."))
        return {"chosen": chosen} if chosen else {}

    def view(self, content: Content, order: list[str], answer: Answer) -> dict:
        chosen = set(answer.get("chosen", []))
        options = {option["key"]: {**option, "chosen": option["key"] in chosen} for option in content["options"]}
        return {"options": [options[key] for key in order if key in options], "text": answer.get("text", ""), "most_characters": MOST}

    def mark(self, content: Content, answer: Answer) -> float:
        return 0.0

    def faults(self, value: blocks.StructValue) -> dict[str, str]:
        if value["form"] in ("one", "several") and len(value["options"]) < 2:
            return {"options": _("Write at least two options.")}
        return {}

    class Meta:
        icon = "comment"
        label = _("Survey item")
        description = _("Asks for an opinion. It earns no points.")
