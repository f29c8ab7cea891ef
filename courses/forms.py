"""What the catalogue can be asked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.enums import Length, Level
from courses.models import Audience, Topic


class CatalogueForm(forms.Form):
    q = forms.CharField(required=False, max_length=200, label=_("Find courses, lessons, articles of law"))
    topic = forms.ModelMultipleChoiceField(Topic.objects.order_by("rank", "name"), required=False, to_field_name="slug", label=_("Topic"))
    audience = forms.ModelMultipleChoiceField(
        Audience.objects.order_by("rank", "name"), required=False, to_field_name="slug", label=_("Audience"))
    level = forms.MultipleChoiceField(choices=Level.choices, required=False, label=_("Level"))
    length = forms.MultipleChoiceField(choices=Length.choices, required=False, label=_("Length"))

    def wanted(self) -> dict:
        """Return the clean values; whatever is not understood is left out, so that an old link still shows courses."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in self.fields}
