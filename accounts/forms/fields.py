"""Names, telephone numbers and dates as people type them."""

import re
from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vietnamese import phones
from vietnamese.text import clean

# A name goes into letters and certificates: no links, no markup, nothing that a form filler leaves behind.
_NOT_IN_NAMES = re.compile(r"[^\w\s.,'’()\-]|[\d_]")
_DAY = re.compile(r"(\d{1,2})\D+(\d{1,2})\D+(\d{4})", re.ASCII)
_EIGHT_DIGITS = re.compile(r"(\d\d)(\d\d)(\d{4})", re.ASCII)
_EARLIEST_BIRTH = date(1900, 1, 1)


class FullNameField(forms.CharField):
    """A name as it stands on a certificate: NFC, single spaces, letters."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Full name"))
        kwargs.setdefault("max_length", 120)
        kwargs.setdefault("error_messages", {"required": _("Write your full name.")})
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "name"}))
        super().__init__(**kwargs)

    def clean(self, value):
        name = super().clean(clean(value or ""))
        if name and (_NOT_IN_NAMES.search(name) or sum(letter.isalpha() for letter in name) < 2):
            raise forms.ValidationError(_("Write the name with letters only."), code="invalid")
        return name


class PhoneField(forms.CharField):
    """A telephone number as people type it, cleaned to E.164 or None, shown again as it is said."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Telephone number"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}))
        kwargs.setdefault("error_messages", {"required": _("Write your telephone number.")})
        super().__init__(max_length=40, **kwargs)

    def prepare_value(self, value):
        return phones.shown(value) if isinstance(value, str) and value.startswith("+") else value

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return None
        try:
            return phones.to_e164(value)
        except phones.InvalidPhone as error:
            raise forms.ValidationError(_("A telephone number has 10 digits and begins with 0."), code="invalid_phone") from error


class BirthDateField(forms.DateField):
    """A day written dd/mm/yyyy with any separators or none: telephone keypads have no slash."""

    def __init__(self, **kwargs):
        widget = forms.DateInput(format="%d/%m/%Y", attrs={"inputmode": "numeric", "autocomplete": "bday"})
        message = _("Write the day as day/month/year, for example 21/11/1985.")
        super().__init__(widget=widget, error_messages={"invalid": message}, **kwargs)

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value or None)
        parts = _DAY.fullmatch(str(value).strip()) or _EIGHT_DIGITS.fullmatch(str(value).strip())
        try:
            day = date(int(parts[3]), int(parts[2]), int(parts[1]))
        except (TypeError, ValueError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        if not _EARLIEST_BIRTH <= day < timezone.localdate():
            raise forms.ValidationError(self.error_messages["invalid"], code="out_of_range")
        return day
