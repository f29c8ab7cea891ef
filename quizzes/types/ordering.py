"""Things to put in order. Answer: {"places": {item: 1, …}}; items may be left out, a place given twice counts for nobody."""

from random import Random
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.grading.order import at_places, is_after_its_neighbour, mark_neighbours, mark_order
from quizzes.types.base import Answer, Content, Fields, InvalidAnswer
from quizzes.types.parts import clean_parts, read_parts, write_parts
from quizzes.types.stem import StemType, key_of_item, state_of
from vietnamese.text import clean

# Chance repeats itself this often at most before the order is turned by one instead.
SHUFFLES = 20


class Ordering(StemType):
    name = "ordering"
    take_template = "quizzes/types/ordering.html"
    review_template = "quizzes/types/ordering_review.html"

    items = blocks.ListBlock(
        blocks.CharBlock(label=_("Step"), max_length=300), label=_("In the right order"), min_num=2, max_num=12,
        help_text=_("The taker never sees them in this order at first."))
    marking = blocks.ChoiceBlock(
        label=_("Marking"), default="neighbours",
        choices=[("neighbours", _("A part for each step that comes right after the one before it")), ("all", _("All or nothing"))])

    def freeze(self, value: blocks.StructValue) -> Content:
        items = [{"key": key_of_item(item, number), "text": clean(item.value)} for number, item in enumerate(value["items"].bound_blocks)]
        return {**super().freeze(value), "items": items, "marking": value["marking"]}

    def draw_order(self, content: Content, random: Random, *, shuffle: bool) -> list[str]:
        """Return the keys shuffled, whatever the quiz says, and never in an order that reads right already."""
        texts = {item["key"]: item["text"] for item in content["items"]}
        keys, right = list(texts), list(texts.values())
        for _try in range(SHUFFLES):
            random.shuffle(keys)
            if [texts[key] for key in keys] != right:
                return keys
        return [*list(texts)[1:], *list(texts)[:1]]

    def read_form(self, fields: Fields) -> Answer:
        said = read_parts(fields, "places").get("places", {})
        # What is no small number stays as it is, for `clean_answer` to refuse.
        places = {key: int(place) if place.isascii() and place.isdigit() and len(place) < 4 else place for key, place in said.items()}
        return {"places": places} if places else {}

    def write_form(self, answer: Answer) -> Fields:
        return write_parts(answer, "places")

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        count = len(content["items"])

        def clean_place(place: Any) -> int:
            if type(place) is not int or not 1 <= place <= count:
                raise InvalidAnswer
            return place

        return clean_parts(answer, "places", [item["key"] for item in content["items"]], clean_place)

    def view(self, content: Content, order: list[str], answer: Answer) -> dict[str, Any]:
        """Return the items in this taker's order, in the order that they gave, each with what it is worth, and in the right one."""
        places = answer.get("places", {})
        right = [item["key"] for item in content["items"]]
        items = {
            item["key"]: {**item, "place": places.get(item["key"]), "state": self._state_of(content, right, places, item["key"])}
            for item in content["items"]
        }
        shown = [items[key] for key in order if key in items]
        return {
            "items": shown, "given": sorted(shown, key=lambda item: item["place"] or len(right) + 1), "right": content["items"],
            "places": range(1, len(right) + 1), "state": state_of(self.mark(content, answer)),
            "has_twins": len(at_places(places)) < len(places),
        }

    def _state_of(self, content: Content, right: list[str], places: dict[str, int], key: str) -> str:
        if content["marking"] == "all":
            return state_of(at_places(places).get(right.index(key) + 1) == key)
        return state_of(is_after_its_neighbour(right, places, key))

    def mark(self, content: Content, answer: Answer) -> float:
        right = [item["key"] for item in content["items"]]
        return (mark_order if content["marking"] == "all" else mark_neighbours)(right, answer.get("places", {}))

    def faults(self, value: blocks.StructValue) -> dict[str, str]:
        if len({clean(text) for text in value["items"]}) < len(value["items"]):
            return {"items": _("Two steps are the same, so nobody could tell which comes first.")}
        return {}

    class Meta:
        icon = "list-ol"
        label = _("Ordering")
        description = _("The taker puts steps in the right order.")
