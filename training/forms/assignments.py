"""What the office says when it requires a course. Whom it means is a form of its own (`unions.forms.audiences`)."""

from datetime import date
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from certificates.forms.days import DayField
from courses.models import CoursePage
from learning.enums import Need
from learning.models import AssignmentRule
from learning.services.assignments import RuleFacts
from training.enums import AssignmentState, Recurrence
from unions.forms.choosing import Among, UnitField
from unions.selectors.scopes import Office
from vietnamese.text import clean


class RuleFactsForm(forms.Form):
    """What may be said anew of a rule that stands."""

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As people read it: “Basic training of new group leaders”."))
    decision_number = forms.CharField(label=_("Number of the plan or decision"), max_length=60, required=False)
    due_on = DayField(_("Due on"), _("The same day for everybody."))
    due_days = forms.IntegerField(
        label=_("Or within so many days"), required=False, min_value=1, max_value=3650,
        help_text=_("From the day on which somebody is assigned. With both, the later day holds: right for whoever enters a post later."))

    def clean(self) -> dict:
        cleaned = super().clean()
        if not self.errors and not cleaned.get("due_on") and not cleaned.get("due_days"):
            self.add_error("due_on", ValidationError(_("Write a day, or a number of days."), code="no_day"))
        return cleaned

    @property
    def facts(self) -> RuleFacts:
        values = self.cleaned_data
        return RuleFacts(clean(values["title"]), clean(values["decision_number"]), values["due_on"], values["due_days"])


class RuleForm(RuleFactsForm):
    """A new rule."""

    unit = UnitField(_("For the people of"), among=Among.MANAGED, is_whole=True, help_text=_("This unit and all below it."))
    course = forms.ModelChoiceField(CoursePage.objects.none(), to_field_name="slug", label=_("Course"), empty_label=_("Choose a course"))
    need = forms.ChoiceField(choices=Need.choices, label=_("What counts"), widget=forms.RadioSelect, initial=Need.COURSE)
    recurrence = forms.ChoiceField(choices=Recurrence.choices, label=_("How often"), widget=forms.RadioSelect, initial=Recurrence.ONCE)
    starts_on = DayField(_("Counted from"), _("What was done before this day does not count. Empty: whenever it was done."))
    recurs_months = forms.IntegerField(label=_("Again every so many months"), required=False, min_value=1, max_value=120)
    # The same page sent twice makes one rule.
    key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ["title", "unit", "course", "need", "due_on", "due_days", "recurrence", "recurs_months", "starts_on", "decision_number"]

    def __init__(self, data=None, *, office: Office, on: date, **kwargs):
        super().__init__(data, **kwargs)
        self.initial.setdefault("key", uuid4())
        self.fields["unit"].units = office.managed_units.on(on)
        self.fields["course"].queryset = CoursePage.objects.live().order_by("title").only("title", "slug", "path", "depth", "live", "gives_certificate")
        self.fields["unit"].draw(self["unit"].value(), office.managed_paths, on)

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("recurrence") == Recurrence.AGAIN and not cleaned.get("recurs_months") and "recurs_months" not in self.errors:
            self.add_error("recurs_months", ValidationError(_("Write after how many months it is asked again."), code="no_months"))
        if cleaned.get("recurrence") != Recurrence.AGAIN:
            cleaned["recurs_months"] = None
        return cleaned

    @property
    def rule(self) -> dict:
        """What is said, for the service."""
        values = self.cleaned_data
        key: UUID = values["key"]
        return {
            "unit": values["unit"], "course": values["course"], "need": values["need"], "starts_on": values["starts_on"],
            "recurs_months": values["recurs_months"], "facts": self.facts, "key": key}


class RuleChangeForm(RuleFactsForm):
    def __init__(self, data=None, *, rule: AssignmentRule, **kwargs):
        super().__init__(data, **kwargs)
        self.initial = {name: getattr(rule, name) for name in ("title", "decision_number", "due_on", "due_days")}


class PeopleFilterForm(forms.Form):
    """Whom of a rule's people to show."""

    q = forms.CharField(
        required=False, max_length=120, label=_("Name, telephone, e-mail"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("no diacritics needed"), "autocomplete": "off", "class": "input"}))
    state = forms.ChoiceField(
        choices=[("", _("All")), *AssignmentState.choices], required=False, label=_("State"), widget=forms.Select(attrs={"class": "input"}))

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.q = clean(self.cleaned_data.get("q") or "")
        self.state = self.cleaned_data.get("state") or ""

    @property
    def params(self) -> dict[str, str]:
        return {name: value for name, value in {"q": self.q, "state": self.state}.items() if value}
