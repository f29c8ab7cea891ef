"""What is asked of the register, and what is said when it is changed."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Gender
from certificates import wording
from certificates.enums import BookOrder, BookState, Origin
from certificates.forms.days import DayField
from certificates.forms.issuers import IssuerField
from certificates.models import Issuer, IssueRun, Series
from certificates.selectors.register import Filters, runs_with_papers
from courses.models import CoursePage
from unions.forms.choosing import UnitField
from unions.models import Unit
from vietnamese.text import clean

REASON_AT_LEAST = 10
# Beyond so many a native list is no help; the latest are asked for.
RUNS_AT_ONCE = 100


class _ChosenField(forms.ModelChoiceField):
    """One of many: the choices are drawn by the form, which knows how many of them help."""

    def __init__(self, queryset, name: str, label: str):
        super().__init__(queryset, required=False, to_field_name=name, label=label, empty_label=_("All"))


class FilterForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=120, label=_("Name, number, code, programme, unit"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("no diacritics needed"), "autocomplete": "off"}))
    issuer = IssuerField(required=False, label=_("Issuing unit"), empty_label=_("All"))
    paper = forms.ChoiceField(
        choices=[("", _("All")), *((paper.value, title) for paper, title in wording.PAPER_TITLES.items())], required=False, label=_("Kind of paper"))
    unit = UnitField(_("Unit of the holder"), required=False, empty_label=_("All"))
    run = _ChosenField(IssueRun.objects.none(), "uuid", _("Class or occasion"))
    course = _ChosenField(CoursePage.objects.none(), "slug", _("Course"))
    year = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label=_("Year of the register"))
    since = DayField(_("Issued from"))
    until = DayField(_("Issued until"))
    state = forms.ChoiceField(choices=[("", _("All")), *BookState.choices], required=False, label=_("State"))
    origin = forms.ChoiceField(choices=[("", _("All")), *Origin.choices], required=False, label=pgettext_lazy("certificate", "Origin"))
    sort = forms.ChoiceField(choices=BookOrder.choices, required=False, label=_("Order"))

    def __init__(self, data, *, user, on: date):
        super().__init__(data)
        issuers = Issuer.objects.visible_to(user).select_related("unit").order_by("name")
        roots = [] if user.is_superuser else [issuer.unit.path for issuer in issuers]
        self.fields["issuer"].queryset = issuers
        self.fields["unit"].units = Unit.objects.seen_or_merged_for(user)
        # One look for the books that are open, however often it is asked below.
        self.fields["run"].queryset = IssueRun.objects.filter(issuer__in=issuers)
        self.fields["course"].queryset = CoursePage.objects.filter(gives_certificate=True).order_by("title").only("title", "slug")
        years = Series.objects.filter(issuer__in=issuers).order_by("-year").values_list("year", flat=True).distinct()
        self.fields["year"].choices = [("", _("All")), *((year, str(year)) for year in years)]
        self.wanted = self._read()
        self._draw_choices(user, roots, on)

    def _draw_choices(self, user, roots: list[str], on: date) -> None:
        self.fields["unit"].draw(self["unit"].value(), roots, on)
        runs = list(runs_with_papers(user)[:RUNS_AT_ONCE])
        if self.wanted.run and self.wanted.run not in runs:
            runs.append(self.wanted.run)
        self.fields["run"].widget.choices = [("", _("All")), *((str(run.uuid), run.name) for run in runs)]
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
        words = {name: values.pop(name) or "" for name in ("q", "paper", "state", "origin")}
        return Filters(**words, **values | {"sort": values["sort"] or BookOrder.LATEST})


class ReasonForm(forms.Form):
    """Why a certificate is revoked or reissued; the reason of a revocation is shown to whoever checks the certificate."""

    reason = forms.CharField(
        label=_("Reason"), min_length=REASON_AT_LEAST, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One or two sentences. No personal data of others."),
        error_messages={"required": _("Write down the reason."), "min_length": _("Write at least %(limit_value)d letters, so that others understand it.")})
    decision_number = forms.CharField(label=_("Number of the decision"), required=False, max_length=60)
    decision_on = DayField(_("Day of the decision"))


class CorrectionForm(ReasonForm):
    """What the register says, to be typed over where it is wrong."""

    name = forms.CharField(label=_("Full name"), max_length=120)
    born_on = forms.CharField(label=_("Date of birth"), required=False, max_length=10, help_text=_("As 05/02/1988, or the year alone: 1988."))
    birth_place = forms.CharField(label=_("Place of birth"), required=False, max_length=120)
    gender = forms.ChoiceField(label=_("Gender"), required=False, choices=[("", _("Not known")), *Gender.choices])
    unit = forms.CharField(label=_("Unit"), required=False, max_length=200)
    course = forms.CharField(label=_("Programme"), max_length=250)
    begun_on = DayField(_("Studied from"))
    ended_on = DayField(_("Studied until"))
    grade = forms.CharField(label=_("Grade"), required=False, max_length=40)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["name", "born_on", "birth_place", "gender", "unit", "course", "begun_on", "ended_on", "grade"]
    of_register = tuple(field_order)

    def __init__(self, data, *, facts: dict, seen: int):
        shown = {name: wording.fact(name, facts.get(name)) if name != "gender" else facts.get(name) or "" for name in self.of_register}
        super().__init__(data, initial={**shown, "seen": seen})

    def clean_born_on(self) -> str:
        """Return the day as an ISO date, the year alone as it is."""
        said = clean(self.cleaned_data["born_on"])
        if not said or re.fullmatch(r"(19|20)\d\d", said):
            return said
        return DayField("").clean(said).isoformat()

    @property
    def changes(self) -> dict[str, str]:
        """Every field as the register keeps it; which of them are new is seen under the lock."""
        said = {name: self.cleaned_data[name] or "" for name in self.of_register}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}

    @property
    def ground(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("reason", "decision_number", "decision_on")}
