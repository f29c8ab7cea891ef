"""Forms: the holder's here; those of the office in modules of their own."""

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.enums import CONSENT_NOW


class NameConsentForm(forms.Form):
    """A box that is never ticked beforehand (Decree 356/2025/NĐ-CP, Art. 6)."""

    agree = forms.BooleanField(
        label=CONSENT_NOW.label,
        error_messages={"required": _("Tick the box first, if you agree.")})
