"""Doors to issuing by decision: lists, who stands on them, the decision, how far it is, what came of it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services import note_look
from certificates import tasks, typesetting
from certificates.forms.runs import DecisionForm, NewRunForm
from certificates.models import Issuer, IssueRun
from certificates.selectors import runs as selectors
from certificates.selectors.printouts import printouts_of
from certificates.services import runs as services
from certificates.services.errors import CertificateError, DecidedAlready
from certificates.views.books import in_books
from cms.work import WorkState

PREVIEW_WIDTH = 1000


@in_books
@require_safe
def list_runs(request: HttpRequest) -> HttpResponse:
    page = selectors.runs_of(request.user, request.GET.get("trang"))
    may_issue = Issuer.objects.managed_by(request.user).exists()
    return render(request, "certificates/runs.html", {"page": page, "may_issue": may_issue})


@in_books
@require_http_methods(["GET", "HEAD", "POST"])
def make_run(request: HttpRequest) -> HttpResponse:
    if not Issuer.objects.managed_by(request.user).exists():
        raise PermissionDenied
    form = NewRunForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        run = services.make_run(**form.cleaned_data, by=request.user, now=timezone.now())
        return _to("choose-people", run)
    return render(request, "certificates/run_new.html", {"form": form}, status=422 if form.errors else 200)


@in_books
@require_safe
def show_run(request: HttpRequest, uuid: UUID) -> HttpResponse:
    run, now = _visible(request, uuid), timezone.now()
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(selectors.how_far(run, now))
    if run.state == WorkState.READY:
        return _to("choose-people", run)
    asked = {"state": request.GET.get("loc", ""), "q": request.GET.get("q", "")}
    page, people = selectors.rows_of(run, timezone.localdate(now), **asked, page=request.GET.get("trang"))
    return render(request, "certificates/run.html", {
        "run": run, "how_far": selectors.how_far(run, now), "is_stuck": selectors.is_stuck(run, now), "figures": selectors.figures_of(run),
        "page": page, "people": people, "asked": asked, "states": selectors.states_to_choose(run), "query": _query(loc=asked["state"], q=asked["q"]),
        "printouts": printouts_of(run, request.user), "may_issue": _may_manage(request, run)})


@in_books
@require_http_methods(["GET", "HEAD", "POST"])
def choose_people(request: HttpRequest, uuid: UUID) -> HttpResponse:
    if request.method == "POST":
        return _choose(request, _managed(request, uuid))
    run = _visible(request, uuid)
    if run.state != WorkState.READY:
        return _to("show-run", run)
    kind, q = request.GET.get("nhom", ""), request.GET.get("q", "")
    found = selectors.candidates_of(run, request.user, timezone.localdate(), kind=kind, q=q, page=request.GET.get("trang"))
    return render(request, "certificates/run_people.html", {
        "run": run, "found": found, "kind": kind, "q": q, "query": _query(nhom=kind, q=q), "may_issue": _may_manage(request, run)})


def _choose(request: HttpRequest, run: IssueRun) -> HttpResponse:
    """Put on or take off; `shown` are the people of the page, `chosen` those who are ticked."""
    wish, shown, chosen = request.POST.get("do", ""), _uuids(request, "shown"), _uuids(request, "chosen")
    try:
        if wish == "all":
            count = services.put_all_on(run=run, by=request.user, q=request.POST.get("q", ""))
        elif wish == "none":
            count = 0
            services.take_all_off(run=run)
        else:
            count = services.change_list(run=run, add=chosen, take_off=shown - chosen, by=request.user)
    except CertificateError as error:
        messages.warning(request, error.message)
        return _to("show-run", run)
    if wish == "go":
        return _to("decide-run", run)
    said = ngettext("Saved. %(count)s person was put on the list.", "Saved. %(count)s people were put on the list.", count)
    messages.success(request, said % {"count": count} if count else _("Saved."))
    query = _query(nhom=request.POST.get("nhom", ""), q=request.POST.get("q", ""), trang=request.POST.get("trang", ""))
    return HttpResponseRedirect(f"{reverse('runs:choose-people', args=[run.uuid])}?{query.removeprefix('&')}", status=303)


@in_books
@require_http_methods(["GET", "HEAD", "POST"])
def decide_run(request: HttpRequest, uuid: UUID) -> HttpResponse:
    run, now = _managed(request, uuid), timezone.now()
    if run.state != WorkState.READY and request.method != "POST":
        return _to("show-run", run)
    form = DecisionForm(request.POST or None, today=timezone.localdate(now))
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            run = services.decide_run(run=run, **form.cleaned_data, by=request.user, now=now)
        except DecidedAlready as error:
            messages.warning(request, error.message)
            return _to("show-run", run)
        except CertificateError as error:
            form.add_error(None, error.message)
        else:
            tasks.issue_run.enqueue(run.pk)
            return _to("show-run", run)
    status = 422 if form.errors and "preview" not in request.POST else 200
    return render(request, "certificates/run_decision.html", _decision(run, form, request.GET.get("nguoi") or request.POST.get("nguoi")), status=status)


def _decision(run: IssueRun, form: DecisionForm, person: str | None) -> dict:
    examples = selectors.examples_of(run, person)
    said = getattr(form, "cleaned_data", {})
    day = said.get("decision_on")
    query = _query(so=said.get("decision_number", ""), ngay=f"{day:%d/%m/%Y}" if day else "").removeprefix("&")
    return {"run": run, "form": form, "count": run.rows.count(), "examples": examples, "preview_query": query}


@in_books
@require_safe
def preview_paper(request: HttpRequest, uuid: UUID, completion: UUID, format: str) -> HttpResponse:
    """The paper of one person before anything is decided: a picture, or the PDF. Nobody may keep it."""
    run = _managed(request, uuid)
    row = get_object_or_404(run.rows.select_related("completion__enrolment__user", "completion__enrolment__course", "completion__rule_set"), completion__uuid=completion)
    form = DecisionForm({"decision_number": request.GET.get("so", ""), "decision_on": request.GET.get("ngay", "")}, today=timezone.localdate())
    form.is_valid()
    said = form.cleaned_data
    try:
        pdf = services.preview_paper(
            run=run, completion=row.completion, decision_number=said.get("decision_number", ""), decision_on=said.get("decision_on"), now=timezone.now())
    except CertificateError as error:
        raise Http404 from error
    note_look(about=row.completion.enrolment.user, by=request.user, now=timezone.now(), subject=run.name)
    if format == "png":
        return HttpResponse(typesetting.picture_of(pdf, PREVIEW_WIDTH), content_type="image/png")
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="xem-truoc.pdf"'})


@in_books
@require_POST
def cancel_run(request: HttpRequest, uuid: UUID) -> HttpResponse:
    run = _managed(request, uuid)
    if services.cancel_run(run=run, now=timezone.now()):
        messages.success(request, _("The list is called off. What was issued before stays issued."))
    return _to("show-run", run)


@in_books
@require_POST
def resume_run(request: HttpRequest, uuid: UUID) -> HttpResponse:
    run = _managed(request, uuid)
    if services.resume_run(run=run, now=timezone.now()):
        tasks.issue_run.enqueue(run.pk)
    return _to("show-run", run)


def _visible(request: HttpRequest, uuid: UUID) -> IssueRun:
    return get_object_or_404(IssueRun.objects.visible_to(request.user).select_related("issuer__unit", "course", "by", "decided_by"), uuid=uuid)


def _managed(request: HttpRequest, uuid: UUID) -> IssueRun:
    return get_object_or_404(IssueRun.objects.managed_by(request.user).select_related("issuer__unit", "course", "by", "decided_by"), uuid=uuid)


def _may_manage(request: HttpRequest, run: IssueRun) -> bool:
    return IssueRun.objects.managed_by(request.user).filter(pk=run.pk).exists()


def _to(name: str, run: IssueRun) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"runs:{name}", args=[run.uuid]), status=303)


def _query(**parts: str) -> str:
    """Write what was asked for as parts of an address behind another: "&q=mai"; nothing for nothing."""
    said = urlencode({name: value for name, value in parts.items() if value})
    return f"&{said}" if said else ""


def _uuids(request: HttpRequest, name: str) -> set[UUID]:
    found = set()
    for text in request.POST.getlist(name):
        try:
            found.add(UUID(text))
        except ValueError as error:
            raise Http404 from error
    return found
