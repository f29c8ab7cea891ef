"""The forms of whoever marks."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from quizzes.enums import MarkingState
from quizzes.selectors.marking import Filters, SheetQuestion, quizzes_to_mark
from vietnamese.numbers import InvalidNumber, shown, to_decimal
from vietnamese.text import clean


def _day_field(label) -> forms.DateField:
    """A day as it is written in Vietnam; a native calendar would follow the language of the browser and turn day and month round."""
    return forms.DateField(
        required=False, label=label, input_formats=["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y-%m-%d"],
        widget=forms.TextInput(attrs={"placeholder": "20/11/2026", "autocomplete": "off", "maxlength": 10}),
        error_messages={"invalid": _("Write the day as 20/11/2026.")})


class QuizChoice(forms.ModelChoiceField):
    def label_from_instance(self, quiz) -> str:
        return quiz.title


class MarkingFilterForm(forms.Form):
    """What the list of attempts is asked for; what is not understood is left out and said beside its field."""

    q = forms.CharField(
        required=False, max_length=120, label=_("Name, telephone, e-mail, receipt"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("no diacritics needed"), "autocomplete": "off"}))
    quiz = QuizChoice(None, required=False, to_field_name="uuid", label=_("Quiz"), empty_label=_("All"))
    state = forms.ChoiceField(choices=[("", _("All")), *MarkingState.choices], required=False, label=_("State"))
    passed = forms.ChoiceField(choices=[("", _("All")), ("yes", _("Passed")), ("no", _("Not passed"))], required=False, label=_("Result"))
    since = _day_field(_("Handed in from"))
    until = _day_field(_("Handed in until"))

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["quiz"].queryset = quizzes_to_mark(user)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
        self.is_valid()
        values = {name: self.cleaned_data.get(name) or None for name in self.fields}
        self.wanted = Filters(
            q=values["q"] or "", quiz=values["quiz"], state=values["state"] or "", passed=values["passed"] or "", since=values["since"],
            until=values["until"])

    def clean_q(self) -> str:
        return clean(self.cleaned_data["q"])

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] > cleaned["until"]:
            self.add_error("until", ValidationError(_("This day lies before the first one."), code="backwards"))
        return cleaned


class MarkForm(forms.Form):
    """Points and a comment for one answer, and how many marks it had when the form was drawn."""

    points = forms.CharField(label=_("Points"), max_length=20, widget=forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "class": "points"}))
    comment = forms.CharField(label=_("Comment for the taker"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput())

    def __init__(self, data=None, *, question: SheetQuestion, **kwargs):
        self.most = question.slot.max_points
        initial = {
            "points": "" if question.points is None else shown(question.points), "comment": question.slot.comment, "seen": len(question.marks)}
        super().__init__(data, initial=initial, **kwargs)
        self.fault = _("Write the points as a number from 0 to %(most)s, for example 0,5.") % {"most": shown(self.most)}
        self.fields["points"].help_text = _("From 0 to %(most)s, for example 0,5.") % {"most": shown(self.most)}
        self.fields["points"].error_messages |= {"required": self.fault}

    @classmethod
    def drafted(cls, typed: QueryDict, *, question: SheetQuestion) -> "MarkForm":
        """Return the form with what was typed so far, not judged yet."""
        form = cls(question=question)
        form.initial |= {name: typed.get(name, "") for name in form.fields}
        return form

    @property
    def says_nothing(self) -> bool:
        """Whether nothing was typed since the form was drawn."""
        return not {"points", "comment"} & set(self.changed_data)

    @property
    def mark(self) -> dict:
        """What was typed, as the service takes it."""
        fraction = min(1.0, float(self.cleaned_data["points"] / self.most))
        return {"fraction": fraction, "comment": self.cleaned_data["comment"], "seen": self.cleaned_data["seen"]}

    def clean_points(self) -> Decimal:
        try:
            points = to_decimal(self.cleaned_data["points"])
        except InvalidNumber:
            points = Decimal(-1)
        if not 0 <= points <= self.most:
            raise ValidationError(self.fault, code="points")
        return points

    def asked_again(self, seen: int) -> None:
        """Keep what was typed, and let it count the next time: its maker has now been told of the newest mark."""
        self.data = {**self.data.dict(), "seen": str(seen)}
