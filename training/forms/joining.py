"""A new class code, and whom a unit knows of those who joined."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.forms.days import DayField
from courses.models import CoursePage
from training.forms.units import ManagedUnitForm
from unions.models import PostKind
from unions.selectors.scopes import Office
from vietnamese.text import clean

MOST_PEOPLE = 10_000


class ClassForm(ManagedUnitForm):
    title = forms.CharField(
        label=_("Name of the class"), max_length=200, help_text=_("As those who join know it: “Training day of 25/11, hall B”."),
        error_messages={"required": _("Write a name for the class.")})
    course = forms.ModelChoiceField(
        CoursePage.objects.none(), to_field_name="slug", label=_("Course"), empty_label=_("Choose a course"),
        error_messages={"required": _("Choose a course.")})
    since = DayField(_("Open from"), _("Empty: from now on."))
    until = DayField(_("Until the end of"))
    most = forms.IntegerField(
        label=_("People at most"), required=False, min_value=1, max_value=MOST_PEOPLE, help_text=_("Empty: any number."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}))
    field_order = ["unit", "title", "course", "since", "until", "most"]

    def __init__(self, data=None, *, office: Office, on: date, unit: str = ""):
        self._on = on
        super().__init__(data, office=office, on=on, begin=unit)
        self.fields["unit"].required = True
        self.fields["unit"].error_messages["required"] = _("Choose a unit.")
        self.fields["course"].queryset = CoursePage.objects.live().order_by("title")
        self.fields["until"].required = True
        self.fields["until"].error_messages["required"] = _("Write the last day on which people may join.")
        self.initial["until"] = on + timedelta(days=7)

    def clean_title(self) -> str:
        return clean(self.cleaned_data["title"])

    def clean(self) -> dict:
        cleaned = super().clean()
        since, until = cleaned.get("since") or self._on, cleaned.get("until")
        if until and until < max(since, self._on):
            self.add_error("until", ValidationError(_("The last day must not lie in the past, nor before the first."), code="ends_too_early"))
        elif until and until > since + timedelta(days=366):
            self.add_error("until", ValidationError(_("A code is open for a year at most."), code="too_long"))
        return cleaned

    @property
    def facts(self) -> dict:
        """What the service asks for; days as the midnights between which the code is open."""
        cleaned = self.cleaned_data
        return {
            "title": cleaned["title"], "unit": cleaned["unit"], "course": cleaned["course"], "most": cleaned["most"],
            "opens_at": _midnight(cleaned["since"] or self._on), "closes_at": _midnight(cleaned["until"] + timedelta(days=1))}


class KnownForm(forms.Form):
    """Somebody is known to the unit; with a post they stand in its list of cadres from today on."""

    person = forms.UUIDField()
    kind = forms.ModelChoiceField(PostKind.objects.all(), required=False, to_field_name="slug")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
