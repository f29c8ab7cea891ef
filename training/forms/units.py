"""Choosing a unit that one manages, as the first line of a form."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from unions.models import Unit
from unions.selectors import unit_options
from unions.selectors.scopes import Office
from unions.selectors.units import UNITS_AT_ONCE

INDENT = "\u2003"


class ManagedUnitForm(forms.Form):
    """A list of at most 200 units; of more, the branch that leads to the chosen one, so that choosing goes down step by step.

    `chosen` is the unit, or None. Whoever manages one branch begins at its head, unless `begin` names a unit.
    """

    unit = forms.ModelChoiceField(Unit.objects.none(), required=False, to_field_name="uuid", label=_("Unit"), empty_label=None)

    def __init__(self, data, *, office: Office, on: date, begin: str = ""):
        super().__init__(data)
        self._begin = begin
        units = self.fields["unit"].queryset = office.managed_units.on(on)
        self.chosen = self._chosen(units, office)
        roots = () if office.sees_all else office.managed_paths
        options = [(option.value, f"{INDENT * option.depth}{option.name}") for option in unit_options(units, roots, self.chosen, on)]
        # Whether there are units that are not shown: a leaf of a branch may have more below it.
        self.is_cut_short = units[:UNITS_AT_ONCE + 1].count() > UNITS_AT_ONCE
        self.fields["unit"].widget.choices = [("", _("Choose a unit")), *options]
        if self.chosen:
            self.initial["unit"] = str(self.chosen.uuid)

    def _chosen(self, units, office: Office) -> Unit | None:
        try:
            typed = self.fields["unit"].clean(self.data.get(self.add_prefix("unit"), self._begin))
        except forms.ValidationError:
            return None
        if typed is None and len(set(office.managed_paths)) == 1:
            return units.filter(path=office.managed_paths[0]).first()
        return typed
