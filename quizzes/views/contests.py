"""Doors to public contests: by code only, also for those without an account; and their ranking."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cms.throttling import SECONDS, note_once_more, times_done
from quizzes import selectors, services
from quizzes.codes import normalise
from quizzes.forms import ContestForm
from quizzes.models import Quiz
from quizzes.views.takers import make_known, taker_of

# Wrong codes from one address: a room full of people may mistype the same code, nobody can try them all.
WRONG_PER_MINUTE = 60
WRONG = "contest"
# Attempts begun without an account from one address: a whole hall may share it, a machine that makes names up may not go on for ever.
STARTS_PER_MINUTE = 300
STARTS = "contest-start"


def _unlisted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep a page out of search engines and shared caches."""

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return answered


def _by_code(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Find the contest of the code in the address; say so when there is none, and how long to wait after too many wrong ones."""

    @wraps(view)
    def found(request: HttpRequest, code: str) -> HttpResponse:
        if times_done(WRONG, request) >= WRONG_PER_MINUTE:
            response = render(request, "quizzes/contest_join.html", {"waits": True}, status=429)
            response["Retry-After"] = str(SECONDS)
            return response
        quiz = selectors.contest_by_code(code)
        if quiz is None:
            note_once_more(WRONG, request)
            return render(request, "quizzes/contest_join.html", {"typed": normalise(code) or code[:20], "is_unknown": True}, status=404)
        return view(request, quiz)

    return _unlisted(found)


@require_safe
@_unlisted
def join_contest(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("ma", "")
    if code := normalise(typed):
        return redirect("contests:show-contest", code)
    return render(request, "quizzes/contest_join.html", {"typed": typed[:20], "is_empty": "ma" in request.GET})


@require_safe
@_by_code
def show_contest(request: HttpRequest, quiz: Quiz) -> HttpResponse:
    if request.path != (right := reverse("contests:show-contest", args=[quiz.join_code])):
        return redirect(right)
    return _draw(request, quiz, ContestForm(user=request.user))


def _draw(request: HttpRequest, quiz: Quiz, form: ContestForm, *, status: int = 200) -> HttpResponse:
    taker, now = taker_of(request), timezone.now()
    standing = selectors.standing_in(quiz=quiz, user=taker.user, visitor=taker.visitor, now=now)
    return render(request, "quizzes/contest.html", {
        "quiz": quiz, "form": form, "standing": standing, "best": selectors.showable(standing.best, standing.attempts, now=now),
        "papers": selectors.papers_of(quiz, taker, now=now), "now": now}, status=status)


@require_POST
@_by_code
def start_contest(request: HttpRequest, quiz: Quiz) -> HttpResponse:
    here = reverse("contests:show-contest", args=[quiz.join_code])
    if not request.user.is_authenticated and not quiz.is_open_to_all:
        return redirect_to_login(here)
    form = ContestForm(request.POST, user=request.user)
    if not form.is_valid():
        return _draw(request, quiz, form, status=422)
    if not request.user.is_authenticated:
        if times_done(STARTS, request) >= STARTS_PER_MINUTE:
            messages.warning(request, _("Too many people begin from this network right now. Wait a minute and try again."))
            return redirect(here)
        note_once_more(STARTS, request)
    taker = make_known(request)
    try:
        attempt = services.start_attempt(
            quiz=quiz, user=taker.user, visitor=taker.visitor, shown_name=form.cleaned_data["shown_name"], now=timezone.now())
    except services.QuizError as error:
        messages.warning(request, str(error))
        return redirect(here)
    return redirect(attempt)


@require_safe
@_by_code
def show_ranking(request: HttpRequest, quiz: Quiz) -> HttpResponse:
    if request.path != (right := reverse("contests:show-ranking", args=[quiz.join_code])):
        return redirect(right)
    return render(request, "quizzes/ranking.html", _ranking(request, quiz))


@require_safe
@_by_code
def show_ranking_part(request: HttpRequest, quiz: Quiz) -> HttpResponse:
    """The list alone, for the script that keeps it fresh; nothing but 304 while nothing has changed."""
    context = _ranking(request, quiz)
    response = get_conditional_response(request, etag=context["etag"])
    if response is None:
        response = render(request, "quizzes/_ranking.html", context)
    response["ETag"] = context["etag"]
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


def _ranking(request: HttpRequest, quiz: Quiz) -> dict:
    now = timezone.now()
    ranking = selectors.ranking_of(quiz, now=now)
    mine = ranking.of(taker_of(request))
    page = Paginator(ranking.ranks, selectors.PER_PAGE).get_page(request.GET.get("trang"))
    state = [ranking.digest, mine.place if mine else "", page.number, quiz.is_closed(now), ranking.is_final, get_language()]
    return {
        "quiz": quiz, "ranking": ranking, "mine": mine, "page": page, "is_closed": quiz.is_closed(now),
        "etag": f'"{"-".join(map(str, state))}"'}
