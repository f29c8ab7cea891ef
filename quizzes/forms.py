"""What comes in over the wire, turned into clean values; and the editor's form for categories."""

import json

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from quizzes.enums import StepKind
from quizzes.types.base import Fields
from vietnamese.text import clean

# A seq is milliseconds; this is the largest whole number that browsers hold exactly.
MAX_SEQ = 2**53 - 1
MAX_BODY = 64 * 1024


class CommandForm(forms.Form):
    """The frame of a command; the answer inside is for the question's type to read."""

    client_uuid = forms.UUIDField()
    seq = forms.IntegerField(min_value=0, max_value=MAX_SEQ)
    kind = forms.ChoiceField(choices=StepKind.choices, required=False)

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or StepKind.ANSWER


def fields_of(posted: QueryDict, name: str = "answer") -> Fields:
    """Return what a form says to one question, by part: the inputs called `name`, and those called `name` + "." + a part's key."""
    start = f"{name}."
    return {
        key.removeprefix(name).removeprefix("."): posted.getlist(key) for key in posted if key == name or key.startswith(start)}


class UnreadableBody(ValueError):
    """The body is no JSON object, or larger than any answer may be."""


def read_json(body: bytes) -> dict:
    """Turn the body of a request into a dict.

    :raises UnreadableBody: when it is no JSON object, or too large or too deep to be one of ours.
    """
    if len(body) > MAX_BODY:
        raise UnreadableBody
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableBody from error
    if not isinstance(data, dict):
        raise UnreadableBody
    return data


class CategoryForm(WagtailAdminModelForm):
    """A category, with its place in the tree."""

    parent = forms.ModelChoiceField(
        label=_("Under"), queryset=None, required=False, empty_label=_("(at the top)"),
        help_text=_("Drawing at random from a category takes those under it along."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        category = self._meta.model
        places = category.objects.order_by("path")
        if self.instance.pk:
            places = places.exclude(path__startswith=self.instance.path)
            self.fields["parent"].initial = self.instance.get_parent()
        self.fields["parent"].queryset = places
        self.fields["parent"].label_from_instance = lambda place: place.indented_name()

    def clean_name(self) -> str:
        return clean(self.cleaned_data["name"])

    def save(self, commit: bool = True):
        category, parent = self.instance, self.cleaned_data["parent"]
        if not commit:
            return category
        if category.pk is None:
            return parent.add_child(instance=category) if parent else type(category).add_root(instance=category)
        super().save()
        if parent != category.get_parent():
            self._move(category, parent)
        return category

    @staticmethod
    def _move(category, parent) -> None:
        if parent:
            category.move(parent, "sorted-child")
        else:
            category.move(type(category).get_first_root_node(), "sorted-sibling")
        category.refresh_from_db()
