"""Doors for question files: bringing them in, step by step, and taking banks out. Other people's files do not exist here."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.storage import hand_over
from quizzes.enums import WorkState
from quizzes.forms.exchange import ExportForm, ImportForm
from quizzes.interchange.formats import FORMATS
from quizzes.models import BankExport, BankImport
from quizzes.selectors import exchange as selectors
from quizzes.services.exchange import exporting, importing, mending
from quizzes.tasks import exchange as tasks
from quizzes.views.bank import keepers_only

BRINGS_IN, TAKES_OUT = "add_question", "view_question"


@keepers_only(BRINGS_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def import_questions(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                job = importing.receive_file(**form.wish, by=request.user, now=timezone.now())
                return _read(request, job)
            except importing.ExchangeError as error:
                form.add_error(error.field, error.message)
                status = 413 if error.code == "too_large" else 422
    return render(request, "quizzes/exchange_import.html", {"form": form, "earlier": selectors.imports_of(request.user)}, status=status)


def _read(request: HttpRequest, job: BankImport) -> HttpResponse:
    if job.state == WorkState.WAITING or job.is_given_up(timezone.now()):
        tasks.read_import.enqueue(job.pk)
    return _to(job)


def _to(job: BankImport | BankExport) -> HttpResponse:
    name = "bank:show-import" if isinstance(job, BankImport) else "bank:show-export"
    return HttpResponseRedirect(reverse(name, args=[job.uuid]), status=303)


@keepers_only(BRINGS_IN)
@require_safe
def show_import(request: HttpRequest, uuid: UUID) -> HttpResponse:
    job, now = _import(request, uuid), timezone.now()
    how_far = selectors.how_far(job, now)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(how_far)
    shown = selectors.import_page(job, request.GET.get("xem", ""), request.GET.get("trang"))
    return render(request, "quizzes/exchange_import_job.html", {
        "job": job, "shown": shown, "how_far": how_far, "is_given_up": job.is_given_up(now), "format": FORMATS.get(job.format)})


@keepers_only(BRINGS_IN)
@require_POST
def bring_in(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Begin to write what was looked at; begun already or done, the page says so. What was stopped in the middle is begun anew."""
    job = _import(request, uuid)
    if job.publishes and not request.user.has_perm("quizzes.publish_question"):
        raise PermissionDenied
    if job.updates and not request.user.has_perm("quizzes.change_question"):
        raise PermissionDenied
    is_given_up = job.is_given_up(timezone.now())
    if (job.state == WorkState.APPLYING and is_given_up) or importing.ask_to_bring_in(job=job):
        tasks.bring_in.enqueue(job.pk)
    elif job.state == WorkState.WAITING or is_given_up:
        tasks.read_import.enqueue(job.pk)
    return _to(job)


@keepers_only(BRINGS_IN)
@require_POST
def cancel_import(request: HttpRequest, uuid: UUID) -> HttpResponse:
    job = _import(request, uuid)
    if importing.cancel_import(job=job, now=timezone.now()):
        messages.success(request, _("The import is called off. Nothing was brought in."))
        return HttpResponseRedirect(reverse("bank:import-questions"), status=303)
    return _to(job)


@keepers_only(BRINGS_IN)
@require_safe
def download_refused(request: HttpRequest, uuid: UUID) -> HttpResponse:
    job = _import(request, uuid)
    if not job.counts.get("refused"):
        raise Http404
    return _workbook(mending.refused_of(job=job), f"cau-chua-nhan-{timezone.localdate(job.made_at):%Y-%m-%d}.xlsx")


@keepers_only(BRINGS_IN)
@require_safe
def download_template(request: HttpRequest) -> HttpResponse:
    return _workbook(mending.template(), "mau-cau-hoi.xlsx")


def _workbook(file, name: str) -> HttpResponse:
    return FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS["xlsx"].media_type)


@keepers_only(TAKES_OUT)
@require_http_methods(["GET", "HEAD", "POST"])
def export_questions(request: HttpRequest) -> HttpResponse:
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        job = exporting.start_export(**form.wish, by=request.user, now=timezone.now())
        if job.state == WorkState.WAITING:
            tasks.write_export.enqueue(job.pk)
        return _to(job)
    status = 422 if form.errors else 200
    return render(request, "quizzes/exchange_export.html", {"form": form, "earlier": selectors.exports_of(request.user)}, status=status)


@keepers_only(TAKES_OUT)
@require_safe
def show_export(request: HttpRequest, uuid: UUID) -> HttpResponse:
    job, now = get_object_or_404(BankExport.objects.visible_to(request.user), uuid=uuid), timezone.now()
    how_far = selectors.how_far(job, now)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(how_far)
    return render(request, "quizzes/exchange_export_job.html", {
        "job": job, "how_far": how_far, "is_given_up": job.is_given_up(now), "format": FORMATS.get(job.format)})


@keepers_only(TAKES_OUT)
@require_safe
def download_export(request: HttpRequest, uuid: UUID) -> HttpResponse:
    job = get_object_or_404(BankExport.objects.visible_to(request.user), uuid=uuid, state=WorkState.DONE)
    name = f"cau-hoi-{timezone.localdate(job.made_at):%Y-%m-%d}{exporting.extension_of(job.format)}"
    try:
        return hand_over(job.file, name=name, content_type=FORMATS[job.format].media_type)
    except FileNotFoundError as error:
        raise Http404 from error


def _import(request: HttpRequest, uuid: UUID) -> BankImport:
    return get_object_or_404(BankImport.objects.visible_to(request.user), uuid=uuid)
