"""Doors for lists of cadres: a file is sent, read, looked at, decided and brought in; the list of a branch is written out. Other offices' lists do not exist here."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.work import WorkState
from unions import tasks
from unions.forms.choosing import uuid_in
from unions.forms.rosters import ColumnsForm, DecisionsForm, ExportForm, RosterForm
from unions.models import RosterImport
from unions.selectors import rosters as selectors
from unions.selectors.scopes import Office
from unions.services import UnionsError
from unions.services.rosters import deciding, exporting, receiving
from unions.views.doors import in_office

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _keeps_lists(office: Office) -> None:
    if not (office.sees_all or office.managed_paths):
        raise PermissionDenied


def _job(request: HttpRequest, uuid: UUID) -> RosterImport:
    return get_object_or_404(RosterImport.objects.managed_by(request.user).select_related("unit", "by"), uuid=uuid)


def _to(job: RosterImport, query: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("rosters:show-roster", args=[job.uuid]) + query, status=303)


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def import_roster(request: HttpRequest, office: Office) -> HttpResponse:
    _keeps_lists(office)
    now = timezone.now()
    form = RosterForm(request.POST or None, request.FILES or None, office=office, on=timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        try:
            job = receiving.receive_roster(**form.wish, by=request.user, now=now)
        except UnionsError as error:
            form.add_error("file" if error.code in ("empty", "too_large") else None, error.message)
        else:
            if job.state == WorkState.WAITING or job.is_given_up(now):
                tasks.read_roster.enqueue(job.pk)
            return _to(job)
    return _sending_page(request, form, ExportForm(office=office, on=timezone.localdate(now)))


def _sending_page(request: HttpRequest, form: RosterForm, export: ExportForm) -> HttpResponse:
    context = {"form": form, "export": export, "earlier": selectors.rosters_of(request.user)}
    return render(request, "unions/rosters.html", context, status=422 if form.errors or export.errors else 200)


@in_office
@require_safe
def show_roster(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    job, now = _job(request, uuid), timezone.now()
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(selectors.how_far(job, now))
    return _drawn(request, job)


def _drawn(request: HttpRequest, job: RosterImport, form: ColumnsForm | None = None, problem: str = "") -> HttpResponse:
    now = timezone.now()
    sheet = request.GET.get("bang", "1")
    context = {
        "job": job, "shown": selectors.roster_page(job, request.GET.get("xem", ""), request.GET.get("trang")), "problem": problem,
        "how_far": selectors.how_far(job, now), "is_given_up": job.is_given_up(now),
        "form": form or ColumnsForm(job=job, sheet=int(sheet) if sheet.isdecimal() and len(sheet) < 4 else 1)}
    return render(request, "unions/roster.html", context, status=422 if problem or (form and form.errors) else 200)


@in_office
@require_safe
def list_absent(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    job = _job(request, uuid)
    return render(request, "unions/roster_absent.html", {"job": job, "page": selectors.absent_page(job, request.GET.get("trang"))})


@in_office
@require_POST
def choose_columns(request: HttpRequest, office: Office, uuid: UUID, sheet: int) -> HttpResponse:
    job = _job(request, uuid)
    form = ColumnsForm(request.POST, job=job, sheet=sheet)
    if form.is_valid():
        try:
            if receiving.choose_columns(job=job, **form.wish):
                tasks.read_roster.enqueue(job.pk)
            return _to(job, f"?bang={sheet}")
        except UnionsError as error:
            form.add_error(None, error.message)
    return _drawn(request, job, form)


@in_office
@require_POST
def decide_rows(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    """Take what was said about the rows of a page, or about all open ones at once."""
    job = _job(request, uuid)
    try:
        if request.POST.get("all") in (deciding.ONLY, deciding.NEW, "open"):
            if deciding.decide_all(job=job, choice=request.POST["all"]):
                tasks.read_roster.enqueue(job.pk)
            return _to(job)
        keys = [int(name[4:]) for name in request.POST if name.startswith("row-") and name[4:].isdecimal()][:selectors.AT_ONCE]
        form = DecisionsForm(request.POST, keys=keys)
        if form.is_valid():
            count = deciding.decide_rows(job=job, choices=form.choices)
            messages.success(request, _("Noted for %(count)s rows.") % {"count": count})
        return _to(job, f"?xem={request.POST.get('xem', '')}" if request.POST.get("xem") in ("ask", "new", "changed", "same") else "")
    except UnionsError as error:
        return _drawn(request, job, problem=error.message)


@in_office
@require_POST
def bring_in(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    """Begin to write what was looked at; begun already or done, the page says so. What was stopped in the middle is begun anew."""
    job = _job(request, uuid)
    is_given_up = job.is_given_up(timezone.now())
    try:
        if (job.state == WorkState.APPLYING and is_given_up) or receiving.ask_to_bring_in(job=job):
            tasks.apply_roster.enqueue(job.pk)
        elif job.state == WorkState.WAITING or is_given_up:
            tasks.read_roster.enqueue(job.pk)
    except UnionsError as error:
        return _drawn(request, job, problem=error.message)
    return _to(job)


@in_office
@require_POST
def cancel_roster(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    job = _job(request, uuid)
    if receiving.cancel_roster(job=job, now=timezone.now()):
        messages.success(request, _("The list is called off. Nothing was brought in."))
        return HttpResponseRedirect(reverse("rosters:import-roster"), status=303)
    return _to(job)


@in_office
@require_safe
def download_template(request: HttpRequest, office: Office) -> HttpResponse:
    return FileResponse(exporting.template(), as_attachment=True, filename="mau-danh-sach-can-bo.xlsx", content_type=WORKBOOK)


@in_office
@require_POST
def export_roster(request: HttpRequest, office: Office) -> HttpResponse:
    """Write the list of a branch whose people one sees."""
    now = timezone.now()
    today = timezone.localdate(now)
    export = ExportForm(request.POST, office=office, on=today)
    if not export.is_valid():
        if uuid_in(request.POST.get("unit", "")):
            raise Http404
        _keeps_lists(office)
        return _sending_page(request, RosterForm(office=office, on=today), export)
    out = exporting.export_roster(unit=export.cleaned_data["unit"], by=request.user, now=now)
    return FileResponse(out, as_attachment=True, filename=f"danh-sach-can-bo-{timezone.localdate(now):%Y-%m-%d}.xlsx", content_type=WORKBOOK)
