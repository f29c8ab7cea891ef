"""What the office enters about units; the views hand the clean values to the services."""

import json
from datetime import date
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from unions.enums import Sector
from unions.forms.choosing import BETWEEN, Among, UnitField, as_typed
from unions.forms.days import DayField
from unions.models import Region, Unit, UnitType
from unions.selectors.named import units_named
from unions.selectors.scopes import Office
from unions.services.changes import MoveLine

SIBLINGS_SHOWN = 40
# So many units or people are given to parts one by one; more go together.
CHOSEN_ONE_BY_ONE = 100
MOST_PARTS = 4
_NAME = Unit._meta.get_field("name").max_length
_CODE = Unit._meta.get_field("code").max_length


class UnitsField(forms.CharField):
    """Several units, one a line."""

    def __init__(self, label, *, help_text=""):
        super().__init__(label=label, required=False, max_length=10_000, help_text=help_text, widget=forms.Textarea(attrs={"rows": 3}))
        self.units = Unit.objects.none()

    def clean(self, value) -> list[Unit]:
        lines = [line.split(BETWEEN)[0].strip() for line in super().clean(value).splitlines() if line.strip()]
        named = units_named(lines, self.units)
        if wrong := [*named.unknown, *(line for line, _units in named.several)]:
            raise ValidationError(_("These lines name no unit of yours, or more than one: %(lines)s. Enter the code."), params={"lines": "; ".join(wrong)})
        return named.found


