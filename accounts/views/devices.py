"""The doors to what one is signed in with."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import services, throttling
from accounts.forms.signing_in import ConfirmPasswordForm
from accounts.selectors.devices import devices_of


@never_cache
@require_safe
@login_required
def list_devices(request: HttpRequest) -> HttpResponse:
    return _drawn(request, ConfirmPasswordForm(user=request.user))


def _drawn(request: HttpRequest, form: ConfirmPasswordForm, *, status: int = 200) -> HttpResponse:
    this, now = request.session.session_key, timezone.now()
    devices = devices_of(request.user, this, now)
    if not any(device.is_this for device in devices):
        # Signed in before such rows were kept.
        UserSession.objects.create_from_request(request)
        devices = devices_of(request.user, this, now)
    return render(request, "accounts/devices.html", {"devices": devices, "form": form}, status=status)


@require_POST
@login_required
def end_device(request: HttpRequest) -> HttpResponse:
    if services.end_session(user=request.user, key=request.POST.get("key", ""), but=request.session.session_key, now=timezone.now()):
        messages.success(request, _("That device is signed out."))
    else:
        messages.info(request, _("That device was signed out already."))
    return redirect("accounts:list-devices")


@never_cache
@sensitive_post_parameters("password")
@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    form = ConfirmPasswordForm(request.POST, user=request.user)
    if not form.is_valid():
        return _drawn(request, form, status=422)
    count = services.end_all_others(
        user=request.user, password=form.cleaned_data["password"], but=request.session.session_key, now=timezone.now())
    request.session[HASH_SESSION_KEY] = request.user.get_session_auth_hash()
    words = ngettext("%(count)s other device is signed out.", "%(count)s other devices are signed out.", count) if count else _(
        "No other device is signed in any more.")
    messages.success(request, words % {"count": count} if count else words)
    response = redirect("accounts:list-devices")
    throttling.remember_device(request, response, request.user)
    return response
