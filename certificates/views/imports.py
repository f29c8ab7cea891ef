"""Doors for older registers: a workbook is sent, read, looked at, and brought in. Other offices' files do not exist here."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import tasks
from certificates.forms.imports import ColumnsForm, ImportForm
from certificates.models import Issuer, RegisterImport
from certificates.selectors import imports as selectors
from certificates.services.importing import receiving as services
from certificates.services.importing.template import template
from certificates.services.printouts import XLSX
from certificates.views.books import in_books
from cms.work import WorkState


def _keeps_books(request: HttpRequest) -> None:
    if not Issuer.objects.managed_by(request.user).exists():
        raise PermissionDenied


def _import(request: HttpRequest, uuid: UUID) -> RegisterImport:
    return get_object_or_404(RegisterImport.objects.managed_by(request.user).select_related("issuer"), uuid=uuid)


def _to(job: RegisterImport) -> HttpResponse:
    return HttpResponseRedirect(reverse("books:show-import", args=[job.uuid]), status=303)


@in_books
@require_http_methods(["GET", "HEAD", "POST"])
def import_register(request: HttpRequest) -> HttpResponse:
    _keeps_books(request)
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            job = services.receive_register(**form.wish, by=request.user, now=timezone.now())
        except services.RegisterError as error:
            form.add_error("file", error.message)
        else:
            if job.state == WorkState.WAITING or job.is_given_up(timezone.now()):
                tasks.read_register.enqueue(job.pk)
            return _to(job)
    context = {"form": form, "earlier": selectors.imports_of(request.user)}
    return render(request, "certificates/import.html", context, status=422 if form.errors else 200)


@in_books
@require_safe
def show_import(request: HttpRequest, uuid: UUID) -> HttpResponse:
    job, now = _import(request, uuid), timezone.now()
    how_far = selectors.how_far(job, now)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(how_far)
    return _drawn(request, job, ColumnsForm(job=job), how_far)


def _drawn(request: HttpRequest, job: RegisterImport, form: ColumnsForm, how_far: dict) -> HttpResponse:
    shown = selectors.import_page(job, request.GET.get("xem", ""), request.GET.get("trang"))
    context = {"job": job, "shown": shown, "form": form, "how_far": how_far, "is_given_up": job.is_given_up(timezone.now())}
    return render(request, "certificates/import_job.html", context, status=422 if form.errors else 200)


@in_books
@require_POST
def choose_columns(request: HttpRequest, uuid: UUID) -> HttpResponse:
    job = _import(request, uuid)
    form = ColumnsForm(request.POST, job=job)
    if form.is_valid():
        try:
            if services.choose_columns(job=job, **form.wish):
                tasks.read_register.enqueue(job.pk)
            return _to(job)
        except services.RegisterError as error:
            form.add_error(None, error.message)
    return _drawn(request, job, form, selectors.how_far(job, timezone.now()))


@in_books
@require_POST
def bring_in(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Begin to write what was looked at; begun already or done, the page says so. What was stopped in the middle is begun anew."""
    job = _import(request, uuid)
    is_given_up = job.is_given_up(timezone.now())
    if (job.state == WorkState.APPLYING and is_given_up) or services.ask_to_bring_in(job=job):
        tasks.bring_register_in.enqueue(job.pk)
    elif job.state == WorkState.WAITING or is_given_up:
        tasks.read_register.enqueue(job.pk)
    return _to(job)


@in_books
@require_POST
def cancel_import(request: HttpRequest, uuid: UUID) -> HttpResponse:
    job = _import(request, uuid)
    if services.cancel_import(job=job, now=timezone.now()):
        messages.success(request, _("The import is called off. Nothing was brought in."))
        return HttpResponseRedirect(reverse("books:import-register"), status=303)
    return _to(job)


@in_books
@require_safe
def download_template(request: HttpRequest) -> HttpResponse:
    return FileResponse(template(), as_attachment=True, filename="mau-so-goc.xlsx", content_type=XLSX)
