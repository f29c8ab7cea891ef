"""Choosing a unit of the tree: out of a list while that is short, else by its code, its name, or words that fit it only."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.utils import flatatt
from django.urls import reverse_lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from unions.models import Unit
from unions.selectors.named import units_named
from unions.selectors.units import UnitOption, unit_options

INDENT = "\u2003"
# Between the code and the name of a unit in a field that offers them.
BETWEEN = " · "


class Among(StrEnum):
    """Which units are offered while one types: those whose people one sees or manages, or those that one may change. The value ends the address that finds them."""

    SEEN = ""
    MANAGED = "?quan-ly=nguoi"
    GOVERNED = "?quan-ly=1"


class LongSelect(forms.Select):
    """Draws what `Select` draws, but for groups, without a template for each of its options: of 600 units they would take half of the page's time."""

    def render(self, name: str, value, attrs: dict | None = None, renderer=None) -> SafeString:
        chosen = set(self.format_value(value))
        options = format_html_join(
            "", '<option value="{}"{}>{}</option>',
            ((key, SafeString(" selected") if key in chosen else "", label) for key, label in self._pairs()))
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(self.build_attrs(self.attrs, attrs)), options)

    def _pairs(self):
        return ((str(key) if key is not None else "", label) for key, label in self.choices)


class UnitField(forms.CharField):
    """One of `units`, by uuid (links carry it), code, whole name, or words that fit one only; script offers what fits while one types.

    `draw` makes it a list where that is short. With `is_whole` the list holds all units or is none: for forms that are not drawn anew with the branch
    below the unit that was chosen.
    """

    default_error_messages = {
        "unknown": _("None of your units has this code or name. Enter the code, or words of the name."),
        "several": _("Several units fit: %(units)s. Enter the code."),
    }

    def __init__(self, label, *, among: Among = Among.SEEN, empty_label=None, is_whole: bool = False, required: bool = True, help_text=""):
        address = format_lazy("{}{}", reverse_lazy("units:find-units"), among.value)
        attributes = {
            "autocomplete": "off", "placeholder": _("code or name"), "data-unit-search": "", "data-unit-search-at": address,
            "data-unit-search-none": _("No unit fits."), "data-unit-search-some": _("Units that fit: {count}")}
        super().__init__(label=label, required=required, max_length=250, help_text=help_text, widget=forms.TextInput(attrs=attributes))
        self.empty_label, self._is_whole = empty_label, is_whole
        self.units = Unit.objects.none()

    @property
    def units(self) -> QuerySet[Unit]:
        return self._units

    @units.setter
    def units(self, units: QuerySet[Unit]) -> None:
        self._units = units
        # What was typed is looked up once, however often the form asks.
        self._read: dict[str, Unit | ValidationError] = {}

    def __deepcopy__(self, memo: dict) -> "UnitField":
        field = super().__deepcopy__(memo)
        # Each form remembers for itself.
        field.units = self.units
        return field

    def clean(self, value) -> Unit | None:
        text = super().clean(value)
        if not text:
            return None
        if text not in self._read:
            self._keep(text, self._meant(text))
        found = self._read[text]
        if isinstance(found, ValidationError):
            raise found
        return found

    def chosen(self, value) -> Unit | None:
        """The unit that is meant; None also when it is not understood."""
        try:
            return self.clean(value)
        except ValidationError:
            return None

    def draw(self, value, roots: Iterable[str], on: date, chosen: Unit | None = None) -> None:
        """Settle how the field is drawn, its value being this; `chosen` is shown when nothing else is asked. Two queries besides the reading."""
        text = str(value or "").strip()
        meant = self.chosen(text)
        if chosen := meant or chosen:
            self._keep(str(chosen.uuid), chosen)
        # What was typed and not understood stays to be mended, also where a list could be shown.
        is_typed = bool(text) and not meant and uuid_in(text) is None
        options = None if is_typed else unit_options(self.units, roots, chosen, on, is_whole=self._is_whole)
        if options is not None:
            self._become(options)

    def _become(self, options: list[UnitOption]) -> None:
        none = [] if self.empty_label is None else [("", self.empty_label)]
        self.widget = LongSelect(choices=[*none, *((option.value, f"{INDENT * option.depth}{option.name}") for option in options)])
        self.widget.is_required = self.required

    def prepare_value(self, value):
        unit = value if isinstance(value, Unit) else self._read.get(str(value or "").strip())
        if not isinstance(unit, Unit):
            return value
        return str(unit.uuid) if isinstance(self.widget, LongSelect) else as_typed(unit)

    def _keep(self, text: str, found: Unit | ValidationError) -> None:
        self._read[text] = found
        if isinstance(found, Unit):
            self._read |= {str(found.uuid): found, as_typed(found): found}

    def _meant(self, text: str) -> Unit | ValidationError:
        """By uuid and code also a unit that has ended, by words only one that stands. Three queries at most."""
        if uuid := uuid_in(text):
            return self.units.filter(uuid=uuid).first() or self._error("unknown")
        code = text.split(BETWEEN)[0].strip()
        if unit := self.units.filter(code__in=[code, code.upper()]).first():
            return unit
        named = units_named([text], self.units.filter(active_until__isnull=True))
        if named.several:
            return self._error("several", units="; ".join(map(as_typed, named.several[0][1])))
        return named.found[0] if named.found else self._error("unknown")

    def _error(self, code: str, **params) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)


def as_typed(unit: Unit | None) -> str:
    """What a field holds for a unit."""
    return f"{unit.code}{BETWEEN}{unit.name}" if unit else ""


def uuid_in(text: str) -> UUID | None:
    """The uuid that is written, with its hyphens: digits alone may be a code."""
    if text.count("-") != 4:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
