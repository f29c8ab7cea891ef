"""What is asked when papers are issued by decision."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from certificates.enums import ListOrder
from certificates.models import Issuer
from certificates.selectors.runs import courses_to_issue, issuers_of
from courses.models import CoursePage
from vietnamese.text import clean

DAY_FORMATS = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y-%m-%d"]
# A decision older than this is a slip of the finger in the year.
OLDEST = timedelta(days=3 * 366)


class NewRunForm(forms.Form):
    course = forms.ModelChoiceField(CoursePage.objects.none(), label=_("Course"))
    issuer = forms.ModelChoiceField(Issuer.objects.none(), label=_("Issuing unit"), empty_label=None)
    name = forms.CharField(
        label=_("Class or occasion"), max_length=200, help_text=_("As people call it: “Class of union skills, second intake 2026”."))

    def __init__(self, data=None, *, user):
        super().__init__(data)
        self.fields["course"].queryset = courses_to_issue()
        self.fields["issuer"].queryset = issuers_of(user)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def clean_name(self) -> str:
        return _said(self.cleaned_data["name"])


class DecisionForm(forms.Form):
    decision_number = forms.CharField(
        label=_("Decision number"), max_length=60, help_text=_("As it stands in the decision: 15/QĐ-CĐ."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}))
    # A native calendar would follow the language of the browser and turn day and month round.
    decision_on = forms.DateField(
        label=_("Decision of"), input_formats=DAY_FORMATS, error_messages={"invalid": _("Write the day as 20/11/2026.")},
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"class": "input", "placeholder": "20/11/2026", "autocomplete": "off", "maxlength": 10}))
    order = forms.ChoiceField(label=_("Order of the list"), choices=ListOrder.choices, initial=ListOrder.NAME, widget=forms.RadioSelect)
    notifies = forms.BooleanField(label=_("Tell the holders by e-mail or on their own page"), required=False, initial=True)

    def __init__(self, data=None, *, today: date, **kwargs):
        super().__init__(data, **kwargs)
        self._today = today

    def clean_decision_number(self) -> str:
        return _said(self.cleaned_data["decision_number"])

    def clean_decision_on(self) -> date:
        day = self.cleaned_data["decision_on"]
        if day > self._today:
            raise ValidationError(_("This day lies in the future. Papers are issued once the decision is signed."), code="future")
        if day < self._today - OLDEST:
            raise ValidationError(_("This day lies more than three years back. Look at the year again."), code="too_old")
        return day


def _said(text: str) -> str:
    said = clean(text)
    if not any(map(str.isalnum, said)):
        raise ValidationError(_("Write something here that others can read."), code="required")
    return said
