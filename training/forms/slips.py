"""For whom slips are wanted, and which slips are looked at."""

from datetime import date
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from training.enums import SlipState, SlipWish
from training.forms.units import ManagedUnitForm
from training.selectors.slips import MOST_AT_ONCE, Wish
from unions.selectors.scopes import Office
from vietnamese.text import clean


class _UuidsField(forms.Field):
    widget = forms.MultipleHiddenInput

    def __init__(self):
        super().__init__(required=False)

    def to_python(self, value) -> tuple[UUID, ...]:
        if len(value or ()) > MOST_AT_ONCE:
            raise ValidationError(_("Choose fewer people."), code="too_many")
        return tuple(forms.UUIDField().clean(one) for one in value or ())


class WishForm(ManagedUnitForm):
    """Which unit, and who of it; asked by GET. `wish` is None while no unit is chosen."""

    who = forms.ChoiceField(choices=SlipWish.choices, required=False, label=_("For whom"), widget=forms.RadioSelect)
    q = forms.CharField(
        required=False, max_length=120, label=_("Name or telephone number"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "placeholder": _("no diacritics needed")}))

    def __init__(self, data, *, office: Office, on: date):
        super().__init__(data, office=office, on=on)
        self.is_valid()
        self.choice = self.cleaned_data.get("who") or SlipWish.NEVER.value
        self.text = clean(self.cleaned_data.get("q") or "")
        self.initial["who"] = self.choice
        if self.chosen:
            # The unit that one begins with stands in the field too.
            self.data = self.data.copy()
            self.data["unit"] = str(self.chosen.uuid)

    @property
    def wish(self) -> Wish | None:
        return Wish(unit=self.chosen, who=self.choice) if self.chosen else None


class PrintForm(WishForm):
    """The same, to be done: by POST, with the people who were ticked."""

    again = forms.BooleanField(required=False)
    chosen_people = _UuidsField()

    @property
    def wish(self) -> Wish | None:
        if self.chosen is None or self.errors:
            return None
        return Wish(unit=self.chosen, who=self.choice, again=self.cleaned_data["again"], chosen=self.cleaned_data["chosen_people"])


class SlipFilterForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=120, label=_("Name or telephone number"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "class": "input", "placeholder": _("no diacritics needed")}))
    state = forms.ChoiceField(choices=[("", _("All")), *SlipState.choices], required=False, label=_("State"), widget=forms.Select(attrs={"class": "input"}))

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.text, self.state = clean(self.cleaned_data.get("q") or ""), self.cleaned_data.get("state") or ""

    @property
    def params(self) -> dict[str, str]:
        return {name: value for name, value in {"q": self.text, "state": self.state}.items() if value}
