"""What follows from allauth's events: the person's language on every device, and the proof that lies in a used link."""

from allauth.account.signals import password_reset, user_logged_in
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpResponse

from accounts import services


@receiver(user_logged_in)
def speak_their_language(sender, user, response, **kwargs) -> None:
    remember_language(response, user.language)


@receiver(password_reset)
def count_address_as_proved(sender, user, **kwargs) -> None:
    services.mark_mailbox_held(user=user)


def remember_language(response: HttpResponse, language: str) -> HttpResponse:
    """Let this device show the person's language from the next page on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE, httponly=settings.LANGUAGE_COOKIE_HTTPONLY, samesite="Lax")
    return response
