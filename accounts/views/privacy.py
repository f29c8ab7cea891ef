"""The doors to one's own data: what is kept, what is agreed to, what is asked, and everything as a file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services, throttling
from accounts.enums import RequestKind
from accounts.forms.consents import ConsentFields, RequestForm
from accounts.forms.signing_in import ConfirmPasswordForm
from accounts.models import PrivacyRequest
from accounts.selectors.consents import consents_of
from accounts.selectors.requests import requests_of
from accounts.services import exporting, requests
from accounts.wording import NOTICE_DUE

FORMS = ["GET", "HEAD", "POST"]


@never_cache
@require_safe
@login_required
def show_data(request: HttpRequest) -> HttpResponse:
    consents = consents_of(request.user)
    form = ConsentFields(agreed=tuple(asked.purpose for asked in consents.asked if asked.standing))
    return render(request, "accounts/data.html", {
        "consents": consents, "form": form, "requests": requests_of(request.user), "today": timezone.localdate(),
        "sections": exporting.sections_of(request.user, timezone.now())})


@require_POST
@login_required
def set_consents(request: HttpRequest) -> HttpResponse:
    form = ConsentFields(request.POST)
    if form.is_valid():
        services.set_consents(user=request.user, agreed=form.agreed, now=timezone.now())
        messages.success(request, _("Saved. It holds from now on."))
    return redirect("accounts:show-data")


@never_cache
@require_http_methods(FORMS)
@login_required
def ask(request: HttpRequest) -> HttpResponse:
    form = RequestForm(request.POST if request.method == "POST" else None, initial={"kind": request.GET.get("loai", "")})
    if request.method == "POST" and form.is_valid():
        made = requests.ask(user=request.user, now=timezone.now(), **form.cleaned_data)
        sent = _("Your request has been sent. You are answered by %(day)s.") % {"day": f"{made.answer_by:%d/%m/%Y}"}
        messages.success(request, _("Done. Read below what it does.") if made.kind == RequestKind.RESTRICT else sent)
        return redirect("accounts:show-data")
    return render(request, "accounts/ask.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@login_required
def take_back(request: HttpRequest) -> HttpResponse:
    kind = request.POST.get("kind", "")
    open_one = PrivacyRequest.objects.filter(user=request.user, kind=kind, done_at=None).select_related("user").first()
    if open_one and requests.take_back(request=open_one, now=timezone.now()):
        messages.success(request, _("Your request is taken back."))
    return redirect("accounts:show-data")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(FORMS)
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """Ask for the password, however lately it was given, and answer with everything that is kept about the reader."""
    form = ConfirmPasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/export.html", {"form": form}, status=422 if form.errors else 200)
    if not throttling.may_export(request):
        return render(request, "accounts/export.html", {"form": ConfirmPasswordForm(user=request.user), "waits": True}, status=429)
    now = timezone.now()
    response = StreamingHttpResponse(exporting.export_person(user=request.user, now=now), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="du-lieu-cua-toi-{timezone.localdate(now):%Y-%m-%d}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def show_notice(request: HttpRequest) -> HttpResponse:
    """How personal data are used here; open to everybody, because it is read before somebody signs up."""
    return render(request, "accounts/privacy_notice.html", {"kinds": RequestKind})


@require_POST
@login_required
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Note that the notice was seen, with what was ticked beneath it, and go back to where the reader was."""
    form = ConsentFields(request.POST)
    services.acknowledge_notice(user=request.user, now=timezone.now(), agreed=form.agreed if form.is_valid() else ())
    request.session.pop(NOTICE_DUE, None)
    back = request.POST.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "learning:home")
