"""Doors to the office: the list of learners, its sums by course, one person's record, exports. Papers are changed in the register."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import Act
from accounts.services import note
from cms.storage import hand_over
from learning.serve import proof_of
from learning.services import LearningError
from learning.services.outside import decide_study, enter_study, told_of
from training import tasks
from training.enums import ExportState
from training.forms.learners import FilterForm, OfficeStudyForm, StudyAnswerForm, StudyFilterForm
from training.models import Export
from training.selectors import courses, learner, learners, studies
from training.selectors.office import enrolments_in
from training.services import exports
from training.views.doors import in_office
from unions.selectors.scopes import Office

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    note(about=enrolment.user, act=Act.LOOKED, by=request.user, now=timezone.now(), subject=enrolment.course.title)
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
        return hand_over(export.file, name=_file_name(export.created_at), content_type=WORKBOOK)
    except FileNotFoundError as error:
        raise Http404 from error


@in_office
@require_safe
def list_studies(request: HttpRequest, office: Office) -> HttpResponse:
    form = StudyFilterForm(request.GET)
    roll = studies.studies_page(office, form.state_wanted, form.q, request.GET.get("trang"), timezone.localdate())
    return render(request, "training/studies.html", {"roll": roll, "form": form, "query": f"&{urlencode(form.params)}"})


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def show_study(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    """Show the course with its proof, and take the answer of whoever may give one; of two answers the first one counts."""
    today = timezone.localdate()
    found = studies.studies_in(office, today).select_related("user", "entered_by", "decided_by", "counts_as")
    record = studies.study_record(office, get_object_or_404(found, uuid=uuid), today)
    form = StudyAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _answered(request, record, form)
    return _drawn_study(request, record, form)


def _drawn_study(request: HttpRequest, record: studies.StudyRecord, form: StudyAnswerForm) -> HttpResponse:
    note(about=record.study.user, act=Act.LOOKED, by=request.user, now=timezone.now(), subject=record.study.title)
    context = {"record": record, "form": form, "seen": told_of(record.study)}
    return render(request, "training/study.html", context, status=422 if form.errors else 200)


def _answered(request: HttpRequest, record: studies.StudyRecord, form: StudyAnswerForm) -> HttpResponse:
    if not record.may_decide and record.study.is_waiting:
        raise PermissionDenied
    approves = form.cleaned_data["answer"] == "approve"
    try:
        decide_study(
            study=record.study, approves=approves, reason=form.cleaned_data["reason"], seen=form.cleaned_data["seen"],
            counts_as=form.cleaned_data["counts_as"], by=request.user, now=timezone.now())
    except LearningError as error:
        form.add_error("reason" if error.code == "answer_missing" else None, error.message)
        return _drawn_study(request, record, form)
    messages.success(request, _("Approved. The course stands in the transcript.") if approves else _("Not approved. The person reads your reason."))
    return redirect("training:list-studies")


@in_office
@require_safe
def download_proof(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    now = timezone.now()
    study = get_object_or_404(studies.studies_in(office, timezone.localdate(now)).select_related("user"), uuid=uuid)
    note(about=study.user, act=Act.LOOKED, by=request.user, now=now, subject=study.title)
    return proof_of(study)


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def enter_study_for(request: HttpRequest, office: Office) -> HttpResponse:
    now = timezone.now()
    people = studies.people_managed(office, timezone.localdate(now))
    form = OfficeStudyForm(
        request.POST or None, request.FILES or None, people=people, on=timezone.localdate(now), chosen=request.GET.get("nguoi", ""))
    if request.method == "POST" and form.is_valid():
        try:
            study = enter_study(
                user=form.cleaned_data["person"], by=request.user, facts=form.facts, proof=form.cleaned_data["proof"], now=now,
                counts_as=form.cleaned_data["counts_as"])
        except LearningError as error:
            form.add_error("proof", error.message)
        else:
            messages.success(request, _("Entered and approved. The course stands in the transcript."))
            return redirect("training:show-study", study.uuid)
    return render(request, "training/study_form.html", {"form": form}, status=422 if form.errors else 200)
