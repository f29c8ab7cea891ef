"""allauth's forms for signing in and up, passwords and addresses, in our words and with our rules."""

import re

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal import flows
from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator, validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import selectors, services
from accounts.forms.consents import ConsentFields
from accounts.forms.fields import FullNameField
from accounts.models import User
from vietnamese import phones
from vietnamese.text import clean

# A member code is one word with a digit in it; what is typed with spaces is a telephone number that lacks something.
MEMBER_CODE = re.compile(r"(?=.*[0-9])[0-9A-Z][0-9A-Z./_-]{3,19}")
PASSWORD_HINT = _("At least 8 characters, not only digits, and nothing that others guess easily.")


def _word(field: forms.Field, label, hint="") -> None:
    """Give a field of allauth's our words; a placeholder that repeats the label only tires the eye."""
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)


class SignInForm(account_forms.LoginForm):
    """One field for the telephone number, the e-mail address or the member code, and how many tries are left."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login, password, remember = self.fields["login"], self.fields["password"], self.fields["remember"]
        login.label = _("Telephone number, e-mail or member code")
        login.widget = forms.TextInput(attrs={"autocomplete": "username", "inputmode": "email", "maxlength": 254, "autocapitalize": "none", "spellcheck": "false"})
        login.error_messages = {**login.error_messages, "required": _("Write your telephone number, e-mail address or member code.")}
        _word(password, _("Password"))
        password.error_messages = {**password.error_messages, "required": _("Write your password.")}
        remember.label, remember.initial = _("Keep me signed in on this device for 30 days"), True

    def clean_login(self) -> str:
        login = clean(self.cleaned_data["login"])
        try:
            return phones.to_e164(login)
        except phones.InvalidPhone:
            pass
        if MEMBER_CODE.fullmatch(login.upper()):
            return login.upper()
        try:
            validate_email(login)
        except forms.ValidationError as error:
            message = _("A telephone number has 10 digits and begins with 0; an e-mail address has an @ in it; a member code has no spaces.")
            raise forms.ValidationError(message, code="invalid_login") from error
        return login.lower()

    def user_credentials(self) -> dict:
        """Hand what may be a member code along with a telephone number: some are made of ten digits too."""
        credentials = super().user_credentials()
        typed = clean(self.data.get(self.add_prefix("login"), "")).upper()
        if "phone" in credentials and MEMBER_CODE.fullmatch(typed):
            credentials["username"] = typed
        return credentials

    def _clean_with_password(self, credentials: dict):
        try:
            return super()._clean_with_password(credentials)
        except forms.ValidationError as error:
            if not error.code.endswith("_password_mismatch"):
                raise
        adapter = get_adapter()
        left = adapter.tries_left(self.request, **credentials)
        if not left:
            raise adapter.validation_error("too_many_login_attempts")
        wrong = adapter.error_messages["username_password_mismatch" if set(credentials) == {"username", "password"} else "incorrect_password"]
        message = gettext("%(wrong)s You can try %(left)s more times.") % {"wrong": wrong, "left": left}
        self.add_error("password", forms.ValidationError(message, code="wrong_password"))
        return self.cleaned_data


class SignUpForm(ConsentFields, account_forms.SignupForm):
    """Name, telephone number or e-mail address or both, one password that can be shown instead of typed twice."""

    full_name = FullNameField()
    field_order = ("full_name", "phone", "email", "password1")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self.fields["phone"], _("Telephone number"), _("10 digits, for example 0912 345 678. You sign in with it."))
        email = self.fields["email"]
        email.widget, email.required = forms.EmailInput(attrs={"autocomplete": "email", "maxlength": 254}), False
        email.validators = [*email.validators, MaxLengthValidator(254)]
        _word(email, _("E-mail"), _("For a new password when you forget yours. One of the two, number or e-mail, is enough."))
        _word(self.fields["password1"], _("Password"), PASSWORD_HINT)

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("phone") and not data.get("email"):
            self.add_error("phone", _("Write a telephone number or an e-mail address."))
        return data

    def clean_email(self) -> str:
        return super().clean_email() if self.cleaned_data.get("email") else ""

    def clean_password1(self) -> str:
        named = User(**{name: self.cleaned_data.get(name) or "" for name in ("full_name", "email", "phone")})
        return get_adapter().clean_password(self.cleaned_data["password1"], user=named)

    def _clean_phone(self) -> None:
        """Say openly that a number is taken: without text messages there is no other way to tell its owner."""
        phone = self.cleaned_data.get("phone")
        if phone and settings.ACCOUNT_PHONE_VERIFICATION_ENABLED:
            super()._clean_phone()
        elif phone and selectors.person_by_login(phone=phone):
            self.add_error("phone", get_adapter().validation_error("phone_taken"))

    def try_save(self, request):
        """Open the account; an e-mail address that is known already is answered like a new one, by a letter to its holder."""
        if self.account_already_exists and not self.cleaned_data.get("phone"):
            return None, flows.signup.prevent_enumeration(request, email=self.cleaned_data["email"])
        if self.account_already_exists and settings.ACCOUNT_PHONE_VERIFICATION_ENABLED and selectors.person_by_login(phone=self.cleaned_data["phone"]):
            return None, flows.signup.prevent_enumeration(request, phone=self.cleaned_data["phone"])
        return get_adapter().save_user(request, None, self), None


class ForgottenPasswordForm(account_forms.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"] = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.TextInput(
            attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}))

    def clean_email(self) -> str:
        typed = clean(self.cleaned_data["email"]).lower()
        if "@" not in typed and any(letter.isdigit() for letter in typed):
            raise forms.ValidationError(
                _("A new password is sent to an e-mail address only. Ask the training manager of your unit for a slip with a code."), code="phone")
        validate_email(typed)
        self.users = selectors.people_who_reset(typed)
        return typed


class _NewPasswordMixin:
    """One new password, shown on request, instead of the same one twice; ours to word."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _word(self.fields["password1"], _("New password"), PASSWORD_HINT)
        if old := self.fields.get("oldpassword"):
            _word(old, _("Current password"))


class ChangePasswordForm(_NewPasswordMixin, account_forms.ChangePasswordForm):
    pass


class SetPasswordForm(_NewPasswordMixin, account_forms.SetPasswordForm):
    pass


class NewPasswordForm(_NewPasswordMixin, account_forms.ResetPasswordKeyForm):
    pass


class ConfirmPasswordForm(account_forms.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self.fields["password"], _("Password"))


class ChangeEmailForm(account_forms.AddEmailForm):
    """allauth's own would delete the address that an office has typed, and with it the only name of an account."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")
        self.fields["email"].widget = forms.EmailInput(attrs={"autocomplete": "email"})

    def clean_email(self) -> str:
        if self.cleaned_data["email"] == self.user.email:
            raise get_adapter().validation_error("duplicate_email")
        return self.cleaned_data["email"]

    def save(self, request):
        address = services.request_email_change(user=self.user, email=self.cleaned_data["email"])
        flows.email_verification.send_verification_email_to_address(request, address)
        return address
