"""allauth's forms for codes and passkeys, in our words."""

from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _


class _CodeMixin:
    """A code from an app: digits only on the keypad, and good once (allauth forgets a used code before its time is over)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})

    def clean_code(self) -> str:
        code = super().clean_code()
        used = getattr(self, "authenticator", None)
        if used and used.type == Authenticator.Type.TOTP and not cache.add(f"totp-used:{used.pk}:{code}", 1, timeout=120):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_CodeMixin, mfa_forms.AuthenticateForm):
    pass


class ConfirmCodeForm(_CodeMixin, mfa_forms.ReauthenticateForm):
    pass


class ActivateAppForm(_CodeMixin, totp_forms.ActivateTOTPForm):
    pass


class AddKeyForm(webauthn_forms.AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label, self.fields["name"].max_length = _("Name of the device"), 60
        passwordless = self.fields["passwordless"]
        passwordless.label, passwordless.initial = _("Sign in with it alone, without a password"), True
        passwordless.help_text = _("The device then asks for a fingerprint, a face or its own code.")


class RenameKeyForm(webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label, self.fields["name"].max_length = _("Name of the device"), 60
