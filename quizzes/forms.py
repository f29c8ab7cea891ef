"""What comes in over the wire, turned into clean values; and the editor's form for categories."""

import json
from datetime import datetime
from decimal import Decimal
from unicodedata import category

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from quizzes.codes import alike, normalise
from quizzes.enums import Layout, MarkingState, Mode, Navigation, Review, StepKind, Sureness
from quizzes.grading.review import MOMENTS
from quizzes.selectors.marking import Filters, SheetQuestion, quizzes_to_mark
from quizzes.types.base import Fields
from vietnamese.numbers import InvalidNumber, shown, to_decimal
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


class ContestForm(forms.Form):
    """The name under which somebody stands in a contest's ranking."""

    shown_name = forms.CharField(label=_("Name in the ranking"), max_length=80, strip=False)

    def __init__(self, data=None, *, user):
        super().__init__(data, initial={"shown_name": user.full_name[:80] if user.is_authenticated else ""})
        self.own_name = self.initial["shown_name"]
        field = self.fields["shown_name"]
        field.required = not user.is_authenticated
        field.widget.attrs["autocomplete"] = "name"
        field.help_text = _("Everybody sees it. Left empty, your own name stands there.") if self.own_name else _(
            "Everybody sees it, for example “Mai, tổ may 3”.")

    def clean_shown_name(self) -> str:
        typed = self.cleaned_data["shown_name"]
        if any(category(letter)[0] == "C" for letter in typed):
            raise ValidationError(_("The name holds signs that cannot be seen. Type it anew."), code="unseen")
        name = clean(typed) or self.own_name
        if sum(letter.isalpha() for letter in name) < 2:
            raise ValidationError(_("Write at least two letters."), code="short")
        return name


def in_our_time(moment: datetime) -> None:
    """Refuse years that calendars cannot reckon with.

    :raises ValidationError: outside 2000 to 2099.
    """
    if not 2000 <= moment.year < 2100:
        raise ValidationError(_("Write a year from 2000 to 2099."))


class PreviewForm(forms.Form):
    """The day and the draw of a preview."""

    ngay = forms.DateTimeField(
        label=_("On this day"), required=False, validators=[in_our_time], input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    so = forms.IntegerField(
        label=_("Number of the draw"), required=False, min_value=0, max_value=2**62,
        help_text=_("The same number draws the same questions in the same order."))


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
        self._start("pass_percent_typed", Decimal(str(quiz.pass_fraction)) * 100)
        self._start("time_limit_minutes", Decimal(quiz.time_limit_seconds) / 60 if quiz.time_limit_seconds else None)
        self._start("grace_minutes", Decimal(quiz.grace_seconds) / 60)
        self._start("retry_delay_minutes", quiz.retry_delay_seconds // 60)
        for moment in MOMENTS:
            field = self.fields.get(f"shown_{moment}")
            if field is not None:
                field.required, field.widget = False, forms.CheckboxSelectMultiple()
                field.choices = FACT_NAMES
                # What the preset means, so that a table of one's own begins with it.
                self._start(f"shown_{moment}", list(quiz.shown.get(moment, [])))
        if "markers" in self.fields:
            self.fields["markers"].queryset = _who_may_mark(quiz)

    def _start(self, name: str, value) -> None:
        if name in self.fields and value is not None:
            self.fields[name].initial = _plain(value) if isinstance(value, Decimal) else value

    def clean_join_code(self) -> str:
        code = normalise(self.cleaned_data["join_code"])
        if code and len(code) < 4:
            raise ValidationError(_("At least four letters or numbers."))
        others = self._meta.model.objects.exclude(pk=self.instance.pk).exclude(join_code="").values_list("join_code", flat=True)
        if code and alike(code) in map(alike, others):
            raise ValidationError(_("Another quiz has this code, or one that looks like it."))
        return code

    def clean(self) -> dict:
        data = super().clean()
        for name in ("opens_at", "closes_at"):
            if data.get(name) and not 2000 <= data[name].year < 2100:
                self.add_error(name, _("Write a year from 2000 to 2099."))
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
        if data.get("review"):
            is_own = data["review"] == Review.OWN
            quiz.review_table = {moment: data[f"shown_{moment}"] for moment in MOMENTS if f"shown_{moment}" in data} if is_own else {}
        return super().save(commit)


def _plain(number: Decimal) -> str:
    """Write 70.000 as 70 and 2.50 as 2.5: an input of numbers takes neither a comma nor 7E+1."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def _who_may_mark(quiz):
    """Those who have the right to mark, not everybody; and whoever is named already."""
    people = get_user_model().objects
    may = ModelBackend().with_perm("quizzes.mark_attempt", include_superusers=False)
    # From memory when it is a draft: its markers are not the database's.
    named = [person.pk for person in quiz.markers.all()] if quiz.pk else []
    return people.filter(Q(pk__in=may.values("pk")) | Q(pk__in=named)).order_by("sort_key", "pk")


class ExtraTimeForm(WagtailAdminModelForm):
    """More time for a person or a group, in minutes."""

    minutes = forms.DecimalField(label=_("More time in minutes"), min_value=Decimal("0.5"), max_value=1440, decimal_places=1)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.seconds:
            self.fields["minutes"].initial = _plain(Decimal(self.instance.seconds) / 60)

    def clean(self) -> dict:
        data = super().clean()
        if bool(data.get("user")) == bool(data.get("group")):
            self.add_error("user", _("Choose one person or one group."))
        return data

    def save(self, commit: bool = True):
        self.instance.seconds = int(self.cleaned_data["minutes"] * 60)
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
