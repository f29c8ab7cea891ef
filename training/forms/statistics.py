"""Which period and which branch the statistics are asked of."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from certificates.forms.days import DayField
from training.enums import By
from training.selectors.statistics import Period, first_unit
from unions.forms.choosing import UnitField
from unions.models import Unit
from unions.selectors.scopes import Office

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


class PeriodForm(forms.Form):
    """What is empty or not understood is the usual: the highest unit, this year until today, by unit."""

    unit = UnitField(_("Unit"), required=False)
    since = DayField(_("From"))
    until = DayField(_("Until"))
    by = forms.ChoiceField(choices=By.choices, required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, office: Office, on: date):
        super().__init__(data)
        self.fields["unit"].units = office.units
        self.is_valid()
        values = {name: self.cleaned_data.get(name) or None for name in self.fields}
        self.grouping = values["by"] or By.UNIT.value
        since, until = values["since"], values["until"] or on
        since = since or date(until.year, 1, 1)
        unit = values["unit"] or first_unit(office)
        self.period = unit and Period(unit, min(since, until), until)
        self._show(office, unit, on)

    def _show(self, office: Office, unit: Unit | None, on: date) -> None:
        self.fields["unit"].draw(self["unit"].value(), office.paths, on, unit)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
        if not self.errors and self.period:
            # What is asked stands in the fields, the usual included.
            self.data = {
                "unit": str(unit.uuid), "since": f"{self.period.since:%d/%m/%Y}", "until": f"{self.period.until:%d/%m/%Y}", "by": self.grouping}

    def clean(self) -> dict:
        cleaned = super().clean()
        for name in ("since", "until"):
            if (day := cleaned.get(name)) and not EARLIEST <= day <= LATEST:
                self.add_error(name, ValidationError(_("Choose a day between 2000 and 2100."), code="too_far"))
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", ValidationError(_("This day lies before the first one."), code="backwards"))
        return cleaned

    @property
    def params(self) -> dict[str, str]:
        """What is asked as parts of an address, the grouping left out."""
        period = self.period
        return {"unit": str(period.unit.uuid), "since": f"{period.since:%d/%m/%Y}", "until": f"{period.until:%d/%m/%Y}"} if period else {}
