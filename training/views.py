"""Doors to the office: the list of learners, its sums by course, one person's record, exports, revoking and reissuing."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certificates import services as certificates
from certificates.models import Certificate
from quizzes.selectors.marking import may_mark
from training import tasks
from training.enums import ExportState
from training.forms import FilterForm, ReasonForm
from training.models import Export
from training.selectors import courses, learner, learners
from training.selectors.office import Office, certificates_in, enrolments_in, may_manage, office_of
from training.services import exports

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def in_office(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open the door to people with a role in the office only, and hand the view what they may do there. Who only marks is led on."""

    @never_cache
    @login_required
    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        office = request.office = office_of(request.user)
        if office is None and request.path == reverse("training:list-learners") and may_mark(request.user):
            return redirect("marking:list-attempts")
        if office is None:
            raise PermissionDenied
        return view(request, office, *args, **kwargs)

    return opened


def _asked(request: HttpRequest, office: Office) -> FilterForm:
    return FilterForm(request.GET, office=office, on=timezone.localdate())


def _frame(form: FilterForm) -> dict:
    """What the pages of the list share: the form and its filters as parts of links."""
    params = form.wanted.params
    others = {name: value for name, value in params.items() if name != "course"}
    return {"form": form, "wanted": form.wanted, "query": urlencode(params), "others": urlencode(others)}


@in_office
@require_safe
def list_learners(request: HttpRequest, office: Office) -> HttpResponse:
    form = _asked(request, office)
    roll = learners.roll_page(office, form.wanted, request.GET.get("trang"), timezone.localdate())
    return render(request, "training/learners.html", {"roll": roll, **_frame(form)})


@in_office
@require_safe
def list_courses(request: HttpRequest, office: Office) -> HttpResponse:
    form = _asked(request, office)
    rows, total = courses.sums_by_course(office, form.wanted, timezone.localdate())
    return render(request, "training/courses.html", {"rows": rows, "total": total, **_frame(form)})


@in_office
@require_safe
def show_learner(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    today = timezone.localdate()
    found = enrolments_in(office, today).select_related("user", "course", "completion")
    enrolment = get_object_or_404(found, uuid=uuid)
    return render(request, "training/learner.html", {"record": learner.record_of(office, enrolment, today)})


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def export_learners(request: HttpRequest, office: Office) -> HttpResponse:
    """Answer with the file, or for a long list with the page that waits for it; only a POST begins work in the background."""
    now, form = timezone.now(), _asked(request, office)
    try:
        out = exports.export_now(office=office, filters=form.wanted, now=now)
    except exports.TooLong as error:
        if request.method != "POST":
            messages.info(request, error.message)
            return redirect(f"{reverse('training:list-learners')}?{urlencode(form.wanted.params)}")
        export = exports.start_export(office=office, filters=form.wanted, now=now)
        tasks.write_export.enqueue(export.pk)
        return redirect("training:show-export", export.uuid)
    return FileResponse(out, as_attachment=True, filename=_file_name(now), content_type=WORKBOOK)


def _file_name(moment) -> str:
    return f"danh-sach-hoc-vien-{timezone.localdate(moment):%Y-%m-%d}.xlsx"


@in_office
@require_safe
def show_export(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    export = get_object_or_404(Export.objects.visible_to(request.user), uuid=uuid)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"over": export.is_over, "done": export.done, "total": export.total, "percent": round(export.fraction * 100)})
    return render(request, "training/export.html", {"export": export, "query": urlencode(export.filters)})


@in_office
@require_safe
def download_export(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    export = get_object_or_404(Export.objects.visible_to(request.user), uuid=uuid, state=ExportState.DONE)
    try:
        file = export.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(file, as_attachment=True, filename=_file_name(export.created_at), content_type=WORKBOOK)


def _managed(office: Office, uuid: UUID) -> Certificate:
    """Return the certificate, unless it is out of sight (404) or only to be looked at (403)."""
    today = timezone.localdate()
    certificate = get_object_or_404(certificates_in(office, today).select_related("user", "course"), uuid=uuid)
    if not may_manage(office, certificate.user_id, today):
        raise PermissionDenied
    return certificate


def _change(request: HttpRequest, certificate: Certificate, service: Callable, template: str, done: str) -> HttpResponse:
    """Ask why, then do it; whatever stands in the way is said above what was typed."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    enrolment = learner.enrolment_behind(certificate)
    back = reverse("training:show-learner", args=[enrolment]) if enrolment else reverse("training:list-learners")
    if request.method == "POST" and form.is_valid():
        try:
            service(certificate=certificate, by=request.user, now=timezone.now(), **form.cleaned_data)
        except certificates.CertificateError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, done % {"number": certificate.register_number})
            return redirect(back)
    return render(request, template, {"form": form, "certificate": certificate, "back": back}, status=422 if form.errors else 200)


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_certificate(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    done = _("Certificate %(number)s is revoked. The verification page says so from now on.")
    return _change(request, _managed(office, uuid), certificates.revoke_certificate, "training/revoke.html", done)


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def reissue_certificate(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    done = _("A new certificate stands in place of %(number)s.")
    return _change(request, _managed(office, uuid), certificates.reissue_certificate, "training/reissue.html", done)
