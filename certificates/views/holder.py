"""The holder's papers."""

from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from certificates import selectors, services
from certificates.forms import NameConsentForm
from certificates.models import Certificate
from vietnamese.text import fold


def _visible_or_404(request: HttpRequest, uuid) -> Certificate:
    return get_object_or_404(Certificate.objects.visible_to(request.user), uuid=uuid)


@require_safe
@login_required
def list_certificates(request: HttpRequest) -> HttpResponse:
    holding = selectors.holding_of(request.user, timezone.localdate())
    return render(request, "certificates/list.html", {"holding": holding, "form": NameConsentForm()})


@require_safe
@login_required
def show_certificate(request: HttpRequest, uuid) -> HttpResponse:
    certificate = _visible_or_404(request, uuid)
    paper = selectors.paper_of(certificate, timezone.localdate())
    return render(request, "certificates/show.html", {"paper": paper, "certificate": certificate})


@require_safe
@login_required
def download_certificate(request: HttpRequest, uuid) -> HttpResponse:
    certificate = _visible_or_404(request, uuid)
    try:
        response = FileResponse(certificate.pdf.open("rb"), content_type="application/pdf")
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"{certificate.register_number.replace('/', '-')} {certificate.snapshot['name']}.pdf"
    plain = get_valid_filename(fold(name))
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
@login_required
def show_picture(request: HttpRequest, uuid) -> HttpResponse:
    certificate = _visible_or_404(request, uuid)
    try:
        response = HttpResponse(services.picture_of(certificate=certificate), content_type="image/png")
    except FileNotFoundError as error:
        raise Http404 from error
    # The paper of a certificate never changes, so its picture may be kept; by this person's browser only.
    patch_cache_control(response, private=True, max_age=30 * 24 * 3600, immutable=True)
    return response


@require_POST
@login_required
def give_consent(request: HttpRequest) -> HttpResponse:
    form = NameConsentForm(request.POST)
    if not form.is_valid():
        holding = selectors.holding_of(request.user, timezone.localdate())
        return render(request, "certificates/list.html", {"holding": holding, "form": form}, status=422)
    services.give_name_consent(user=request.user, now=timezone.now())
    messages.success(request, _("Saved. The verification page shows your full name from now on."))
    return redirect("certificates:list-certificates")


@require_POST
@login_required
def withdraw_consent(request: HttpRequest) -> HttpResponse:
    services.withdraw_name_consent(user=request.user, now=timezone.now())
    messages.success(request, _("Withdrawn. The verification page hides part of your name again."))
    return redirect("certificates:list-certificates")
