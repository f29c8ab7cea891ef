"""What is asked of coverage: which target, in which unit, on which day, by which tree; whom of its people."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from certificates.forms.days import DayField
from training.enums import Tree
from training.models import Target
from training.selectors.coverage_pages import Wish, first_seen, unit_for
from training.selectors.targets import CHOSEN_FROM, targets_for, years_of
from unions.forms.choosing import UnitField, uuid_in
from unions.models import Unit
from unions.selectors.scopes import Office
from vietnamese.text import clean

EARLIEST = date(2000, 1, 1)
# How somebody who is meant may stand.
STATES = (("missing", _("Still missing")), ("under_way", _("Under way")), ("done", _("Done")))


class WishForm(forms.Form):
    """What is empty or not understood is the usual: today, by today's tree. A unit that the office does not see is None: there is no such page."""

    target = forms.ChoiceField(required=False, label=_("Target"))
    unit = forms.ModelChoiceField(Unit.objects.none(), to_field_name="uuid", required=False, widget=forms.HiddenInput)
    on = DayField(_("As of"))
    tree = forms.ChoiceField(choices=Tree.choices, required=False, label=_("Structure of units"))

    def __init__(self, data, *, office: Office, target: Target, today: date):
        super().__init__(data)
        self._today = today
        self.fields["unit"].queryset = office.units
        self.fields["target"].choices = [(str(target.uuid), target.title)]
        self.is_valid()
        values = self.cleaned_data
        unit = None if "unit" in self.errors else values.get("unit") or unit_for(office, target)
        self.wish = unit and Wish(target, unit, values.get("on") or today, values.get("tree") or Tree.TODAY)
        if unit:
            self._show(office, unit)

    def _show(self, office: Office, unit: Unit) -> None:
        target = self.wish.target
        offered = {str(found.uuid): found.title for found in targets_for(office, unit, target.year)[:CHOSEN_FROM]}
        self.fields["target"].choices = list((offered | {str(target.uuid): target.title}).items())
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
        # What is asked stands in the fields, the usual included; what was not understood stays as it was typed.
        shown = {"target": str(target.uuid), **self.wish.params}
        self.data = {name: self.data.get(name, "") if name in self.errors else value for name, value in shown.items()}

    def clean_on(self) -> date | None:
        day = self.cleaned_data["on"]
        if day and day > self._today:
            raise ValidationError(_("Choose today or a day before; today's figures are shown."), code="in_future")
        if day and day < EARLIEST:
            raise ValidationError(_("Choose a day from the year 2000 on."), code="too_early")
        return day

    def clean_target(self) -> str:
        # Where to is asked by the overview, which leads on; here it only stands in the list.
        return ""


class OverviewForm(forms.Form):
    """The year and the unit of the overview."""

    unit = UnitField(_("Unit"), required=False)
    nam = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label=_("Year"))

    def __init__(self, data, *, office: Office, today: date):
        super().__init__(data)
        self.fields["unit"].units = office.units
        self.fields["nam"].choices = [(year, str(year)) for year in years_of(office.user, today)]
        self.is_valid()
        # What was typed is mended beside the field; a link to a unit that the office does not see leads nowhere.
        asked = str(self["unit"].value() or "")
        self.is_known = "unit" not in self.errors or not uuid_in(asked)
        self.unit = (self.cleaned_data.get("unit") or first_seen(office)) if self.is_known else None
        self.year = self.cleaned_data.get("nam") or today.year
        if self.unit:
            self.fields["unit"].draw(asked, office.paths, today, self.unit)
            self.data = {"unit": asked if "unit" in self.errors else str(self.unit.uuid), "nam": self.year}
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"


class NamesForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=120, label=_("Name, telephone, e-mail"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("no diacritics needed"), "autocomplete": "off", "class": "input"}))
    state = forms.ChoiceField(choices=[("", _("All")), *STATES], required=False, label=_("State"), widget=forms.Select(attrs={"class": "input"}))

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.q = clean(self.cleaned_data.get("q") or "")
        self.state = self.cleaned_data.get("state") or ""

    @property
    def params(self) -> dict[str, str]:
        return {name: value for name, value in {"q": self.q, "state": self.state}.items() if value}
