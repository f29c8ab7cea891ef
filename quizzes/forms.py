"""What comes in over the wire, turned into clean values; and the editor's form for categories."""

import json
from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from quizzes.enums import Layout, Mode, Navigation, StepKind, Sureness
from quizzes.grading.review import MOMENTS
from quizzes.types.base import Fields
from vietnamese.text import clean

# A seq is milliseconds; this is the largest whole number that browsers hold exactly.
MAX_SEQ = 2**53 - 1
MAX_BODY = 128 * 1024


class CommandForm(forms.Form):
    """The frame of a command; the answer inside is for the question's type to read."""

    client_uuid = forms.UUIDField()
    seq = forms.IntegerField(min_value=0, max_value=MAX_SEQ)
    kind = forms.ChoiceField(choices=StepKind.choices, required=False)

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or StepKind.ANSWER


class PageForm(CommandForm):
    """The plain form of a page of questions: what was pressed, and what was said beside the answer.

    Whatever makes no sense here counts as not said: an answer is never lost over a button.
    """

    go = forms.CharField(required=False)
    # "<position>:1" to set the flag, "<position>:0" to take it away.
    flag = forms.CharField(required=False)
    check = forms.CharField(required=False)
    is_checked = forms.BooleanField(required=False)

    def clean_check(self) -> int | None:
        return _small_number(self.cleaned_data["check"])

    def flag_at(self, position: int) -> bool | None:
        """Return what the flag of this question is set to, or None when its button was not pressed."""
        number, _colon, value = self.cleaned_data["flag"].rpartition(":")
        return {"1": True, "0": False}.get(value) if number in {"", str(position)} else None

    def sureness(self, name: str) -> int | None:
        """Return how sure the taker is of the answer in the input of this name, or None when nothing was said."""
        value = _small_number(self.data.get(f"{name}-sure", ""))
        return value if value in Sureness.values else None


def _small_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None


def numbers_of(posted: QueryDict) -> list[int]:
    """Return the positions of the questions that a form of all questions holds."""
    return sorted({number for number in map(_small_number, posted.getlist("position")) if number})


def fields_of(posted: QueryDict, name: str = "answer") -> Fields:
    """Return what a form says to one question, by part: the inputs called `name`, and those called `name` + "." + a part's key."""
    start = f"{name}."
    return {key.removeprefix(name).removeprefix("."): posted.getlist(key) for key in posted if key == name or key.startswith(start)}


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


def read_fields(value: object) -> Fields | None:
    """Return the fields that a script sent, by part already; None when it sent the answer itself.

    :raises UnreadableBody: when they are no lists of texts.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(texts, list) and all(isinstance(text, str) for text in texts) for texts in value.values()):
        raise UnreadableBody
    return value


class QuizForm(WagtailAdminModelForm):
    """A quiz as its author thinks of it: minutes and percent, and the table of what is shown as rows of ticks."""

    pass_percent_typed = forms.DecimalField(label=_("Pass mark in percent"), min_value=0, max_value=100, max_digits=4, decimal_places=1)
    time_limit_minutes = forms.DecimalField(
        label=_("Time limit in minutes"), min_value=Decimal("0.5"), max_value=1440, decimal_places=1, required=False,
        help_text=_("Empty means without limit. A contest usually has 20 questions in 20 minutes."))
    grace_minutes = forms.DecimalField(
        label=_("Grace in minutes"), min_value=0, max_value=60, decimal_places=1, initial=2,
        help_text=_("How long after the deadline answers may still arrive that were given before it, for example after an outage."))
    retry_delay_minutes = forms.IntegerField(
        label=_("Pause between attempts in minutes"), min_value=0, max_value=60 * 24 * 366, initial=0, required=False)
    shown_during = forms.MultipleChoiceField(label=_("After each answer"))
    shown_after_failure = forms.MultipleChoiceField(label=_("After a failed attempt"))
    shown_after_pass = forms.MultipleChoiceField(label=_("After a passed attempt"))
    shown_after_close = forms.MultipleChoiceField(label=_("Once the quiz is closed"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        quiz = self.instance
        self._start("pass_percent_typed", quiz.pass_fraction * 100)
        self._start("time_limit_minutes", Decimal(quiz.time_limit_seconds) / 60 if quiz.time_limit_seconds else None)
        self._start("grace_minutes", Decimal(quiz.grace_seconds) / 60)
        self._start("retry_delay_minutes", quiz.retry_delay_seconds // 60)
        for moment in MOMENTS:
            field = self.fields.get(f"shown_{moment}")
            if field is not None:
                field.required, field.widget = False, forms.CheckboxSelectMultiple()
                field.choices = FACT_NAMES
                self._start(f"shown_{moment}", quiz.review_table.get(moment, []))

    def _start(self, name: str, value) -> None:
        if name in self.fields and value is not None:
            self.fields[name].initial = value.normalize() if isinstance(value, Decimal) else value

    def clean_join_code(self) -> str:
        code = "".join(letter for letter in self.cleaned_data["join_code"].upper() if letter.isalnum())
        if code and len(code) < 4:
            raise forms.ValidationError(_("At least four letters or numbers."))
        return code

    def clean(self) -> dict:
        data = super().clean()
        if data.get("opens_at") and data.get("closes_at") and data["opens_at"] >= data["closes_at"]:
            self.add_error("closes_at", _("A quiz closes after it opens."))
        if data.get("mode") == Mode.CONTEST and "join_code" in self.fields and not data.get("join_code"):
            self.add_error("join_code", _("A contest needs a code to join."))
        if data.get("layout") == Layout.ALL and data.get("navigation") == Navigation.FORWARD:
            self.add_error("navigation", _("Forward only needs one question a page."))
        return data

    def save(self, commit: bool = True):
        quiz, data = self.instance, self.cleaned_data
        if data.get("pass_percent_typed") is not None:
            quiz.pass_fraction = data["pass_percent_typed"] / 100
        if "time_limit_minutes" in data:
            quiz.time_limit_seconds = int(data["time_limit_minutes"] * 60) if data["time_limit_minutes"] else None
        if data.get("grace_minutes") is not None:
            quiz.grace_seconds = int(data["grace_minutes"] * 60)
        if "retry_delay_minutes" in data:
            quiz.retry_delay_seconds = (data["retry_delay_minutes"] or 0) * 60
        quiz.review_table = {moment: data[f"shown_{moment}"] for moment in MOMENTS if f"shown_{moment}" in data}
        return super().save(commit)


FACT_NAMES = [
    ("own_answer", _("own answer")), ("correctness", _("right or wrong")), ("right_answer", _("right answer")), ("explanation", _("explanation")),
    ("mark", _("mark")),
]


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
