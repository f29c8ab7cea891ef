"""Forms of the holder."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NameConsentForm(forms.Form):
    """A box that is never ticked beforehand (Decree 356/2025/NĐ-CP, Art. 6)."""

    agree = forms.BooleanField(
        label=_("I agree that my full name and my grade are shown on the verification page"),
        error_messages={"required": _("Tick the box first, if you agree.")})
