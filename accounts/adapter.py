"""allauth's questions, answered by our user model: names of an account, counts of tries, letters, messages, second factor."""

import base64
import hashlib
import logging
import secrets
from ipaddress import ip_address
from smtplib import SMTPException

import segno
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from accounts import selectors, services, throttling
from accounts.forms.fields import PhoneField
from accounts.models import User
from vietnamese import phones

logger = logging.getLogger(__name__)

_WRONG_PASSWORD = _("The password is not right.")
_TRIES = {"app": "allauth.account", "action": "login_failed"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # The same words whether the account exists or not: nobody learns here who is registered.
        "email_password_mismatch": _WRONG_PASSWORD,
        "phone_password_mismatch": _WRONG_PASSWORD,
        "username_password_mismatch": _("The member code or the password is not right. A telephone number has 10 digits."),
        "incorrect_password": _WRONG_PASSWORD,
        "enter_current_password": _("The current password is not right."),
        "incorrect_code": _("The code is not right, or its time is over."),
        "too_many_login_attempts": _("Too many tries. Wait 15 minutes, or ask your training manager for a new password."),
        "rate_limited": _("Too many tries. Wait a few minutes."),
        "email_taken": _("This e-mail address belongs to another account."),
        "duplicate_email": _("This is your e-mail address already."),
        "phone_taken": services.PhoneTaken.message,
        "same_as_current": _("This is what it is already."),
        "account_inactive": _("This account is locked."),
        "invalid_password_reset": _("This link has been used or is too old."),
    }

    # Who is meant

    def is_open_for_signup(self, request) -> bool:
        return settings.SIGN_UP_OPEN

    def is_safe_url(self, url: str | None) -> bool:
        """Allow whole addresses of this site only: what begins neither with a slash nor a scheme would lead somewhere beside the page."""
        return bool(url) and url.startswith(("/", "http://", "https://")) and url.isprintable() and super().is_safe_url(url)

    def save_user(self, request, user, form, commit=True) -> User:
        data = form.cleaned_data
        person = services.register_person(
            full_name=data["full_name"], email=data.get("email") or None, phone=data.get("phone") or None,
            password=data.get("password1"), language=get_language() or settings.LANGUAGE_CODE)
        # The notice stands above the button; what was ticked is agreed to, each by itself.
        services.acknowledge_notice(user=person, now=timezone.now(), agreed=form.agreed)
        return person

    def clean_phone(self, phone: str) -> str:
        try:
            return phones.to_e164(phone)
        except phones.InvalidPhone as error:
            raise ValidationError(_("A telephone number has 10 digits and begins with 0."), code="invalid_phone") from error

    def phone_form_field(self, **kwargs):
        return PhoneField(**kwargs)

    def get_user_by_phone(self, phone: str) -> User | None:
        return selectors.person_by_login(phone=phone)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified_at = phone, timezone.now() if verified else None
        user.save(update_fields=["phone", "phone_verified_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs) -> None:
        """Hand the code to the sender named by SMS_SENDER; without one allauth is told not to verify numbers at all."""
        text = gettext("%(code)s is your code for %(site)s. Give it to nobody.") % {"code": code, "site": settings.SITE_NAME}
        import_string(settings.SMS_SENDER)(phone=phone, text=text)

    def send_account_already_exists_sms(self, phone: str) -> None:
        text = gettext("Somebody wanted to sign up at %(site)s with your number, which has an account already.") % {"site": settings.SITE_NAME}
        import_string(settings.SMS_SENDER)(phone=phone, text=text)

    # How often one may try

    def get_client_ip(self, request) -> str:
        """Return an IPv4 address as such where a socket for both kinds writes ::ffff:192.0.2.1: by their first 64 bits all of these would be one."""
        address = ip_address(super().get_client_ip(request))
        return str(getattr(address, "ipv4_mapped", None) or address)

    def _get_login_attempts_cache_key(self, request, **credentials) -> str:
        """Count tries by person, not by what was typed: allauth's own key is empty, so shared by all, for telephone numbers."""
        email, phone, member_code = (credentials.get(name) or "" for name in ("email", "phone", "username"))
        person = selectors.person_by_login(email=email.lower(), phone=phone, member_code=member_code)
        if phone and person is None and member_code:
            person = selectors.person_by_login(member_code=member_code)
        return throttling.tries_key(request, person) if person else f"login:{phone or email.lower() or member_code}"

    def pre_authenticate(self, request, **credentials) -> None:
        """Count the try before the password is looked at: by person first, so that guessing at one account uses up five tries of an
        address and no more, then by address; on a known device and inside a session by person alone."""
        key = self._get_login_attempts_cache_key(request, **credentials)
        rates = app_settings.RATE_LIMITS.get("login_failed") or ""
        if not throttling.is_from_outside(key):
            rates = ",".join(rate for rate in rates.split(",") if rate.endswith("/key"))
        self._login_failed_rl_usage = ratelimit.consume(request, config={"login_failed": rates}, key=key, **_TRIES)
        if not self._login_failed_rl_usage:
            throttling.check_counted()
            raise self.validation_error("too_many_login_attempts")

    def reauthenticate(self, user: User, password: str) -> bool:
        """Ask for the password under a name that the account has: allauth would ask without any for a member code alone."""
        names = selectors.sign_in_names_of(user)
        if "phone" in names:
            names = {"phone": user.phone}
        elif "email" not in names:
            names = {"username": user.member_code or ""}
        found = self.authenticate(self.request, password=password, **names)
        return found is not None and found.pk == user.pk

    def tries_left(self, request, **credentials) -> int:
        """Say how many wrong passwords an account still has before it must wait."""
        key = self._get_login_attempts_cache_key(request, **credentials)
        left = [rate.amount - len(cache.get(ratelimit.get_cache_key(request, rate=rate, key=key, **_TRIES), [])) for rate in _by_person()]
        return max(0, min(left))

    def forget_tries(self, request, user: User) -> None:
        """Let a person whose password an office has renewed try again at once."""
        for rate in _by_person():
            cache.delete(ratelimit.get_cache_key(request, rate=rate, key=f"person:{user.pk}", **_TRIES))

    # E-mail addresses

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.account.stages.EmailVerificationStage": "accounts.stages.ProveEmail"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def confirm_email(self, request, email_address) -> bool:
        if User.objects.filter(email=email_address.email).exclude(pk=email_address.user_id).exists():
            self.add_message(request, messages.ERROR, message=self.error_messages["email_taken"])
            return False
        return super().confirm_email(request, email_address)

    def can_delete_email(self, email_address) -> bool:
        """A waiting address may go; one's own only while a telephone number is left to sign in with."""
        user = email_address.user
        return email_address.email != user.email or bool(user.phone)

    def get_password_change_redirect_url(self, request) -> str:
        return reverse("accounts:show-profile")

    # Letters: in the reader's language, from the site's own address whatever host the request named

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", key)

    def get_email_confirmation_url(self, request, emailconfirmation) -> str:
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        user = context.get("user")
        try:
            with override(user.language if user else get_language()):
                self.render_mail(template_prefix, email, {"site_url": settings.SITE_URL, "email": email, **context}).send()
        except (SMTPException, OSError):
            # A dead mail server must not lose what was typed; the person is told, the log knows why.
            logger.exception("No mail could be sent (%s).", template_prefix)
            self.add_message(self.request, messages.ERROR, message=_("The e-mail could not be sent. Try again in a few minutes."))

    def send_notification_mail(self, template_prefix, user, context=None, email=None) -> None:
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)


def _by_person() -> list[ratelimit.Rate]:
    return [rate for rate in ratelimit.get_rates(**_TRIES) if rate.per == "key"]


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": _("The second step cannot be switched off."),
        "cannot_generate_recovery_codes": _("Switch on a second step first; recovery codes come with it."),
        "unverified_email": _("Confirm your e-mail address first: open the link that was sent to it."),
    }

    def _get_site_name(self) -> str:
        return settings.SITE_NAME

    def _get_user_identifier(self, user: User) -> str:
        return user.get_username()

    def generate_authenticator_name(self, user: User, type) -> str:
        return gettext("Device %(number)s") % {"number": Authenticator.objects.filter(user=user, type=type).count() + 1}

    def build_totp_svg(self, url: str) -> str:
        """Draw the code as inline SVG: the strict policy refuses the data: image that allauth would show."""
        return mark_safe(segno.make(url, error="m").svg_inline(scale=5, dark="#000", light="#fff", border=4))  # nosec B308, B703 # a drawing that segno made, of our own text

    # A stolen copy of the database alone must not be enough to compute anybody's codes.

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # SECRET_KEY was changed without keeping the old one in SECRET_KEY_FALLBACKS: no code is right, and no page breaks.
            logger.error("A second factor was stored under a lost SECRET_KEY.")
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second factor:{key}".encode()).digest())) for key in keys])
