"""What an office may ask and say of its people, their posts and their roles."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Gender
from accounts.forms.fields import BirthDateField, FullNameField, PhoneField
from accounts.models import User
from accounts.services import Facts
from unions.enums import Manner, Role, Sector
from unions.forms.choosing import Among, UnitField
from unions.forms.days import DayField
from unions.models import Post, PostKind, Unit
from unions.selectors.cadres import Filters
from unions.selectors.scopes import Office
from unions.services.posts import Term
from vietnamese.text import clean

_YEAR = re.compile(r"\d{4}", re.ASCII)
# Nobody younger holds a post (Labour Code 45/2019/QH14, Art. 3(1): workers are 15 or older).
_YOUNGEST = 15


class KindField(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        super().__init__(PostKind.objects.order_by("rank", "name"), to_field_name="slug", label=_("Post"), **kwargs)


def unit_field(units: QuerySet[Unit], on: date, *, label, chosen: Unit | None = None) -> UnitField:
    """Return a field for one of these units as of that day: a list while that is short, else words to find it by. One query."""
    field = UnitField(label, among=Among.MANAGED, empty_label=_("Choose a unit"), is_whole=True)
    field.units = units.on(on)
    field.draw("", (), on, chosen)
    return field


class CadreFilterForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=120, label=_("Name, telephone, e-mail, member code"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("no diacritics needed"), "autocomplete": "off"}))
    unit = UnitField(_("Unit"), required=False, empty_label=_("All"))
    kind = KindField(required=False, empty_label=_("All"))
    full_time = forms.ChoiceField(
        required=False, label=_("Full-time or part-time"),
        choices=[("", _("All")), ("1", pgettext_lazy("audience", "Full-time")), ("0", pgettext_lazy("audience", "Part-time"))])
    sector = forms.ChoiceField(choices=[("", _("All")), *Sector.choices], required=False, label=_("Sector"))
    seen = forms.ChoiceField(
        required=False, label=_("Sign-in"), choices=[("", _("All")), ("1", _("Has signed in")), ("0", _("Never signed in"))])

    def __init__(self, data, *, office: Office, on: date):
        super().__init__(data)
        self.fields["unit"].units = office.units
        self.wanted = self._read()
        self.fields["unit"].draw(self["unit"].value(), office.paths, on)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def clean_q(self) -> str:
        return clean(self.cleaned_data["q"])

    def _read(self) -> Filters:
        """Return what is asked; what is not understood is left out and said beside its field."""
        self.is_valid()
        values = {name: self.cleaned_data.get(name) or None for name in self.fields}
        return Filters(
            q=values["q"] or "", unit=values["unit"], kind=values["kind"], full_time=values["full_time"] or "", sector=values["sector"] or "",
            seen=values["seen"] or "")


class BornField(forms.Field):
    """A date of birth, or the year alone: often all that an office knows. Cleaned to a year and a day, either of which may be None."""

    def __init__(self, *, on: date):
        super().__init__(
            required=False, label=_("Date or year of birth"), help_text=_("21/11/1985, or only 1985."),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 20}))
        self._on = on

    def clean(self, value: str) -> tuple[int | None, date | None]:
        text = (value or "").strip()
        if not text:
            return None, None
        day = None if _YEAR.fullmatch(text) else BirthDateField().clean(text)
        year = day.year if day else int(text)
        if not 1900 <= year <= self._on.year - _YOUNGEST:
            raise ValidationError(_("This year of birth cannot be right."), code="out_of_range")
        return year, day


class FactsForm(forms.Form):
    """What an office knows of a person."""

    full_name = FullNameField(error_messages={"required": _("Write the full name.")}, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    gender = forms.ChoiceField(label=_("Gender"), required=False, choices=[("", _("Not said")), *Gender.choices])
    phone = PhoneField(required=False, widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}))
    email = forms.EmailField(label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    member_code = forms.CharField(label=_("Member code"), required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    given_name = FullNameField(
        label=_("Name to sort by"), required=False, max_length=40, help_text=_("Only when it is not the last word of the full name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, data=None, *, on: date, person: User | None = None, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["born"] = BornField(on=on)
        self.order_fields(["full_name", "born"])
        if person:
            self.initial = {name: getattr(person, name) for name in ("full_name", "given_name", "gender", "phone", "email", "member_code")}
            self.initial["born"] = f"{person.date_of_birth:%d/%m/%Y}" if person.date_of_birth else person.birth_year or ""

    def clean_email(self) -> str | None:
        return self.cleaned_data["email"].strip().lower() or None

    def clean_member_code(self) -> str | None:
        # Without spaces, as it is typed to sign in and as a list brings it.
        return "".join(clean(self.cleaned_data["member_code"]).upper().split()) or None

    @property
    def facts(self) -> Facts:
        """What is said, once the form is valid."""
        values = self.cleaned_data
        year, day = values["born"]
        names = ("full_name", "given_name", "gender", "phone", "email", "member_code")
        return Facts(**{name: values[name] for name in names}, birth_year=year, date_of_birth=day)


class PostForm(forms.Form):
    """A post in words of its decision. Without `units` it is a post that stands, whose unit does not change."""

    kind = KindField(empty_label=_("Choose a post"))
    full_time = forms.TypedChoiceField(
        label=_("Full-time or part-time"), widget=forms.RadioSelect, coerce=lambda value: value == "1", initial="0",
        choices=[("0", pgettext_lazy("audience", "Part-time")), ("1", pgettext_lazy("audience", "Full-time"))])
    valid_from = DayField(_("Held from"), required=True)
    valid_until = DayField(_("No longer held from"), help_text=_("Stays empty as long as the post is held and no end is fixed."))
    manner = forms.ChoiceField(label=_("Manner"), required=False, choices=[("", _("Not said")), *Manner.choices])
    term = forms.CharField(
        label=pgettext_lazy("of office", "Term"), required=False, max_length=20, widget=forms.TextInput(attrs={"placeholder": "2026–2031", "autocomplete": "off"}))
    decision_number = forms.CharField(
        label=_("Decision number"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "12/QĐ-LĐLĐ", "autocomplete": "off"}))

    def __init__(self, data=None, *, units: QuerySet[Unit] | None = None, on: date | None = None, unit: Unit | None = None, **kwargs):
        super().__init__(data, **kwargs)
        if units is not None:
            self.fields["unit"] = unit_field(units, on, label=_("Unit"), chosen=unit)
            self.initial.setdefault("unit", unit)
            self.order_fields(["unit"])

    @property
    def said(self) -> Term:
        """What is said of the post, once the form is valid."""
        values = self.cleaned_data
        names = ("kind", "valid_from", "valid_until", "full_time", "manner")
        return Term(**{name: values[name] for name in names}, term=clean(values["term"]), decision_number=clean(values["decision_number"]))


class StandingPostForm(PostForm):
    """A post that stands, to be corrected; `seen` is what the page told of it."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data=None, *, post: Post, told: str):
        names = ("valid_from", "valid_until", "manner", "term", "decision_number")
        initial = {name: getattr(post, name) for name in names}
        super().__init__(data, initial={**initial, "kind": post.kind.slug, "full_time": "1" if post.full_time else "0", "seen": told})


class EndPostForm(forms.Form):
    """From which day the post is no longer held."""

    on = DayField(_("No longer held from"), required=True, help_text=_("The first day on which the person no longer holds the post."))
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class NewPersonForm(FactsForm):
    """Somebody new; the post that brings them here is asked beside it."""

    is_somebody_else = forms.BooleanField(label=_("I have looked: this is somebody else"), required=False)


class RoleForm(forms.Form):
    """A role over a unit and everything below it."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, data=None, *, units: QuerySet[Unit], on: date, roles: frozenset[str], unit: Unit | None = None):
        super().__init__(data)
        self.fields["role"].choices = [(role.value, role.label) for role in Role if role in roles]
        self.fields["unit"] = unit_field(units, on, label=_("Over this unit and all below"), chosen=unit)
        self.initial["unit"] = unit
        self.order_fields(["unit"])


class GrantFilterForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=120, label=_("Name or unit"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("no diacritics needed"), "autocomplete": "off", "class": "input"}))
    role = forms.ChoiceField(
        choices=[("", _("All")), *Role.choices], required=False, label=_("Role"), widget=forms.Select(attrs={"class": "input"}))

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.q = clean(self.cleaned_data.get("q") or "")
        self.role = self.cleaned_data.get("role") or ""
