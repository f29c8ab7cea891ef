"""The forms of whoever keeps the bank: where chosen questions are to go, which tags they get."""

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from quizzes.enums import Difficulty
from quizzes.models import Category, QuestionTag
from vietnamese.text import clean


class CategoryChoice(forms.ModelChoiceField):
    """A category of the tree, further to the right the deeper it stands."""

    def __init__(self, **kwargs):
        super().__init__(Category.objects.order_by("path"), **kwargs)

    def label_from_instance(self, category: Category) -> str:
        return category.indented_name()


class ChosenForm(forms.Form):
    """Questions that were ticked on a page, by uuid; the next thing to do with them is the button's."""

    question = forms.TypedMultipleChoiceField(coerce=UUID)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Whether they are there is for the service to find out.
        self.fields["question"].valid_value = _is_uuid


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class MoveForm(forms.Form):
    category = CategoryChoice(label=_("Into the category"))


class GradeForm(forms.Form):
    difficulty = forms.ChoiceField(label=_("Difficulty"), choices=Difficulty.choices)


class RetagForm(forms.Form):
    add = forms.CharField(label=_("Tags to add"), required=False, max_length=400, help_text=_("Separated by commas."))
    remove = forms.CharField(label=_("Tags to take away"), required=False, max_length=400, help_text=_("Separated by commas."))

    def clean_add(self) -> list[str]:
        return self._names("add")

    def clean_remove(self) -> list[str]:
        return self._names("remove")

    def _names(self, field: str) -> list[str]:
        names = list(dict.fromkeys(name for part in self.cleaned_data[field].split(",") if (name := clean(part))))
        most = QuestionTag._meta.get_field("name").max_length
        if any(len(name) > most for name in names):
            raise ValidationError(_("A tag has at most %(count)s letters."), params={"count": most})
        return names

    def clean(self) -> dict:
        cleaned = super().clean()
        if not self.errors and not cleaned.get("add") and not cleaned.get("remove"):
            raise ValidationError(_("Name at least one tag."))
        return cleaned
