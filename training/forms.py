"""What the office may ask and say."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage
from learning.models import Enrolment
from training.enums import Order, Standing
from training.selectors.learners import Filters
from training.selectors.office import Office, unit_options
from unions.models import Unit
from vietnamese.text import clean

REASON_AT_LEAST = 10
INDENT = "\u2003"


class UnitField(forms.ModelChoiceField):
    def label_from_instance(self, unit: Unit) -> str:
        return unit.name


class DayField(forms.DateField):
    """A day as it is written in Vietnam; a native calendar would follow the language of the browser and turn day and month round."""

    def __init__(self, label: str):
        super().__init__(
            required=False, label=label, input_formats=["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y-%m-%d"],
            widget=forms.TextInput(attrs={"placeholder": "20/11/2026", "autocomplete": "off", "maxlength": 10}),
            error_messages={"invalid": _("Write the day as 20/11/2026.")})


class FilterForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=120, label=_("Name, telephone, e-mail, certificate number"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("no diacritics needed"), "autocomplete": "off"}))
    course = forms.ModelChoiceField(CoursePage.objects.none(), required=False, to_field_name="slug", label=_("Course"), empty_label=_("All"))
    unit = UnitField(Unit.objects.none(), required=False, to_field_name="uuid", label=_("Unit"), empty_label=_("All"))
    state = forms.ChoiceField(choices=[("", _("All")), *Standing.choices], required=False, label=_("State"))
    since = DayField(_("Enrolled from"))
    until = DayField(_("Enrolled until"))
    sort = forms.ChoiceField(choices=Order.choices, required=False, label=_("Order"))

    def __init__(self, data, *, office: Office, on: date):
        super().__init__(data)
        self._office, self._on = office, on
        taken = Enrolment.objects.filter(course=OuterRef("pk"))
        self.fields["course"].queryset = CoursePage.objects.filter(Exists(taken)).order_by("title").only("title", "slug")
        self.fields["unit"].queryset = office.units
        self.wanted = self._read()
        chosen = self.wanted.unit
        self.fields["unit"].widget.choices = [("", _("All")), *(
            (option.value, f"{INDENT * option.depth}{option.name}") for option in unit_options(office, chosen, on))]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def clean_q(self) -> str:
        return clean(self.cleaned_data["q"])

    def clean(self) -> dict:
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", ValidationError(_("This day lies before the first one."), code="backwards"))
        return cleaned

    def _read(self) -> Filters:
        """Return what is asked; what is not understood is left out and said beside its field."""
        self.is_valid()
        values = {name: self.cleaned_data.get(name) or None for name in self.fields}
        return Filters(
            q=values["q"] or "", course=values["course"], unit=values["unit"], state=values["state"] or "", since=values["since"],
            until=values["until"], sort=values["sort"] or Order.NAME)


class ReasonForm(forms.Form):
    """Why a certificate is revoked or reissued; the reason of a revocation is shown to whoever checks the certificate."""

    reason = forms.CharField(
        label=_("Reason"), min_length=REASON_AT_LEAST, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One or two sentences. No personal data of others."),
        error_messages={"required": _("Write down the reason."), "min_length": _("Write at least %(limit_value)d letters, so that others understand it.")})
    decision_number = forms.CharField(label=_("Number of the decision"), required=False, max_length=60)
