"""The code of a slip, and what its person chooses: a password, and a name to sign in by where the account has none."""

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import codes
from accounts.forms.consents import ConsentFields
from accounts.forms.fields import PhoneField
from accounts.forms.signing_in import MEMBER_CODE, PASSWORD_HINT
from accounts.models import User
from accounts.services.errors import NoSignInName
from accounts.services.slips import LENGTH
from vietnamese.text import clean


class SlipCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code on the slip"), max_length=40, help_text=_("12 characters in three groups. Capital letters, spaces and dashes do not matter."),
        error_messages={"required": _("Type the code that stands on the slip.")},
        widget=forms.TextInput(attrs={
            "class": "code", "autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 40}))

    def clean_code(self) -> str:
        code = codes.understood(self.cleaned_data["code"])
        if not codes.is_well_formed(code, (LENGTH,)):
            raise forms.ValidationError(_("A character is not right. Compare the code with the slip, one by one."), code="mistyped")
        return code


class SlipPasswordForm(ConsentFields):
    """Only what the account lacks is asked for, and what its person may agree to when they are here for the first time."""

    password = forms.CharField(
        label=_("New password"), help_text=PASSWORD_HINT, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    phone = PhoneField(required=False)
    email = forms.EmailField(
        label=_("E-mail"), required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email", "maxlength": 254}))
    member_code = forms.CharField(label=_("Member code"), required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    field_order = ["phone", "email", "member_code", "password"]

    def __init__(self, *args, person: User, has_name: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self._person, self._has_name = person, has_name
        for name in ("phone", "email", "member_code"):
            if getattr(person, name) or (name == "member_code" and has_name):
                del self.fields[name]

    @property
    def said(self) -> dict:
        """What the account is given; what its person agrees to is `agreed`."""
        return {name: self.cleaned_data[name] for name in ("password", "phone", "email", "member_code") if name in self.cleaned_data}

    def clean_email(self) -> str | None:
        return self.cleaned_data["email"].lower() or None

    def clean_member_code(self) -> str | None:
        code = clean(self.cleaned_data["member_code"]).upper()
        if code and not MEMBER_CODE.fullmatch(code):
            raise forms.ValidationError(_("Write the code as it stands on the union card, without spaces."), code="member_code")
        return code or None

    def clean(self) -> dict:
        cleaned = super().clean()
        if not self.errors and not self._has_name and not any(cleaned.get(name) for name in ("phone", "email", "member_code")):
            self.add_error("phone", forms.ValidationError(NoSignInName.message, code=NoSignInName.code))
        if password := cleaned.get("password"):
            self._check_password(password, cleaned)
        return cleaned

    def _check_password(self, password: str, cleaned: dict) -> None:
        person = self._person
        named = User(full_name=person.full_name, date_of_birth=person.date_of_birth, birth_year=person.birth_year, **{
            name: cleaned.get(name) or getattr(person, name) for name in ("email", "phone", "member_code")})
        try:
            get_adapter().clean_password(password, user=named)
        except forms.ValidationError as error:
            self.add_error("password", error)
