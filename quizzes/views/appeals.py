"""Doors to appeals: the learner's page of a question, and the queue of whoever answers for questions. Others' appeals do not exist here."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from quizzes import services
from quizzes.enums import AppealState
from quizzes.forms import AnswerForm, AppealFilterForm, AppealForm
from quizzes.grading.review import EVERYTHING
from quizzes.models import Appeal, Attempt
from quizzes.selectors import appeals


def answerers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open the door to people who answer for questions, as authors or markers, and to nobody else."""

    @never_cache
    @login_required
    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not appeals.may_answer(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return opened


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_question(request: HttpRequest, uuid: UUID, position: int) -> HttpResponse:
    """The learner's page of a question: what they hold against it, or what became of that."""
    now = timezone.now()
    attempt = services.close_if_expired(attempt=get_object_or_404(Attempt.objects.visible_to(request.user).with_its_people(), uuid=uuid), now=now)
    page = appeals.own_appeal(attempt, position, now=now)
    if page is None:
        raise Http404
    form = AppealForm(request.POST if request.method == "POST" and not page.appeal else None)
    if form.is_valid():
        try:
            services.make_appeal(attempt=attempt, position=position, text=form.cleaned_data["text"], by=request.user, now=now)
        except services.QuizError as error:
            form.add_error(None, str(error))
    if request.method == "POST" and not form.errors:
        return HttpResponseRedirect(request.path, status=303)
    status = 422 if form.errors else 200
    return render(request, "quizzes/appeal.html", {"page": page, "attempt": attempt, "shows": page.shows, "form": form}, status=status)


@answerers_only
@require_safe
def list_appeals(request: HttpRequest) -> HttpResponse:
    form = AppealFilterForm(request.GET, user=request.user)
    found = appeals.appeal_list(request.user, form.wanted, request.GET.get("trang"))
    return render(request, "quizzes/appeal_list.html", {"found": found, "form": form, "wanted": form.wanted, "query": urlencode(form.wanted.params)})


@answerers_only
@require_http_methods(["GET", "HEAD", "POST"])
def show_appeal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One appeal with what is needed to judge it, and the form that answers it."""
    sheet = _sheet(request, uuid)
    form = AnswerForm(request.POST if request.method == "POST" else None, others=sheet.same_open)
    if request.method != "POST":
        return _draw(request, sheet, form)
    if not form.is_valid():
        return _draw(request, sheet, form, status=422)
    try:
        said = services.answer_appeal(appeal=sheet.appeal, by=request.user, now=timezone.now(), **form.decision)
    except services.QuizError as error:
        messages.warning(request, str(error))
        return _draw(request, _sheet(request, uuid), form, status=409)
    messages.success(request, _("The answer is kept. %(count)s other appeals were answered with it.") % {"count": said.also} if said.also else _("The answer is kept."))
    return HttpResponseRedirect(_plan(request, sheet) if form.decision["uphold"] else request.path, status=303)


def _sheet(request: HttpRequest, uuid: UUID) -> appeals.AppealSheet:
    found = Appeal.objects.visible_to(request.user).select_related("question", "slot__attempt__quiz", "decided_by")
    return appeals.appeal_sheet(get_object_or_404(found.defer("slot__attempt__quiz__sections"), uuid=uuid), user=request.user)


def _plan(request: HttpRequest, sheet: appeals.AppealSheet) -> str:
    """Return where the marks are put right, for those who may; to others the appeal again."""
    if not appeals.may_regrade(request.user, sheet.quiz):
        return request.path
    asked = {"quiz": sheet.quiz.uuid, "question": sheet.appeal.question.uuid, "appeal": sheet.appeal.uuid}
    return f"{reverse('marking:plan-regrade')}?{urlencode(asked)}"


def _draw(request: HttpRequest, sheet: appeals.AppealSheet, form: AnswerForm, *, status: int = 200) -> HttpResponse:
    plan = _plan(request, sheet) if sheet.appeal.state == AppealState.UPHELD else ""
    return render(request, "quizzes/appeal_detail.html", {
        "sheet": sheet, "appeal": sheet.appeal, "form": form, "shows": EVERYTHING, "plan": "" if plan == request.path else plan}, status=status)
