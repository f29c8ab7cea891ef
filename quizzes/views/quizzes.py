"""Doors to the list of quizzes, to one quiz of it, and to what a learner has done so far."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from quizzes import selectors, services
from quizzes.models import Quiz
from quizzes.views.takers import taker_of, takers_only

PAPERS_PER_PAGE = 50


@never_cache
@require_safe
@login_required
def list_quizzes(request: HttpRequest) -> HttpResponse:
    text, slug = request.GET.get("q", "").strip()[:200], request.GET.get("danh-muc", "")
    shelf = selectors.shelf_of(request.user, text=text, slug=slug, now=timezone.now())
    return render(request, "quizzes/quiz_list.html", {"shelf": shelf, "q": text, "narrowed": bool(text or shelf.chosen)})


@never_cache
@require_safe
@takers_only
def show_progress(request: HttpRequest) -> HttpResponse:
    progress = selectors.progress_of(taker_of(request), now=timezone.now())
    page = Paginator(progress.papers, PAPERS_PER_PAGE).get_page(request.GET.get("trang"))
    return render(request, "quizzes/progress.html", {"progress": progress, "page": page})


@never_cache
@require_safe
@login_required
def show_quiz(request: HttpRequest, uuid: UUID) -> HttpResponse:
    quiz = _quiz(request, uuid)
    if quiz.is_contest and quiz.live:
        return redirect("contests:show-contest", quiz.join_code)
    now = timezone.now()
    standing = selectors.standing_in(quiz=quiz, user=request.user, now=now)
    return render(request, "quizzes/quiz_start.html", {
        "quiz": quiz, "standing": standing, "best": selectors.showable(standing.best, standing.attempts, now=now),
        "papers": selectors.papers_of(quiz, taker_of(request), now=now)})


@require_POST
@login_required
def start_quiz(request: HttpRequest, uuid: UUID) -> HttpResponse:
    quiz = _quiz(request, uuid)
    if quiz.is_contest:
        return redirect("quizzes:show-quiz", quiz.uuid)
    try:
        attempt = services.start_attempt(quiz=quiz, user=request.user, now=timezone.now())
    except services.QuizError as error:
        messages.warning(request, str(error))
        return redirect("quizzes:show-quiz", quiz.uuid)
    return redirect(attempt)


def _quiz(request: HttpRequest, uuid: UUID) -> Quiz:
    return get_object_or_404(Quiz.objects.visible_to(request.user), uuid=uuid)
