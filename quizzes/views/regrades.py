"""Doors to regrades: planning one, looking at what it would change, writing it or laying it aside. Regrades of other markers' quizzes do not
exist here."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quizzes.forms.regrades import ApplyForm, RegradeForm, RegradeQuizForm
from quizzes.models import Appeal, Attempt, Question, Quiz, Regrade
from quizzes.selectors import regrades
from quizzes.services import regrading
from quizzes.services.errors import QuizError
from quizzes.tasks.regrading import work_out, write


def regraders_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open the door to people who may have attempts marked anew, and to nobody else."""

    @never_cache
    @login_required
    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not regrades.may_regrade_any(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return opened


@regraders_only
@require_safe
def list_regrades(request: HttpRequest) -> HttpResponse:
    return render(request, "quizzes/regrade_list.html", {"page": regrades.regrades_of(request.user, request.GET.get("trang"))})


@regraders_only
@require_http_methods(["GET", "HEAD", "POST"])
def plan_regrade(request: HttpRequest) -> HttpResponse:
    """Ask for the quiz, then for what is to be marked anew; then have it worked out."""
    quizzes = RegradeQuizForm(request.GET, user=request.user)
    if "quiz" not in request.GET or not quizzes.is_valid():
        return render(request, "quizzes/regrade_quiz.html", {"form": quizzes})
    quiz = quizzes.cleaned_data["quiz"]
    form = RegradeForm(request.POST if request.method == "POST" else None, quiz=quiz, **_named(request, quiz))
    if form.is_valid():
        try:
            regrade = regrading.plan_regrade(quiz=quiz, by=request.user, now=timezone.now(), **form.plan)
        except QuizError as error:
            form.add_error(None, str(error))
        else:
            work_out.enqueue(regrade.pk)
            return HttpResponseRedirect(reverse("marking:show-regrade", args=[regrade.uuid]), status=303)
    return render(request, "quizzes/regrade_plan.html", {"form": form, "quiz": quiz}, status=422 if form.errors else 200)


def _named(request: HttpRequest, quiz: Quiz) -> dict:
    """Return what else the address names: a question, attempts of the quiz, the appeal that led here. What does not exist here is a 404."""
    named = {"attempts": [], "appeal": None, "question": None}
    if keys := [_uuid(text) for text in request.GET.getlist("attempt")]:
        named["attempts"] = list(Attempt.objects.markable_by(request.user).filter(quiz=quiz, uuid__in=keys))
        if len(named["attempts"]) != len(set(keys)):
            raise Http404
    if text := request.GET.get("appeal"):
        found = Appeal.objects.visible_to(request.user).select_related("question").filter(slot__attempt__quiz=quiz).distinct()
        named["appeal"] = get_object_or_404(found, uuid=_uuid(text))
        named["question"] = named["appeal"].question
    if text := request.GET.get("question"):
        named["question"] = get_object_or_404(Question, uuid=_uuid(text))
    return named


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


@regraders_only
@require_safe
def show_regrade(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _draw(request, _regrade(request, uuid), ApplyForm())


@regraders_only
@require_POST
def apply_regrade(request: HttpRequest, uuid: UUID) -> HttpResponse:
    regrade, form = _regrade(request, uuid), ApplyForm(request.POST)
    if not form.is_valid():
        return _draw(request, regrade, form, status=422)
    try:
        regrade = regrading.apply_regrade(regrade=regrade, by=request.user, now=timezone.now())
    except regrading.NotReady as error:
        messages.warning(request, str(error))
    else:
        write.enqueue(regrade.pk)
    return _back(uuid)


@regraders_only
@require_POST
def cancel_regrade(request: HttpRequest, uuid: UUID) -> HttpResponse:
    if regrading.cancel_regrade(regrade=_regrade(request, uuid), by=request.user, now=timezone.now()):
        messages.success(request, _("The regrade was laid aside. No mark has changed."))
    return _back(uuid)


@regraders_only
@require_POST
def resume_regrade(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take up work that was stopped in the middle."""
    regrade = _regrade(request, uuid)
    is_decided = regrade.applied_by_id is not None
    if regrading.take_up_again(regrade=regrade, now=timezone.now()):
        (write if is_decided else work_out).enqueue(regrade.pk)
    return _back(uuid)


def _regrade(request: HttpRequest, uuid: UUID) -> Regrade:
    found = Regrade.objects.visible_to(request.user).select_related("quiz", "question", "by", "applied_by", "appeal")
    return get_object_or_404(found.defer("quiz__sections", "quiz__introduction", "question__content"), uuid=uuid)


def _back(uuid: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("marking:show-regrade", args=[uuid]), status=303)


def _draw(request: HttpRequest, regrade: Regrade, form: ApplyForm, *, status: int = 200) -> HttpResponse:
    page = regrades.regrade_page(regrade, request.GET.get("trang"))
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"over": not page.is_at_work, "percent": page.percent})
    is_stuck = regrading.is_stuck(regrade, timezone.now())
    return render(request, "quizzes/regrade_detail.html", {
        "page": page, "regrade": regrade, "quiz": regrade.quiz, "form": form, "is_stuck": is_stuck}, status=status)
