"""Days as they are written in Vietnam."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DayField(forms.DateField):
    """A day as it is written in Vietnam; a native calendar would follow the language of the browser and turn day and month round."""

    def __init__(self, label: str, *, required: bool = False, help_text: str = ""):
        super().__init__(
            required=required, label=label, help_text=help_text, input_formats=["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"],
            widget=forms.DateInput(format="%d/%m/%Y", attrs={"placeholder": "20/11/2026", "autocomplete": "off", "maxlength": 10}),
            error_messages={"invalid": _("Write the day as 20/11/2026.")})
