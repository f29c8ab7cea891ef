"""The holder's papers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import ERASED_DOMAIN
from certificates import selectors, services
from certificates.enums import LookKind
from certificates.forms import NameConsentForm
from certificates.models import Certificate
from certificates.selectors.holding import paper_in_full
from certificates.services import hiding
from certificates.services.looks import note_look
from certificates.services.notices import note_seen
from cms.storage import disposition_of, hand_over


def _visible_or_404(request: HttpRequest, uuid) -> Certificate:
    """Return one's own paper, or one of a person under one's role; papers of people who were erased open in the register only."""
    found = Certificate.objects.visible_to(request.user).exclude(user__email__endswith=f"@{ERASED_DOMAIN}")
    return get_object_or_404(found.select_related("user", "replaces", "replaced_by", "renews", "renewed_by"), uuid=uuid)


def _own_or_404(request: HttpRequest, uuid) -> Certificate:
    return get_object_or_404(Certificate.objects.filter(user=request.user), uuid=uuid)


@never_cache
@require_safe
@login_required
def list_certificates(request: HttpRequest) -> HttpResponse:
    holding = selectors.holding_of(request.user, timezone.localdate())
    if holding.notices and request.method == "GET":
        note_seen(user=request.user, now=timezone.now())
    return render(request, "certificates/list.html", {"holding": holding, "form": NameConsentForm()})


@never_cache
@require_safe
@login_required
def show_certificate(request: HttpRequest, uuid) -> HttpResponse:
    now, certificate = timezone.now(), _visible_or_404(request, uuid)
    note_look(certificate=certificate, kind=LookKind.OFFICE, now=now, by=request.user)
    full = paper_in_full(certificate, timezone.localdate(now))
    is_own = certificate.user_id == request.user.pk
    return render(request, "certificates/show.html", {"full": full, "paper": full.paper, "certificate": certificate, "is_own": is_own})


@require_safe
@login_required
def download_certificate(request: HttpRequest, uuid) -> HttpResponse:
    certificate = _visible_or_404(request, uuid)
    name = f"{certificate.register_number.replace('/', '-')} {certificate.snapshot.get('name', '')}.pdf"
    try:
        response = hand_over(certificate.pdf, name=name, content_type="application/pdf")
    except FileNotFoundError as error:
        raise Http404 from error
    note_look(certificate=certificate, kind=LookKind.DOWNLOAD, now=timezone.now(), by=request.user)
    return response


def as_download(response: HttpResponse, name: str) -> HttpResponse:
    """Hand a file over under a name in two alphabets; it is never shown in the page, and kept by nobody between."""
    response["Content-Disposition"] = disposition_of(name)
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


@require_POST
@login_required
def switch_off(request: HttpRequest, uuid) -> HttpResponse:
    certificate = hiding.hide_certificate(certificate=_own_or_404(request, uuid), by=request.user, now=timezone.now())
    messages.success(request, _("The public page is off. Whoever enters the code is told that nothing was found."))
    return redirect(certificate)


@require_POST
@login_required
def switch_on(request: HttpRequest, uuid) -> HttpResponse:
    certificate = hiding.show_certificate(certificate=_own_or_404(request, uuid), by=request.user, now=timezone.now())
    messages.success(request, _("The public page is on again."))
    return redirect(certificate)
