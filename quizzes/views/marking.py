"""Doors for whoever marks: the list of attempts, one attempt, a mark by hand. Attempts of other markers' quizzes do not exist here."""

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
from django.views.decorators.http import require_POST, require_safe

from quizzes import services
from quizzes.forms import MarkForm, MarkingFilterForm
from quizzes.grading.review import EVERYTHING
from quizzes.models import Attempt
from quizzes.selectors import marking


def markers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open the door to people who mark, and to nobody else."""

    @never_cache
    @login_required
    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not marking.may_mark(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return opened


@markers_only
@require_safe
def list_attempts(request: HttpRequest) -> HttpResponse:
    form = MarkingFilterForm(request.GET, user=request.user)
    found = marking.marking_list(request.user, form.wanted, request.GET.get("trang"))
    return render(request, "quizzes/marking_list.html", {
        "found": found, "form": form, "wanted": form.wanted, "query": urlencode(form.wanted.params)})


@markers_only
@require_safe
def show_attempt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    sheet = marking.sheet_of(_attempt(request, uuid), history_of=_number(request.GET.get("lich-su")))
    return _draw(request, sheet, sheet.opened(_number(request.GET.get("cau"))))


@markers_only
@require_POST
def mark_answer(request: HttpRequest, uuid: UUID, position: int) -> HttpResponse:
    """Keep a mark and go on; or, with `history`, only draw what was typed beside the history of an answer."""
    attempt, history = _attempt(request, uuid), _number(request.POST.get("history"))
    sheet = marking.sheet_of(attempt, history_of=history)
    question = sheet.question_at(position)
    if question is None:
        raise Http404
    if history:
        return _draw(request, sheet, question, form=MarkForm.drafted(request.POST, question=question))
    form = MarkForm(request.POST, question=question)
    if form.says_nothing and _number(request.POST.get("go")):
        return _go(request, attempt, position)
    if not form.is_valid():
        return _draw(request, sheet, question, form=form, status=422)
    try:
        services.mark_by_hand(attempt=attempt, position=position, by=request.user, now=timezone.now(), **form.mark)
    except services.MarkedMeanwhile as error:
        form.asked_again(error.seen)
        return _draw(request, sheet, question, form=form, newer=error.mark, status=409)
    except services.NotMarkable as error:
        form.add_error(None, str(error))
        return _draw(request, sheet, question, form=form, status=409)
    messages.success(request, _("Question %(position)s is marked.") % {"position": position})
    return _go(request, attempt, position)


def _attempt(request: HttpRequest, uuid: UUID) -> Attempt:
    """Return a finished attempt at a quiz that this person marks, moved on by the clock."""
    attempt = get_object_or_404(Attempt.objects.markable_by(request.user).with_its_people(), uuid=uuid)
    return services.close_if_expired(attempt=attempt, now=timezone.now())


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 5 else None


def _go(request: HttpRequest, attempt: Attempt, position: int) -> HttpResponse:
    """Lead to the question that was asked for, or to the next one that waits, or to the attempt as it is marked now."""
    there = _number(request.POST.get("go")) or marking.next_to_mark(attempt, after=position)
    place = f"?cau={there}#c{there}" if there else ""
    return HttpResponseRedirect(f"{reverse('marking:show-attempt', args=[attempt.uuid])}{place}", status=303)


def _draw(request: HttpRequest, sheet: marking.Sheet, opened, *, form=None, newer=None, status: int = 200) -> HttpResponse:
    form = form or (MarkForm(question=opened) if opened else None)
    after = None if sheet.waiting else marking.next_attempt_to_mark(request.user, sheet.attempt)
    return render(request, "quizzes/marking_detail.html", {
        "sheet": sheet, "attempt": sheet.attempt, "opened": opened, "form": form, "newer": newer, "after": after, "shows": EVERYTHING,
        "only_the_answer": marking.ONLY_THE_ANSWER,
    }, status=status)
