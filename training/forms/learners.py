"""What the office may ask."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certificates.forms.days import DayField
from courses.models import CoursePage
from learning.enums import StudyState
from learning.forms import StudyForm
from learning.models import Enrolment
from training.enums import Order, Standing
from training.selectors.learners import Filters
from unions.forms.choosing import UnitField
from unions.selectors.scopes import Office
from vietnamese import phones
from vietnamese.text import clean

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class FilterForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=120, label=_("Name, telephone, e-mail, certificate number"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("no diacritics needed"), "autocomplete": "off"}))
    course = forms.ModelChoiceField(CoursePage.objects.none(), required=False, to_field_name="slug", label=_("Course"), empty_label=_("All"))
    unit = UnitField(_("Unit"), required=False, empty_label=_("All"))
    state = forms.ChoiceField(choices=[("", _("All")), *Standing.choices], required=False, label=_("State"))
    since = DayField(_("Enrolled from"))
    until = DayField(_("Enrolled until"))
    sort = forms.ChoiceField(choices=Order.choices, required=False, label=_("Order"))

    def __init__(self, data, *, office: Office, on: date):
        super().__init__(data)
        self._office, self._on = office, on
        taken = Enrolment.objects.filter(course=OuterRef("pk"))
        self.fields["course"].queryset = CoursePage.objects.filter(Exists(taken)).order_by("title").only("title", "slug")
        self.fields["unit"].units = office.units
        self.wanted = self._read()
        self.fields["unit"].draw(self["unit"].value(), office.paths, on)
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


class StudyFilterForm(forms.Form):
    """Which courses taken elsewhere; what waits comes first unless something else is asked for."""

    q = forms.CharField(
        required=False, max_length=120, label=_("Name, telephone, e-mail"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("no diacritics needed"), "autocomplete": "off", "class": "input"}))
    state = forms.ChoiceField(
        choices=[*StudyState.choices, ("all", _("All"))], required=False, label=_("State"), widget=forms.Select(attrs={"class": "input"}))

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.q = clean(self.cleaned_data.get("q") or "")
        self.chosen = self.cleaned_data.get("state") or StudyState.WAITING.value

    @property
    def state_wanted(self) -> str:
        return "" if self.chosen == "all" else self.chosen

    @property
    def params(self) -> dict[str, str]:
        return {name: value for name, value in {"q": self.q, "state": self.chosen}.items() if value}


class CountsAsField(forms.ModelChoiceField):
    """The course here that one taken elsewhere stands for; none: it stands in the transcript only."""

    def __init__(self):
        super().__init__(
            CoursePage.objects.live().order_by("title").only("title", "slug"), required=False, to_field_name="slug", label=_("Counts as"),
            empty_label=_("No course here: it stands in the transcript only"),
            help_text=_("Chosen, it counts in targets and meets what is required of the person."))


class StudyAnswerForm(forms.Form):
    """Yes, with what it counts as, or no with a reason that the person reads."""

    answer = forms.ChoiceField(choices=[("approve", _("Approve")), ("refuse", _("Do not approve"))], widget=forms.RadioSelect, label=_("Answer"))
    counts_as = CountsAsField()
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when the course is not approved. The person reads it."))
    # What the page told of the course when it was opened.
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class OfficeStudyForm(StudyForm):
    """A course that the office enters for somebody, with or without a file."""

    counts_as = CountsAsField()
    person = forms.CharField(label=_("E-mail or telephone number of the person"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    field_order = ["person"]

    def __init__(self, *args, people: QuerySet[User], chosen: str = "", **kwargs):
        super().__init__(*args, needs_proof=False, **kwargs)
        self._people = people
        if _UUID.fullmatch(chosen) and (person := people.filter(uuid=chosen).first()):
            self.initial["person"] = person.get_username()

    def clean_person(self) -> User:
        typed = self.cleaned_data["person"].strip()
        try:
            found = self._people.filter(email=typed.lower()) if "@" in typed else self._people.filter(phone=phones.to_e164(typed))
        except phones.InvalidPhone:
            found = self._people.none()
        if person := found.first():
            return person
        raise ValidationError(_("Nobody of your units has this address or number. Look at the list of learners."), code="unknown")
