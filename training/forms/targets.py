"""What the office says when it sets a target. Whom it means is a form of its own (`unions.forms.audiences`)."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from certificates.forms.days import DayField
from courses.models import CoursePage
from learning.enums import Need
from training.enums import Match
from training.models import Scheme, Target
from training.services.targets import SchemeFacts, TargetFacts
from unions.forms.choosing import Among, UnitField
from unions.models import Unit
from unions.selectors.scopes import Office
from vietnamese.text import clean

YEARS = (2000, 2100)
_BAD_YEAR = _("Write a year between 2000 and 2100.")


class YearField(forms.IntegerField):
    def __init__(self, label: str, **kwargs):
        super().__init__(
            label=label, min_value=YEARS[0], max_value=YEARS[1], widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            error_messages={"invalid": _BAD_YEAR, "min_value": _BAD_YEAR, "max_value": _BAD_YEAR}, **kwargs)


class PercentField(forms.CharField):
    """A percentage as people write it: 90, 90%, 87,5 or 87.5."""

    def clean(self, value) -> Decimal:
        text = super().clean(value).replace("%", "").replace(",", ".").strip()
        try:
            percentage = Decimal(text)
            is_sensible = percentage.is_finite() and 0 < percentage <= 100
        except InvalidOperation:
            is_sensible = False
        if not is_sensible or percentage < Decimal("0.1"):
            raise ValidationError(_("Write a percentage above 0 and up to 100, for example 90 or 87,5."), code="percentage")
        if percentage.as_tuple().exponent < -1 and percentage != percentage.quantize(Decimal("0.1")):
            raise ValidationError(_("Write at most one decimal, for example 87,5."), code="decimals")
        return percentage


class _Refused(forms.Form):
    def refuse(self, error) -> None:
        """Say beside its field why the service refused."""
        self.add_error(error.field if error.field in self.fields else None, ValidationError(error.message, code=error.code))


class _ManagedUnit(forms.Form):
    """The unit that sets something, chosen from those that one manages. The same page sent twice sets it once (`key`)."""

    unit = UnitField(_("Set by"), among=Among.MANAGED, is_whole=True, help_text=_("It holds for this unit and all below it."))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, office: Office, on: date, **kwargs):
        super().__init__(data, **kwargs)
        self.initial.setdefault("key", uuid4())
        self.fields["unit"].units = office.managed_units.on(on)
        self.fields["unit"].draw(self["unit"].value(), office.managed_paths, on)

    @property
    def where(self) -> dict:
        """The unit and the key, for the service."""
        key: UUID = self.cleaned_data["key"]
        return {"unit": self.cleaned_data["unit"], "key": key}


class TargetFactsForm(_Refused):
    """What a target says; of one that stands it may all be said anew, save which unit set it."""

    title = forms.CharField(
        label=_("Title"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("As it stands in the plan: “100% of cadres from deputy group leader up are trained”."))
    year = YearField(_("Year"))
    courses = forms.ModelMultipleChoiceField(
        CoursePage.objects.none(), to_field_name="slug", widget=forms.CheckboxSelectMultiple, label=_("Courses"),
        error_messages={"required": _("Choose at least one course.")})
    match = forms.ChoiceField(choices=Match.choices, label=_("Of several courses"), widget=forms.RadioSelect, initial=Match.ALL)
    need = forms.ChoiceField(choices=Need.choices, label=_("What counts"), widget=forms.RadioSelect, initial=Need.COURSE)
    since = DayField(_("Done since"), _("What was done before this day does not count. Empty: whenever it was done."))
    percentage = PercentField(label=_("Percent of these people"), max_length=8, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    due_on = DayField(_("By"))
    scheme = forms.ModelChoiceField(Scheme.objects.none(), required=False, to_field_name="uuid", label=_("Part of the scheme"), empty_label=_("None"))
    decision_number = forms.CharField(label=_("Number of the plan or decision"), max_length=60, required=False)
    field_order = ["unit"]

    def __init__(self, data=None, *, user, chosen: Collection[CoursePage] = (), **kwargs):
        super().__init__(data, **kwargs)
        self.fields["due_on"].required = True
        # A course that was taken from the site stays in the targets that ask for it.
        offered = CoursePage.objects.live() | CoursePage.objects.filter(pk__in=[course.pk for course in chosen])
        self.fields["courses"].queryset = offered.order_by("title").only("title", "slug", "path", "depth", "live", "gives_certificate")
        self.fields["scheme"].queryset = Scheme.objects.visible_to(user).select_related("unit").order_by("-year_from", "title")
        self.fields["scheme"].label_from_instance = lambda scheme: f"{scheme.title} ({scheme.year_from}–{scheme.year_until})"

    @property
    def facts(self) -> TargetFacts:
        values = self.cleaned_data
        return TargetFacts(
            year=values["year"], title=clean(values["title"]), due_on=values["due_on"], courses=tuple(values["courses"]),
            percentage=values["percentage"], need=values["need"], match=values["match"], since=values["since"], scheme=values["scheme"],
            decision_number=clean(values["decision_number"]))


class TargetForm(TargetFactsForm, _ManagedUnit):
    """A new target: of a year, or carried on from another one (`like`)."""

    def __init__(self, data=None, *, office: Office, on: date, unit: Unit | None = None, like: TargetFacts | None = None):
        said = initial_of(like) if like else {"year": on.year, "due_on": date(on.year, 12, 31), "percentage": "100"}
        if unit:
            said["unit"] = unit.uuid
        super().__init__(data, office=office, on=on, user=office.user, chosen=like.courses if like else (), initial=said)


class TargetChangeForm(TargetFactsForm):
    # What the target said when the page was opened.
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data=None, *, office: Office, target: Target, seen: str):
        courses = tuple(target.courses.all())
        facts = TargetFacts(
            target.year, target.title, target.due_on, courses, target.percentage, target.need, target.match, target.since, target.scheme,
            target.decision_number)
        super().__init__(data, user=office.user, chosen=courses, initial=initial_of(facts) | {"seen": seen})

    def look_again(self, seen: str) -> None:
        """Take what the target says by now for seen, so that what was entered can be saved after a second look."""
        self.data = self.data.copy()
        self.data["seen"] = seen


def initial_of(facts: TargetFacts) -> dict:
    """Return what a form shows of a target."""
    percentage = Decimal(facts.percentage).normalize()
    decimals = 0 if percentage == percentage.to_integral_value() else 1
    return {
        "title": facts.title, "year": facts.year, "courses": [course.slug for course in facts.courses], "match": facts.match, "need": facts.need,
        "since": facts.since, "percentage": number_format(percentage, decimals), "due_on": facts.due_on,
        "scheme": facts.scheme and facts.scheme.uuid, "decision_number": facts.decision_number}


class SchemeFactsForm(_Refused):
    title = forms.CharField(label=_("Title"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    year_from = YearField(_("From year"))
    year_until = YearField(_("Until year"))
    decision_number = forms.CharField(label=_("Number of the plan or decision"), max_length=60, required=False)
    field_order = ["unit"]

    def clean(self) -> dict:
        cleaned = super().clean()
        first, last = cleaned.get("year_from"), cleaned.get("year_until")
        if first and last and first > last:
            self.add_error("year_until", ValidationError(_("This year lies before the first one."), code="backwards"))
        return cleaned

    @property
    def facts(self) -> SchemeFacts:
        values = self.cleaned_data
        return SchemeFacts(clean(values["title"]), values["year_from"], values["year_until"], clean(values["decision_number"]))


class SchemeForm(SchemeFactsForm, _ManagedUnit):
    def __init__(self, data=None, *, office: Office, on: date):
        super().__init__(data, office=office, on=on, initial={"year_from": on.year, "year_until": on.year + 1})


class SchemeChangeForm(SchemeFactsForm):
    def __init__(self, data=None, *, scheme: Scheme):
        super().__init__(data, initial={name: getattr(scheme, name) for name in ("title", "year_from", "year_until", "decision_number")})
