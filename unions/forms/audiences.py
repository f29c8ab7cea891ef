"""Who is meant, as a part of a form: for required courses and for targets alike."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from unions.enums import Sector
from unions.forms.choosing import Among, UnitField
from unions.models import Audience, PostKind, Unit, UnitType
from unions.selectors.audiences import Meant, meant_by
from unions.selectors.named import lines_of, people_named, units_named
from unions.selectors.scopes import Office, people_under

PEOPLE_AT_MOST = 2000
UNITS_AT_MOST = 100
# More lines than these are not told one by one.
SHOWN = 10


class AudienceForm(forms.Form):
    """Whoever answers to every line that is filled in. `audience` is what was said before; `meant` what is said now.

    A form part: hand it a prefix, look at `is_valid()` beside the other form's, and give `meant` to the service.
    """

    from_kind = forms.ModelChoiceField(
        PostKind.objects.none(), required=False, to_field_name="slug", label=_("From this post up"), empty_label=_("All cadres"),
        help_text=_("Chairs come first. “From deputy group leader up” is every cadre."))
    kinds = forms.ModelMultipleChoiceField(
        PostKind.objects.none(), required=False, to_field_name="slug", widget=forms.CheckboxSelectMultiple, label=_("Or exactly these posts"),
        help_text=_("Together with “from this post up” they are added to it."))
    full_time = forms.TypedChoiceField(
        choices=[("", _("All")), ("1", pgettext_lazy("audience", "Full-time")), ("0", pgettext_lazy("audience", "Part-time"))], required=False,
        coerce=lambda value: value == "1", empty_value=None, label=_("Full-time or part-time"))
    women_only = forms.BooleanField(required=False, label=_("Women only"))
    new_within_months = forms.IntegerField(
        required=False, min_value=1, max_value=120, label=_("New in post, within months"),
        help_text=_("12: whoever entered such a post for the first time within the last year."))
    sector = forms.ChoiceField(choices=[("", _("All")), *Sector.choices], required=False, label=_("Sector"))
    unit_types = forms.ModelMultipleChoiceField(
        UnitType.objects.none(), required=False, to_field_name="name", widget=forms.CheckboxSelectMultiple, label=_("Types of unit"))
    members_from = forms.IntegerField(required=False, min_value=0, max_value=10_000_000, label=_("Units with at least so many members"))
    members_below = forms.IntegerField(required=False, min_value=1, max_value=10_000_000, label=_("Units with fewer members than"))
    branch = UnitField(
        _("Only this unit and those below"), required=False, among=Among.MANAGED, is_whole=True, empty_label=_("All units"))
    more_units = forms.CharField(
        required=False, max_length=20_000, label=_("Or several units, one a line"), widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Code or name; diacritics are not needed."))
    picked = forms.CharField(
        required=False, max_length=200_000, label=_("Hand-picked people, one a line"), widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Telephone number, e-mail or member code, with or without the name; rows pasted from Excel are understood. They are meant whatever their post."))
    only_people = forms.BooleanField(required=False, label=_("Nobody but the hand-picked people"))

    def __init__(self, data=None, *, office: Office, on: date, audience: Audience | None = None, prefix: str = "audience", **kwargs):
        super().__init__(data, prefix=prefix, **kwargs)
        self._said = meant_by(audience) if audience else Meant()
        # Who was picked before stays to be picked, though they may have left the office's units.
        self._people = _people_of(office, on, self._said.people)
        units = office.managed_units
        self._units = units | Unit.objects.filter(pk__in=[unit.pk for unit in self._said.units])
        self.fields["from_kind"].queryset = PostKind.objects.filter(is_cadre=True).order_by("rank", "name")
        self.fields["kinds"].queryset = PostKind.objects.order_by("rank", "name")
        self.fields["unit_types"].queryset = UnitType.objects.order_by("rank", "name")
        self.fields["branch"].units = self._units
        self._fill()
        self.fields["branch"].draw(self["branch"].value(), office.managed_paths, on)

    def _fill(self) -> None:
        said = self._said
        one = said.units[0] if len(said.units) == 1 else None
        self.initial = {
            **{name: getattr(said, name) for name in ("women_only", "new_within_months", "sector", "members_from", "members_below", "only_people")},
            "full_time": {True: "1", False: "0", None: ""}[said.full_time], "from_kind": said.from_kind and said.from_kind.slug,
            "kinds": [kind.slug for kind in said.kinds], "unit_types": [kind.name for kind in said.unit_types], "branch": one and one.uuid,
            "more_units": "" if one else "\n".join(f"{unit.code}" for unit in said.units),
            "picked": "\n".join(map(_line_of, User.objects.filter(pk__in=said.people).in_order())) if said.people else ""}

    def clean_more_units(self) -> tuple[Unit, ...]:
        lines = lines_of(self.cleaned_data["more_units"])
        if len(lines) > UNITS_AT_MOST:
            raise ValidationError(_("At most %(count)s units; name a unit above them instead.") % {"count": UNITS_AT_MOST}, code="too_many")
        named = units_named(lines, self._units)
        errors = [ValidationError(_("No unit of yours is called “%(line)s”.") % {"line": line}, code="unknown") for line in named.unknown[:SHOWN]]
        errors += [ValidationError(
            _("“%(line)s” may be several units: %(units)s. Write the code.") % {
                "line": line, "units": "; ".join(f"{unit.code} {unit.name}" for unit in units[:5])}, code="several") for line, units in named.several[:SHOWN]]
        if errors:
            raise ValidationError(errors)
        return tuple(named.found)

    def clean_picked(self) -> tuple[int, ...]:
        lines = lines_of(self.cleaned_data["picked"])
        if len(lines) > PEOPLE_AT_MOST:
            raise ValidationError(_("At most %(count)s people by name; describe the audience by posts instead.") % {"count": PEOPLE_AT_MOST}, code="too_many")
        named = people_named(lines, self._people)
        errors = [ValidationError(_("Nobody of your units is “%(line)s”.") % {"line": line}, code="unknown") for line in named.unknown[:SHOWN]]
        if (more := len(named.unknown) - SHOWN) > 0:
            errors.append(ValidationError(_("And %(count)s lines more were not found.") % {"count": more}, code="unknown"))
        if errors:
            raise ValidationError(errors)
        return tuple(named.found)

    def clean(self) -> dict:
        cleaned = super().clean()
        least, below = cleaned.get("members_from"), cleaned.get("members_below")
        if least is not None and below is not None and least >= below:
            self.add_error("members_below", ValidationError(_("This number must be higher than the lowest one."), code="backwards"))
        if cleaned.get("only_people") and "picked" not in self.errors and not cleaned.get("picked"):
            self.add_error("picked", ValidationError(_("Write down at least one person."), code="nobody"))
        return cleaned

    @property
    def meant(self) -> Meant:
        """What is said, once the form is valid."""
        values = self.cleaned_data
        branches = [values["branch"]] if values["branch"] else []
        units = {unit.pk: unit for unit in [*branches, *values["more_units"]]}
        return Meant(
            **{name: values[name] for name in (
                "from_kind", "full_time", "women_only", "sector", "members_from", "members_below", "new_within_months", "only_people")},
            kinds=tuple(values["kinds"]), unit_types=tuple(values["unit_types"]), units=tuple(units.values()), people=values["picked"])

    @property
    def says_more(self) -> bool:
        """Whether a line of the folded part is filled in, so that it is drawn open."""
        names = ("kinds", "full_time", "women_only", "new_within_months", "unit_types", "more_units", "picked", "only_people")
        return any(self[name].value() or name in self.errors for name in names)


def _people_of(office: Office, on: date, picked: tuple[int, ...]) -> QuerySet[User]:
    if office.sees_all:
        return User.objects.all()
    return User.objects.filter(Q(pk__in=people_under(office.managed_units, on)) | Q(pk__in=picked))


def _line_of(person: User) -> str:
    """The person as they are pasted: what they are found by, then the name."""
    return f"{person.phone_shown or person.email or person.member_code or person.uuid}\t{person.full_name}"
