"""Who may do much with other people's records or with the site needs a second factor, where the settings ask for it."""

from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import selectors

EDITOR = "/quan-tri/"
OFFICES = (EDITOR, "/dao-tao/")


class SecondFactorForAdmins:
    """Leads whoever must have a second factor and has none from the offices to the page where they set one up.

    Asked only under the offices' addresses (one query there; in the editor also what Wagtail asks anyway), so that learners' pages pay nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(OFFICES) or not _must_have(request):
            return self.get_response(request)
        kinds = selectors.second_factors_of(request.user)
        if not kinds:
            return redirect(f"{reverse('mfa_index')}?required=1")
        if not _has_shown_it(request):
            ask = "mfa_reauthenticate" if Authenticator.Type.TOTP in kinds else "mfa_reauthenticate_webauthn"
            return redirect(f"{reverse(ask)}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")
        return self.get_response(request)


def _must_have(request: HttpRequest) -> bool:
    user = request.user
    if not user.is_authenticated:
        return False
    if settings.ADMINS_NEED_SECOND_FACTOR and (user.is_superuser or user.is_staff):
        return True
    return settings.EDITORS_NEED_SECOND_FACTOR and request.path.startswith(EDITOR) and user.has_perm("wagtailadmin.access_admin")


def _has_shown_it(request: HttpRequest) -> bool:
    """Say whether the factor was shown in this very session: one that was begun before, with the password alone, may be somebody else's."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))
