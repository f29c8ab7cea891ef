"""The forms of whoever marks."""

from decimal import Decimal
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from quizzes.enums import MarkingState, Settling
from quizzes.grading.rubrics import fraction_of_line
from quizzes.selectors.marking import Criterion, Filters, SheetQuestion, groups_to_mark, questions_to_mark, quizzes_to_mark
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


class QuestionChoice(forms.ModelChoiceField):
    def label_from_instance(self, question) -> str:
        return Truncator(str(question)).chars(70)


class MarkingFilterForm(forms.Form):
    """What the list of attempts is asked for; what is not understood is left out and said beside its field."""

    q = forms.CharField(
        required=False, max_length=120, label=_("Name, telephone, e-mail, receipt"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("no diacritics needed"), "autocomplete": "off"}))
    quiz = QuizChoice(None, required=False, to_field_name="uuid", label=_("Quiz"), empty_label=_("All"))
    question = QuestionChoice(None, required=False, to_field_name="uuid", label=_("Only answers to one question"), empty_label=_("All"))
    group = forms.ModelChoiceField(None, required=False, to_field_name="name", label=_("Class"), empty_label=_("All"))
    state = forms.ChoiceField(choices=[("", _("All")), *MarkingState.choices], required=False, label=_("State"))
    waits = forms.ChoiceField(choices=[("", _("All")), *Settling.choices], required=False, label=_("What it waits for"))
    passed = forms.ChoiceField(choices=[("", _("All")), ("yes", _("Passed")), ("no", _("Not passed"))], required=False, label=_("Result"))
    since = _day_field(_("Handed in from"))
    until = _day_field(_("Handed in until"))

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["quiz"].queryset = quizzes_to_mark(user)
        self.fields["group"].queryset = groups_to_mark(user)
        self.fields["question"].queryset = questions_to_mark(user, self._quiz(), _uuid(data.get("question")))
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
        self.is_valid()
        values = {name: self.cleaned_data.get(name) or None for name in self.fields}
        self.wanted = Filters(**{name: values[name] or "" for name in ("q", "state", "waits", "passed")}, **{
            name: values[name] for name in ("quiz", "question", "group", "since", "until")})

    def _quiz(self):
        """The quiz that is asked for, by which the questions are narrowed before anything is judged."""
        uuid = _uuid(self.data.get("quiz"))
        return self.fields["quiz"].queryset.filter(uuid=uuid).first() if uuid else None

    def clean_q(self) -> str:
        return clean(self.cleaned_data["q"])

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] > cleaned["until"]:
            self.add_error("until", ValidationError(_("This day lies before the first one."), code="backwards"))
        return cleaned


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


class MarkForm(forms.Form):
    """Points and a comment for one answer, and how many marks its marker knew of when the form was drawn.

    Where the question has criteria there is a field for each that a person marks, and none for the whole.
    """

    points = forms.CharField(label=_("Points"), max_length=20, widget=forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "class": "points"}))
    comment = forms.CharField(label=_("Comment for the taker"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput())

    def __init__(self, data=None, *, question: SheetQuestion, **kwargs):
        self.question, self.most = question, question.slot.max_points
        self.criteria = {f"criterion-{number}": one for number, one in enumerate(question.criteria) if one.points is None}
        super().__init__(data, initial=self._begins_with(), **kwargs)
        if self.criteria:
            del self.fields["points"]
            self.fields = {name: _points_field(one) for name, one in self.criteria.items()} | self.fields
        else:
            self.fields["points"].help_text = _("From 0 to %(most)s, for example 0,5.") % {"most": shown(self.most)}
            self.fields["points"].error_messages |= {"required": _fault(self.most)}

    def _begins_with(self) -> dict:
        mark, question = self.question.last, self.question
        given = mark.criteria if mark else {}
        lines = {
            name: shown((one.most * Decimal(repr(given[one.line.key]))).quantize(Decimal("0.001")))
            for name, one in self.criteria.items() if one.line.key in given}
        points = question.own_points if question.is_waiting else question.points
        comment = mark.comment if mark and question.is_waiting else "" if question.is_waiting else question.slot.comment
        return {"points": "" if points is None else shown(points), "comment": comment, "seen": len(question.marks), **lines}

    @classmethod
    def drafted(cls, typed: QueryDict, *, question: SheetQuestion) -> "MarkForm":
        """Return the form with what was typed so far, not judged yet."""
        form = cls(question=question)
        form.initial |= {name: typed.get(name, "") for name in form.fields}
        return form

    @property
    def rows(self) -> list[tuple[Criterion, forms.BoundField | None]]:
        """The rubric in its order, each line with its field; a line that the question itself has marked has none."""
        fields = {one.line.key: self[name] for name, one in self.criteria.items()}
        return [(one, fields.get(one.line.key)) for one in self.question.criteria] if self.criteria else []

    @property
    def says_nothing(self) -> bool:
        """Whether nothing was typed since the form was drawn."""
        return not {"points", "comment", *self.criteria} & set(self.changed_data)

    @property
    def mark(self) -> dict:
        """What was typed, as the service takes it."""
        kept = {"comment": self.cleaned_data["comment"], "seen": self.cleaned_data["seen"]}
        if not self.criteria:
            return {"fraction": min(1.0, float(self.cleaned_data["points"] / self.most)), **kept}
        return {
            "criteria": {one.line.key: fraction_of_line(one.line, self.cleaned_data[name], self.most) for name, one in self.criteria.items()},
            **kept}

    def clean(self) -> dict:
        cleaned = super().clean()
        for name, most in {name: one.most for name, one in self.criteria.items()}.items() if self.criteria else [("points", self.most)]:
            if name in cleaned and (points := _points(cleaned[name], most)) is not None:
                cleaned[name] = points
            elif name in cleaned:
                self.add_error(name, ValidationError(_fault(most), code="points"))
        return cleaned

    def asked_again(self, seen: int) -> None:
        """Keep what was typed, and let it count the next time: its maker has now been told of the newest mark."""
        self.data = {**self.data.dict(), "seen": str(seen)}


def _points_field(criterion: Criterion) -> forms.CharField:
    attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "input points", "data-most": str(criterion.most)}
    return forms.CharField(
        label=criterion.line.title, max_length=20, widget=forms.TextInput(attrs=attrs),
        help_text=_("From 0 to %(most)s.") % {"most": shown(criterion.most)}, error_messages={"required": _fault(criterion.most)})


def _fault(most: Decimal):
    return _("Write the points as a number from 0 to %(most)s, for example 0,5.") % {"most": shown(most)}


def _points(text: str, most: Decimal) -> Decimal | None:
    """Return points as they were typed; None when they are no number from 0 to the most."""
    try:
        points = to_decimal(text)
    except InvalidNumber:
        return None
    return points if 0 <= points <= most else None
