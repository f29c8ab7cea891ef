"""Doors to the register book: its list, one record, its paper, its changes, its printed files."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Act
from accounts.services import note
from certificates import services
from certificates.enums import LookKind, PrintoutKind
from certificates.forms.register import CorrectionForm, FilterForm, ReasonForm
from certificates.models import Certificate
from certificates.selectors import record as records
from certificates.selectors import register as selectors
from certificates.selectors.states import facts_now
from certificates.services import printouts
from certificates.services.changing import correct_certificate, reissue_certificate, revoke_certificate
from certificates.views.books import in_books
from certificates.views.printouts import begin
from cms.storage import hand_over


def in_records(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open the door to whoever has a role in a training office; which records are theirs is asked of each."""

    @never_cache
    @login_required
    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not records.enters_records(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return opened


@in_books
@require_safe
def list_records(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = FilterForm(request.GET, user=request.user, on=today)
    after, before = _uuid(request.GET.get("sau")), _uuid(request.GET.get("truoc"))
    page = selectors.book_page(request.user, form.wanted, today, after=after, before=before)
    return render(request, "certificates/register.html", {
        "form": form, "wanted": form.wanted, "page": page, "query": urlencode(form.wanted.params), "is_begin": not (after or before)})


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _open(request: HttpRequest, uuid: UUID) -> Certificate:
    found = records.records_open_to(request.user, timezone.localdate()).select_related(
        "series__issuer", "user", "replaces", "replaced_by", "renews", "renewed_by", "run_row__run")
    return get_object_or_404(found, uuid=uuid)


def _changed_by(request: HttpRequest, uuid: UUID) -> Certificate:
    """Return the certificate, unless it is out of sight (404) or only to be looked at (403)."""
    certificate = _open(request, uuid)
    if not records.records_changed_by(request.user, timezone.localdate()).filter(pk=certificate.pk).exists():
        raise PermissionDenied
    return certificate


def _note(certificate: Certificate, act: str, *, by, now: datetime) -> None:
    """Write it into the log of the person too, where the register knows one."""
    if certificate.user is not None:
        note(about=certificate.user, act=act, by=by, now=now, subject=certificate.register_number)


@in_records
@require_safe
def show_record(request: HttpRequest, uuid: UUID) -> HttpResponse:
    certificate, now = _open(request, uuid), timezone.now()
    record = records.record_of(request.user, certificate, timezone.localdate(now))
    services.note_look(certificate=certificate, kind=LookKind.OFFICE, by=request.user, now=now)
    _note(certificate, Act.LOOKED, by=request.user, now=now)
    return render(request, "certificates/record.html", {"record": record, "certificate": certificate})


@in_records
@require_safe
def download_paper(request: HttpRequest, uuid: UUID) -> HttpResponse:
    certificate = _open(request, uuid)
    name = f"{certificate.register_number.replace('/', '-')} {certificate.snapshot['name']}.pdf"
    try:
        response = hand_over(certificate.pdf, name=name, content_type="application/pdf")
    except FileNotFoundError as error:
        raise Http404 from error
    now = timezone.now()
    services.note_look(certificate=certificate, kind=LookKind.DOWNLOAD, by=request.user, now=now)
    _note(certificate, Act.EXPORTED, by=request.user, now=now)
    return response


@in_records
@require_safe
def show_picture(request: HttpRequest, uuid: UUID) -> HttpResponse:
    certificate = _open(request, uuid)
    if not certificate.pdf:
        raise Http404
    try:
        return HttpResponse(services.picture_of(certificate=certificate), content_type="image/png")
    except FileNotFoundError as error:
        raise Http404 from error


def _change(request: HttpRequest, uuid: UUID, service: Callable, template: str, done: str) -> HttpResponse:
    """Ask why, then do it; whatever stands in the way is said above what was typed."""
    certificate = _changed_by(request, uuid)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = service(certificate=certificate, by=request.user, now=timezone.now(), **form.cleaned_data)
        except services.CertificateError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, done % {"number": certificate.register_number})
            return redirect("books:show-record", changed.uuid)
    return _asked(request, template, form, certificate)


def _asked(request: HttpRequest, template: str, form: ReasonForm, certificate: Certificate) -> HttpResponse:
    context = {"form": form, "certificate": certificate, "facts": facts_now(certificate)}
    return render(request, template, context, status=422 if form.errors else 200)


@in_records
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    done = _("Certificate %(number)s is revoked. The verification page says so from now on.")
    return _change(request, uuid, revoke_certificate, "certificates/revoke.html", done)


@in_records
@require_http_methods(["GET", "HEAD", "POST"])
def reissue(request: HttpRequest, uuid: UUID) -> HttpResponse:
    done = _("A new certificate stands in place of %(number)s.")
    return _change(request, uuid, reissue_certificate, "certificates/reissue.html", done)


@in_records
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, uuid: UUID) -> HttpResponse:
    certificate = _changed_by(request, uuid)
    data = request.POST if request.method == "POST" else None
    form = CorrectionForm(data, facts=facts_now(certificate), seen=certificate.entries.count())
    if request.method == "POST" and form.is_valid():
        try:
            correct_certificate(
                certificate=certificate, changes=form.changes, seen=form.cleaned_data["seen"], by=request.user, now=timezone.now(), **form.ground)
        except services.CertificateError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Certificate %(number)s is corrected.") % {"number": certificate.register_number})
            return redirect("books:show-record", certificate.uuid)
    return _asked(request, "certificates/correct.html", form, certificate)


@in_books
@require_POST
def ask_printout(request: HttpRequest) -> HttpResponse:
    """Begin to write the register that is looked at as a file."""
    kind = request.POST.get("kind")
    if kind not in (PrintoutKind.REGISTER_XLSX, PrintoutKind.REGISTER_PDF):
        raise Http404
    now = timezone.now()
    wanted = FilterForm(request.GET, user=request.user, on=timezone.localdate(now)).wanted
    return begin(printouts.ask_printout(kind=kind, by=request.user, now=now, filters=wanted.params))
