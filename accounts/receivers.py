"""What follows from allauth's events: the person's language on every device, and the proof that lies in a used link."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpResponse

from accounts import services, throttling
from accounts.selectors.consents import has_seen_notice
from accounts.wording import NOTICE_DUE


@receiver(user_logged_in)
def speak_their_language(sender, user, response, **kwargs) -> None:
    remember_language(response, user.language)


@receiver(user_logged_in)
def show_notice_once(sender, request, user, **kwargs) -> None:
    """Asked once a sign-in and kept in the session, so that no page has to ask."""
    if not has_seen_notice(user):
        request.session[NOTICE_DUE] = True


@receiver([password_changed, password_set, password_reset, authenticator_removed])
def end_others(sender, request, user, **kwargs) -> None:
    """A new password, or a second step that was taken away, ends what others may be signed in with."""
    services.end_other_sessions(user=user, but=request.session.session_key)


@receiver(user_logged_in)
def know_their_device(sender, request, user, response, **kwargs) -> None:
    throttling.remember_device(request, response, user)


@receiver(authenticator_added)
def count_it_as_shown(sender, request, user, authenticator, **kwargs) -> None:
    """Whoever sets up a second factor has just shown it in this session; every other session has still to."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, method="mfa", id=authenticator.pk, type=authenticator.type)


@receiver(password_reset)
def count_address_as_proved(sender, user, **kwargs) -> None:
    services.mark_mailbox_held(user=user)


def remember_language(response: HttpResponse, language: str) -> HttpResponse:
    """Let this device show the person's language from the next page on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE, httponly=settings.LANGUAGE_COOKIE_HTTPONLY, samesite="Lax")
    return response
