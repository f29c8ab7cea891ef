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

from accounts.services import note_look
from quizzes import services
from quizzes.forms import MarkForm, MarkingFilterForm
from quizzes.grading.review import EVERYTHING
from quizzes.models import Attempt
from quizzes.selectors import appeals, marking


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
        "found": found, "form": form, "wanted": form.wanted, "query": urlencode(form.wanted.params),
        "appeals_open": appeals.open_appeals(request.user)})


@markers_only
@require_safe
def show_attempt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    filters, attempt = _filters(request), _attempt(request, uuid)
    if attempt.user:  # a guest of a contest has no record
        note_look(about=attempt.user, by=request.user, now=timezone.now(), subject=attempt.quiz.title)
    sheet = _sheet(request, attempt, filters, history_of=_number(request.GET.get("lich-su")))
    return _draw(request, sheet, filters, sheet.opened(_number(request.GET.get("cau"))))


@markers_only
@require_POST
def mark_answer(request: HttpRequest, uuid: UUID, position: int) -> HttpResponse:
    """Keep a mark and go on; or, with `history`, only draw what was typed beside the history of an answer."""
    attempt, filters, history = _attempt(request, uuid), _filters(request), _number(request.POST.get("history"))
    sheet = _sheet(request, attempt, filters, history_of=history)
    question = sheet.question_at(position)
    if question is None:
        raise Http404
    if history:
        return _draw(request, sheet, filters, question, form=MarkForm.drafted(request.POST, question=question))
    form = MarkForm(request.POST, question=question)
    if form.says_nothing and _number(request.POST.get("go")):
        return _go(request, attempt, filters, position)
    if not form.is_valid():
        return _draw(request, sheet, filters, question, form=form, status=422)
    try:
        slot = services.mark_by_hand(attempt=attempt, position=position, by=request.user, now=timezone.now(), **form.mark)
    except services.QuizError as error:
        return _refused(request, attempt, filters, form, error, position)
    messages.success(request, _said(slot))
    return _go(request, attempt, filters, position)


def _said(slot) -> str:
    if slot.fraction is None:
        return _("Your mark for question %(position)s is kept. Another person marks this answer too.") % {"position": slot.position}
    return _("Question %(position)s is marked.") % {"position": slot.position}


def _refused(request: HttpRequest, attempt: Attempt, filters, form: MarkForm, error: services.QuizError, position: int) -> HttpResponse:
    """Draw what was typed again, beside the answer as it stands by now."""
    sheet = _sheet(request, attempt, filters)
    form.question = sheet.question_at(position)
    newer = getattr(error, "mark", None)
    if newer:
        form.asked_again(error.seen)
    else:
        form.add_error(None, str(error))
    return _draw(request, sheet, filters, form.question, form=form, newer=newer, status=409)


def _attempt(request: HttpRequest, uuid: UUID) -> Attempt:
    """Return a finished attempt at a quiz that this person marks, moved on by the clock."""
    attempt = get_object_or_404(Attempt.objects.markable_by(request.user).with_its_people(), uuid=uuid)
    return services.close_if_expired(attempt=attempt, now=timezone.now())


def _filters(request: HttpRequest) -> marking.Filters:
    """Return what the list was narrowed to, which every page of it keeps in its address; no query where it was not."""
    return MarkingFilterForm(request.GET, user=request.user).wanted if set(request.GET) & set(MarkingFilterForm.base_fields) else marking.Filters()


def _sheet(request: HttpRequest, attempt: Attempt, filters: marking.Filters, *, history_of: int | None = None) -> marking.Sheet:
    return marking.sheet_of(attempt, user=request.user, history_of=history_of, question=filters.question)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 5 else None


def _go(request: HttpRequest, attempt: Attempt, filters: marking.Filters, position: int) -> HttpResponse:
    """Lead to the question that was asked for, or to the next one that waits: in this attempt, or where one question is marked through all
    attempts in the next; or to the attempt as it is marked now."""
    there = _number(request.POST.get("go"))
    if there is None:
        found = marking.next_to_mark(request.user, filters, at=attempt, after=position)
        if found and (found.uuid == attempt.uuid or filters.question):
            return HttpResponseRedirect(_address(found.uuid, filters, found.position), status=303)
    return HttpResponseRedirect(_address(attempt.uuid, filters, there), status=303)


def _address(uuid: UUID, filters: marking.Filters, position: int | None) -> str:
    params = urlencode(filters.params | ({"cau": position} if position else {}))
    return f"{reverse('marking:show-attempt', args=[uuid])}{'?' if params else ''}{params}{f'#c{position}' if position else ''}"


def _draw(request: HttpRequest, sheet: marking.Sheet, filters: marking.Filters, opened, *, form=None, newer=None, status: int = 200) -> HttpResponse:
    form = form or (MarkForm(question=opened) if opened else None)
    found = None if sheet.mine else marking.next_to_mark(request.user, filters, at=sheet.attempt)
    return render(request, "quizzes/marking_detail.html", {
        "sheet": sheet, "attempt": sheet.attempt, "opened": opened, "form": form, "newer": newer, "shows": EVERYTHING,
        "after": _address(found.uuid, filters, found.position) if found else "", "query": urlencode(filters.params), "filters": filters,
        "only_the_answer": marking.ONLY_THE_ANSWER,
    }, status=status)
