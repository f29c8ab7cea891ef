"""Administrators need a second factor where the settings ask for it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import selectors

OFFICES = ("/quan-tri/", "/dao-tao/")


class SecondFactorForAdmins:
    """Leads administrators without a second factor from the offices to the page where they set one up.

    Asked only under the offices' addresses (one query there), so that learners' pages pay nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.ADMINS_NEED_SECOND_FACTOR and request.path.startswith(OFFICES) and self._lacks_second_factor(request.user):
            return redirect(f"{reverse('mfa_index')}?required=1")
        return self.get_response(request)

    def _lacks_second_factor(self, user) -> bool:
        is_admin = user.is_authenticated and (user.is_superuser or user.is_staff)
        return is_admin and not selectors.has_second_factor(user)
