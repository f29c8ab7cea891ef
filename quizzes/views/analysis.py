"""Doors to item analysis: the quizzes that a person marks, one quiz, one of its questions. Drawn from stored results only."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quizzes.enums import Counted
from quizzes.grading.review import EVERYTHING
from quizzes.models import Question, Quiz
from quizzes.selectors import analysis
from quizzes.services.analysing import ask_for_analysis
from quizzes.services.analysis_workbook import write_analysis
from quizzes.tasks.analysis import analyse
from quizzes.views.marking import markers_only

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@markers_only
@require_safe
def list_analyses(request: HttpRequest) -> HttpResponse:
    page, rows = analysis.analysed_quizzes(request.user, request.GET.get("trang"))
    return render(request, "quizzes/analysis_list.html", {"page": page, "rows": rows})


@markers_only
@require_safe
def show_analysis(request: HttpRequest, uuid: UUID) -> HttpResponse:
    page = _page(request, uuid)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"over": not page.is_at_work, "percent": page.percent})
    sort = analysis.sort_of(request.GET.get("xep", ""))
    return render(request, "quizzes/analysis_detail.html", {
        "page": page, "quiz": page.quiz, "sort": sort, "columns": analysis.COLUMNS,
        "found": analysis.sheet_of(page, sort, request.GET.get("trang"))})


@markers_only
@require_POST
def ask_analysis(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have the analysis worked out, unless it is being worked out or nothing is new."""
    quiz, counted = _quiz(request, uuid), request.POST.get("tinh", Counted.FIRST)
    if counted not in Counted.values:
        raise Http404
    asked, is_new = ask_for_analysis(quiz=quiz, counted=counted, by=request.user, now=timezone.now())
    if is_new:
        analyse.enqueue(asked.pk)
    elif asked.counted != counted:
        messages.info(request, _("Another analysis of this quiz is being worked out. Ask again when it is ready."))
    return HttpResponseRedirect(f"{reverse('marking:show-analysis', args=[uuid])}?tinh={counted}", status=303)


@markers_only
@require_safe
def show_question(request: HttpRequest, uuid: UUID, question: UUID) -> HttpResponse:
    page = _page(request, uuid)
    found = analysis.question_page(page, get_object_or_404(Question.objects.only("pk"), uuid=question))
    if found is None:
        raise Http404
    return render(request, "quizzes/analysis_question.html", {
        "page": page, "quiz": page.quiz, "found": found, "row": found.row, "asked": found.asked, "shows": EVERYTHING})


@markers_only
@require_safe
def download_analysis(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hand out the table of questions as a workbook."""
    page = _page(request, uuid)
    if not page.is_known:
        raise Http404
    name = f"phan-tich-cau-hoi-{timezone.localdate(page.analysis.computed_at):%Y-%m-%d}.xlsx"
    return FileResponse(write_analysis(page=page), as_attachment=True, filename=name, content_type=WORKBOOK)


def _quiz(request: HttpRequest, uuid: UUID) -> Quiz:
    return get_object_or_404(Quiz.objects.marked_by(request.user).defer("sections", "introduction"), uuid=uuid)


def _page(request: HttpRequest, uuid: UUID) -> analysis.AnalysisPage:
    return analysis.analysis_page(_quiz(request, uuid), request.GET.get("tinh", Counted.FIRST), now=timezone.now())
