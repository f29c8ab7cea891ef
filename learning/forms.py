"""What a reader's page reports, and what is told of courses taken elsewhere."""

from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from learning.services.outside import StudyFacts
from vietnamese.text import clean


class ReadingForm(forms.Form):
    """Everything is optional: an empty report says "still reading"."""

    read_to_end = forms.BooleanField(required=False)
    watched = forms.BooleanField(required=False)
    anchor = forms.SlugField(required=False, max_length=80)
    anchor_title = forms.CharField(required=False, max_length=160)


class StudyDayField(forms.DateField):
    """A day as it is written in Vietnam."""

    def __init__(self, **kwargs):
        super().__init__(
            input_formats=["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%Y-%m-%d"],
            widget=forms.DateInput(format="%d/%m/%Y", attrs={"placeholder": "20/11/2026", "autocomplete": "off", "maxlength": 10, "inputmode": "numeric"}),
            error_messages={"invalid": _("Write the day as 20/11/2026."), "required": _("Write the day as 20/11/2026.")}, **kwargs)


class HoursField(forms.DecimalField):
    """Hours with a point or a comma."""

    def to_python(self, value):
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def prepare_value(self, value):
        return f"{value.normalize():f}".replace(".", ",") if isinstance(value, Decimal) else value


class StudyForm(forms.Form):
    """A course taken elsewhere. `on`: no course ends after it; `needs_proof`: whether a file must come with it."""

    title = forms.CharField(label=_("Course or class"), max_length=200)
    organiser = forms.CharField(label=_("Held by"), max_length=200, help_text=_("A school, a union unit, another body."))
    form = forms.CharField(label=_("Form of study"), max_length=80, required=False, help_text=_("As on the paper: full time, online …"))
    begun_on = StudyDayField(label=_("From"), required=False)
    ended_on = StudyDayField(label=_("Until"))
    hours = HoursField(
        label=_("Hours"), max_digits=6, decimal_places=1, min_value=0, required=False, localize=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 7}))
    grade = forms.CharField(label=_("Grade"), max_length=40, required=False)
    paper_number = forms.CharField(label=_("Number of the paper"), max_length=60, required=False)
    proof = forms.FileField(
        label=_("Proof"), help_text=_("The certificate as a PDF file, or a photograph of it (JPG, PNG). At most 10 MB."),
        error_messages={"required": _("Choose the file: without proof the course cannot be approved.")},
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}))

    def __init__(self, *args, on: date, needs_proof: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        self._on = on
        self.fields["proof"].required = needs_proof

    def clean(self) -> dict:
        cleaned = super().clean()
        begun_on, ended_on = cleaned.get("begun_on"), cleaned.get("ended_on")
        if ended_on and ended_on > self._on:
            self.add_error("ended_on", ValidationError(_("This day has not come yet. Enter the course when it is over."), code="future"))
        if begun_on and ended_on and begun_on > ended_on:
            self.add_error("ended_on", ValidationError(_("This day lies before the first one."), code="backwards"))
        for day, name in ((begun_on, "begun_on"), (ended_on, "ended_on")):
            if day and day.year < 1950:
                self.add_error(name, ValidationError(_("Look at the year once more."), code="long_ago"))
        return cleaned

    @property
    def facts(self) -> StudyFacts:
        """What was told, cleaned."""
        values = {name: self.cleaned_data[name] for name in StudyFacts.__dataclass_fields__}
        words = {name: clean(value) for name, value in values.items() if isinstance(value, str)}
        return StudyFacts(**{**values, **words, "hours": values["hours"] or Decimal(0)})
