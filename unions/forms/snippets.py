"""Forms of the units in the Wagtail admin; the views hand their clean values to the services."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.widgets import AdminDateInput

from unions.forms.choosing import Among, UnitField
from unions.models import Unit


class NewUnitForm(WagtailAdminModelForm):
    """A unit that is being set up: where it stands, and from which day."""

    parent = UnitField(_("Unit above"), required=False, among=Among.GOVERNED, help_text=_("Its code, or its whole name. Empty: the top of the tree."))
    decision_number = forms.CharField(label=_("Decision number"), max_length=60, required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].units = Unit.objects.filter(active_until__isnull=True)


class UnitForm(WagtailAdminModelForm):
    """A unit that stands: a new name holds from a day on, for a reason."""

    renamed_on = forms.DateField(
        label=_("New name from"), required=False, widget=AdminDateInput, help_text=_("Needed only when the name changes."))
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False, help_text=_("Needed only when the name changes."))
    decision_number = forms.CharField(label=_("Decision number"), max_length=60, required=False)

    def clean(self) -> dict:
        cleaned = super().clean()
        if "name" in self.changed_data and not cleaned.get("renamed_on"):
            self.add_error("renamed_on", _("From which day does the new name hold?"))
        if "name" in self.changed_data and not cleaned.get("reason"):
            self.add_error("reason", _("Write down why: the reason stays with the history of the unit."))
        return cleaned


class PeopleSearchForm(BaseFilterForm):
    """Search by name, e-mail or telephone number, without diacritics."""

    q = forms.CharField(label=_("Name, e-mail or telephone number"), required=False)

    def filter(self, people):
        text = self.cleaned_data.get("q", "")
        self.is_searching, self.search_query = bool(text), text
        return super().filter(people.named(text) if text else people)
