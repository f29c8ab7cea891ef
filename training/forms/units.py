"""Choosing a unit that one manages, as the first line of a form."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from unions.forms.choosing import Among, UnitField
from unions.models import Unit
from unions.selectors.scopes import Office


class ManagedUnitForm(forms.Form):
    """`chosen` is the unit, or None. Whoever manages one branch begins at its head, unless `begin` names a unit."""

    unit = UnitField(_("Unit"), among=Among.MANAGED, required=False, is_whole=True, empty_label=_("Choose a unit"))

    def __init__(self, data, *, office: Office, on: date, begin: str = ""):
        super().__init__(data)
        field, said = self.fields["unit"], self.data.get(self.add_prefix("unit"), begin)
        field.units = office.managed_units.on(on)
        self.chosen = field.chosen(said) if said else _head(office, field.units)
        field.draw(said, office.managed_paths, on, self.chosen)
        self.initial["unit"] = self.chosen


def _head(office: Office, units) -> Unit | None:
    return units.filter(path=office.managed_paths[0]).first() if len(set(office.managed_paths)) == 1 else None
