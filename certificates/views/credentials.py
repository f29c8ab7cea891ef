"""Digital badges for their holders, and what a stranger's program needs to check one: the issuer, its keys, its status lists."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_safe

from certificates import credentials, selectors, services
from certificates.models import Certificate, Issuer
from vietnamese.text import fold

# Far more than there will ever be; a larger number is no key that a database could hold.
MOST_LISTS = 100_000
# A revocation that is committed behind a newer entry (on PostgreSQL) is told after this time at the latest.
LIST_SECONDS = 60


def for_programs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let any site's script read the answer, and no search engine list it; it may be kept for five minutes."""

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["X-Robots-Tag"] = "noindex"
        patch_cache_control(response, public=True, max_age=300)
        return response

    return answered


@require_safe
@login_required
def download_credential(request: HttpRequest, uuid, format: str) -> HttpResponse:
    wanted = Certificate.objects.visible_to(request.user).select_related("series__issuer__unit")
    certificate = get_object_or_404(wanted, uuid=uuid)
    if certificate.hidden_at and certificate.user_id != request.user.pk:
        raise Http404
    try:
        file = services.badge_file(certificate=certificate, format=format, by=request.user, now=timezone.now())
    except services.CertificateError as error:
        messages.error(request, error.message)
        return redirect(certificate)
    response = HttpResponse(file.data, content_type=file.content_type)
    name = f"{certificate.register_number.replace('/', '-')} {certificate.snapshot['name']} - huy hiệu số.{format}"
    plain = get_valid_filename(fold(name))
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
@for_programs
def show_profile(request: HttpRequest, unit) -> HttpResponse:
    return _linked_data(credentials.profile_of(_issuer_or_404(unit)))


@require_safe
@for_programs
def show_key(request: HttpRequest, unit, fingerprint: str) -> HttpResponse:
    document = credentials.key_document(_issuer_or_404(unit), fingerprint)
    if document is None:
        raise Http404
    return _linked_data(document)


@require_safe
@for_programs
def show_status_list(request: HttpRequest, unit, number: int) -> HttpResponse:
    """Two queries while nothing happens in the register, five when the list is signed anew; one more behind the first list."""
    if not 1 <= number <= MOST_LISTS:
        raise Http404
    issuer, latest = _issuer_or_404(unit), selectors.latest_entry()
    if number > 1 and not selectors.has_come_to((number - 1) * credentials.LIST_SIZE + 1):
        raise Http404
    data = caches["pages"].get_or_set(
        credentials.list_key(issuer, number, latest), lambda: json.dumps(credentials.status_list_of(issuer, number, latest)).encode(), LIST_SECONDS)
    etag = quote_etag(hashlib.sha256(data).hexdigest())
    return get_conditional_response(request, etag=etag, response=HttpResponse(data, content_type="application/vc", headers={"ETag": etag}))


def _issuer_or_404(unit) -> Issuer:
    return get_object_or_404(Issuer.objects.select_related("unit"), unit__uuid=unit)


def _linked_data(document: dict) -> HttpResponse:
    return HttpResponse(json.dumps(document, ensure_ascii=False, indent=2), content_type="application/ld+json")
