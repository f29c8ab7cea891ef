"""The forms of the editor: quizzes, extra time, categories; and of a preview."""

from datetime import datetime
from decimal import Decimal

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from quizzes.codes import alike, normalise
from quizzes.enums import Layout, Mode, Navigation, Review
from quizzes.grading.review import MOMENTS
from unions.selectors import visible_people
from vietnamese.text import clean


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
    marking_tolerance_percent = forms.DecimalField(
        label=_("Difference allowed between two markers, in percent of the points"), min_value=0, max_value=100, max_digits=4, decimal_places=1,
        initial=10, required=False, help_text=_("If they differ by more, a third person decides. Counts only where two people mark."))
    shown_during = forms.MultipleChoiceField(label=_("After each answer"))
    shown_after_failure = forms.MultipleChoiceField(label=_("After a failed attempt"))
    shown_after_pass = forms.MultipleChoiceField(label=_("After a passed attempt"))
    shown_after_close = forms.MultipleChoiceField(label=_("Once the quiz is closed"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        quiz = self.instance
        self._start("pass_percent_typed", Decimal(str(quiz.pass_fraction)) * 100)
        self._start("marking_tolerance_percent", Decimal(str(quiz.marking_tolerance)) * 100)
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
        if data.get("marking_tolerance_percent") is not None:
            quiz.marking_tolerance = data["marking_tolerance_percent"] / 100
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

    def clean_user(self):
        person = self.cleaned_data["user"]
        if person and self.for_user and not visible_people(self.for_user, timezone.localdate()).filter(pk=person.pk).exists():
            # The form comes back without the number: its field would say whose it is.
            self.data = {**self.data.dict(), self.add_prefix("user"): ""}
            raise forms.ValidationError(_("Choose somebody whose record you may see."), code="not_seen")
        return person

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