class FactsForm(forms.Form):
    """What is not dated about a unit, and its size."""

    code = forms.CharField(label=_("Code"), max_length=_CODE, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    type = forms.ModelChoiceField(UnitType.objects.order_by("rank", "name"), label=_("Type"))
    sector = forms.ChoiceField(choices=[("", "—"), *Sector.choices], required=False, label=_("Sector"))
    region = forms.ModelChoiceField(Region.objects.order_by("name"), required=False, label=_("Region"), empty_label="—")
    members = forms.IntegerField(label=_("Members"), required=False, min_value=0, max_value=9_999_999)
    workers = forms.IntegerField(label=_("Workers"), required=False, min_value=0, max_value=9_999_999)
    counted_on = DayField(_("Counted on"), help_text=_("The former numbers stay true of the days before."))

    def __init__(self, *args, on: date, **kwargs):
        super().__init__(*args, **kwargs)
        self._today = on

    def clean_counted_on(self) -> date:
        day = self.cleaned_data["counted_on"] or self._today
        if day > self._today:
            raise ValidationError(_("This day is still to come. Enter a day up to today."), code="future")
        return day


class NewUnitForm(FactsForm):
    """A unit that is being entered: where it stands, and from which day."""

    name = forms.CharField(label=_("Name"), max_length=_NAME)
    parent = UnitField(_("Unit above"), required=False, among=Among.GOVERNED)
    active_from = DayField(_("Active from"), required=True)
    decision_number = forms.CharField(label=_("Decision number"), max_length=60, required=False)
    field_order = ["name", "code", "parent", "active_from", "type", "sector", "region", "members", "workers", "decision_number"]

    def __init__(self, *args, office: Office, on: date, **kwargs):
        super().__init__(*args, on=on, **kwargs)
        del self.fields["counted_on"]
        self.fields["parent"].units = office.governed_units.filter(active_until__isnull=True)
        self.fields["parent"].required = not office.sees_all
        if office.sees_all:
            self.fields["parent"].help_text = _("Empty: the top of the tree.")

    def clean_active_from(self) -> date:
        if self.cleaned_data["active_from"] > self._today:
            raise ValidationError(_("This day is still to come. Enter a day up to today."), code="future")
        return self.cleaned_data["active_from"]


class ChangeForm(forms.Form):
    """What every change of a unit is entered with."""

    on = DayField(_("In force from"), required=True, help_text=_("Up to today. The days before stay as they were."))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    decision_number = forms.CharField(label=_("Decision number"), max_length=60, required=False)

    def __init__(self, *args, office: Office, unit: Unit, on: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.unit, self.office = unit, office
        self.initial["on"] = on
        standing = office.governed_units.filter(active_until__isnull=True)
        for each in self.fields.values():
            if isinstance(each, UnitField | UnitsField):
                each.units = standing
        self.order_fields([name for name in self.fields if name not in ("on", "reason", "decision_number")])


class RenameForm(ChangeForm):
    name = forms.CharField(label=_("New name"), max_length=_NAME)

    def __init__(self, *args, unit: Unit, **kwargs):
        super().__init__(*args, unit=unit, **kwargs)
        self.initial["name"] = unit.name


class MoveForm(ChangeForm):
    parent = UnitField(_("New unit above"), required=False, among=Among.GOVERNED)

    def __init__(self, *args, office: Office, **kwargs):
        super().__init__(*args, office=office, **kwargs)
        self.fields["parent"].required = not office.sees_all
        if office.sees_all:
            self.fields["parent"].help_text = _("Empty: the top of the tree.")


class CloseForm(ChangeForm):
    """Nothing but the decision."""


class MergeForm(ChangeForm):
    """The unit with others into one of them, into a third one, or into a new one."""

    siblings = forms.ModelMultipleChoiceField(
        Unit.objects.none(), required=False, to_field_name="uuid", widget=forms.CheckboxSelectMultiple, label=_("Together with"))
    others = UnitsField(_("Together with other units"), help_text=_("One unit a line: its code, or its whole name."))
    goes_into = forms.ChoiceField(
        label=_("What they become"), widget=forms.RadioSelect, initial="new",
        choices=[("new", _("A new unit")), ("this", _("This unit goes on, the others end")), ("other", _("Another unit goes on, these end"))])
    into = UnitField(_("The unit that goes on"), required=False, among=Among.GOVERNED, help_text=_("Only when another unit goes on."))
    new_name = forms.CharField(
        label=_("Name of the new unit"), max_length=_NAME, required=False, help_text=_("This and the next three only when a new unit is made."))
    new_code = forms.CharField(label=_("Code of the new unit"), max_length=_CODE, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    new_type = forms.ModelChoiceField(UnitType.objects.order_by("rank", "name"), label=_("Type of the new unit"), required=False, empty_label="—")
    new_parent = UnitField(_("Unit above the new one"), required=False, among=Among.GOVERNED)
    carries_posts = forms.BooleanField(label=_("People go on in the same posts in the successor, as designated"), required=False, initial=True)
    carries_roles = forms.BooleanField(label=_("Whoever has a role over a unit that ends has it over the successor"), required=False)

    def __init__(self, *args, unit: Unit, office: Office, **kwargs):
        super().__init__(*args, unit=unit, office=office, **kwargs)
        standing = office.governed_units.filter(active_until__isnull=True)
        beside = standing.filter(path__startswith=self._above, path__regex=rf"^{self._above}[0-9]+/$").exclude(pk=unit.pk).order_by("search_key")
        self.fields["siblings"].queryset = beside
        if not 0 < len(beside[:SIBLINGS_SHOWN + 1]) <= SIBLINGS_SHOWN:
            del self.fields["siblings"]
        parts = [part for part in unit.path.split("/") if part]
        above = standing.filter(pk=parts[-2]).first() if len(parts) > 1 else None
        self.initial |= {"new_type": unit.type_id, "new_parent": as_typed(above)}

    @property
    def _above(self) -> str:
        return self.unit.path.removesuffix(f"{self.unit.pk}/")

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("goes_into") == "new":
            self._demand("new_name", "new_code", "new_type", *([] if self.office.sees_all else ["new_parent"]))
        if cleaned.get("goes_into") == "other":
            self._demand("into")
        return cleaned

    def _demand(self, *names: str) -> None:
        for name in names:
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(_("This is needed here."), code="required"))

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units that become one, this one among them."""
        return tuple({unit.pk: unit for unit in (self.unit, *self.cleaned_data.get("siblings", ()), *self.cleaned_data["others"])}.values())


class SplitForm(ChangeForm):
    """New units out of this one; who and what goes where."""

    ends = forms.ChoiceField(
        label=_("What becomes of this unit"), widget=forms.RadioSelect, initial="stays",
        choices=[("stays", _("It stays; parts leave it")), ("ends", _("It ends; the parts take its place"))])
    type = forms.ModelChoiceField(UnitType.objects.order_by("rank", "name"), label=_("Type of the new units"), empty_label=None)

    def __init__(self, *args, unit: Unit, children: list[Unit], people: list[User], **kwargs):
        super().__init__(*args, unit=unit, **kwargs)
        self.initial["type"] = unit.type_id
        for number in range(1, MOST_PARTS + 1):
            self.fields[f"name{number}"] = forms.CharField(label=_("Name"), max_length=_NAME, required=False)
            self.fields[f"code{number}"] = forms.CharField(label=_("Code"), max_length=_CODE, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
        parts = [(str(number), _("to new unit %(number)d") % {"number": number}) for number in range(1, MOST_PARTS + 1)]
        stays = [("", _("stays, or ends with this unit")), *parts]
        self.fields["others"] = forms.ChoiceField(label=_("Whoever and whatever is not chosen below"), choices=stays, required=False)
        self._children = children if len(children) <= CHOSEN_ONE_BY_ONE else []
        self._people = people if len(people) <= CHOSEN_ONE_BY_ONE else []
        as_others = [("", _("like the others")), ("0", _("stays, or ends with this unit")), *parts]
        for kind, rows in (("unit", self._children), ("person", self._people)):
            for row in rows:
                self.fields[f"{kind}-{row.uuid}"] = forms.ChoiceField(label=str(row), choices=as_others, required=False)
        self.fields["carries_roles"] = forms.BooleanField(label=_("Whoever has a role over this unit, when it ends, has it over each part"), required=False)

    def clean(self) -> dict:
        cleaned = super().clean()
        named = [number for number in range(1, MOST_PARTS + 1) if cleaned.get(f"name{number}") or cleaned.get(f"code{number}")]
        for number in named or [1]:
            for name in (f"name{number}", f"code{number}"):
                if not cleaned.get(name):
                    self.add_error(name, ValidationError(_("This is needed here."), code="required"))
        chosen = {cleaned.get(name) for name in self.fields if name == "others" or name.startswith(("unit-", "person-"))}
        if missing := sorted(int(number) for number in chosen - {"", "0", None} if int(number) not in named):
            self.add_error(f"name{missing[0]}", ValidationError(_("Something goes to this unit: enter its name and code."), code="required"))
        self._numbers = named
        return cleaned

    @property
    def named_parts(self) -> list[tuple[str, str]]:
        """The codes and names of the parts, in their order."""
        return [(self.cleaned_data[f"code{number}"], self.cleaned_data[f"name{number}"]) for number in self._numbers]

    def place_of(self, said: str) -> int | None:
        """The place of a part among those that are named."""
        return self._numbers.index(int(said)) if said not in ("", "0") else None

    def chosen(self, kind: str) -> dict[int, int | None]:
        """Which part each gets, by id; who goes like the others is left out."""
        rows = self._children if kind == "unit" else self._people
        return {row.pk: self.place_of(said) for row in rows if (said := self.cleaned_data[f"{kind}-{row.uuid}"])}

    @property
    def part_fields(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        return [(number, self[f"name{number}"], self[f"code{number}"]) for number in range(1, MOST_PARTS + 1)]

    @property
    def child_fields(self) -> list[forms.BoundField]:
        return [self[f"unit-{row.uuid}"] for row in self._children]

    @property
    def person_fields(self) -> list[forms.BoundField]:
        return [self[f"person-{row.uuid}"] for row in self._people]


class MovesFileForm(forms.Form):
    """A list of moves."""

    file = forms.FileField(label=_("Excel file (.xlsx)"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class TreeForm(forms.Form):
    """Which units, and of which day."""

    q = forms.CharField(
        required=False, max_length=120, label=_("Name or code"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("no diacritics needed"), "autocomplete": "off", "class": "input"}))
    ngay = DayField(_("As of"))

    def __init__(self, data, *, on: date):
        super().__init__(data)
        self.fields["ngay"].widget.attrs["class"] = "input"
        self.is_valid()
        self.words = (self.cleaned_data.get("q") or "").strip()
        self.day = self.cleaned_data.get("ngay") or on
        self.is_former = self.day != on


class MovesLinesForm(forms.Form):
    """The lines of a list as they come back from their preview; each unit is looked up again among those that one governs."""

    reason = forms.CharField(max_length=500)
    lines = forms.CharField(max_length=2_000_000)

    def __init__(self, data, *, office: Office):
        super().__init__(data)
        self._units = office.governed_units

    def clean_lines(self) -> list[MoveLine]:
        try:
            said = [(int(line), UUID(unit), UUID(parent), date.fromisoformat(on), str(number)[:60]) for line, unit, parent, on, number in json.loads(
                self.cleaned_data["lines"])]
            wanted = sorted({uuid for line in said for uuid in line[1:3]})
            units = {unit.uuid: unit for start in range(0, len(wanted), 500) for unit in self._units.filter(uuid__in=wanted[start:start + 500])}
            return [MoveLine(line, units[unit], units[parent], on, number) for line, unit, parent, on, number in said]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ValidationError(_("Choose the file again; some of its units are no longer yours to move."), code="stale") from error
