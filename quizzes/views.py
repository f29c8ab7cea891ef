"""Doors to attempts. Every page belongs to one person: for anybody else it does not exist."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from quizzes import selectors, services
from quizzes.enums import AttemptState
from quizzes.forms import CommandForm, UnreadableBody, fields_of, read_json
from quizzes.grading.receipts import tidy_code
from quizzes.grading.review import EVERYTHING
from quizzes.models import Attempt

STATUS = {"finished": 409, "time_over": 409, "other_question": 409, "unknown_position": 404, "too_long": 413}


@never_cache
@login_required
@require_safe
def show_attempt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    attempt = _attempt(request, uuid)
    if _is_over(attempt):
        return _see("show-result", attempt)
    return _see("show-question", attempt, selectors.position_to_go_on(attempt))


@never_cache
@login_required
@require_safe
def show_question(request: HttpRequest, uuid: UUID, position: int) -> HttpResponse:
    attempt, now = _attempt(request, uuid), timezone.now()
    if _is_over(attempt):
        return _see("show-result", attempt)
    page = selectors.question_page(attempt, position, now=now)
    if page is None:
        raise Http404
    return render(request, "quizzes/question.html", {
        "page": page, "asked": page.asked, "attempt": attempt, "client_uuid": uuid4(), "now": selectors.milliseconds(now)})


@require_http_methods(["GET", "HEAD", "POST"])
def save_answer(request: HttpRequest, uuid: UUID, position: int) -> HttpResponse:
    if request.content_type == "application/json":
        return _save_command(request, uuid, position)
    here = reverse("quizzes:show-question", args=[uuid, position])
    if not request.user.is_authenticated:
        return redirect_to_login(here)
    return _save_form(request, uuid, position) if request.method == "POST" else HttpResponseRedirect(here)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit_attempt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    attempt = _attempt(request, uuid)
    if request.method == "POST":
        services.submit_attempt(attempt=attempt, now=timezone.now())
        return _see("show-result", attempt)
    if _is_over(attempt):
        return _see("show-result", attempt)
    places = selectors.places_of(attempt)
    open_places = [place for place in places if not place.is_answered]
    return render(request, "quizzes/submit.html", {"attempt": attempt, "places": places, "open_places": open_places})


@never_cache
@login_required
@require_safe
def show_result(request: HttpRequest, uuid: UUID) -> HttpResponse:
    attempt = _attempt(request, uuid)
    if not _is_over(attempt):
        return _see("show-attempt", attempt)
    return render(request, "quizzes/result.html", {"result": selectors.result_page(attempt), "shows": EVERYTHING, "attempt": attempt})


@never_cache
@login_required
@require_safe
def show_receipt(request: HttpRequest, code: str) -> HttpResponse:
    attempts = Attempt.objects.visible_to(request.user).select_related("quiz", "user")
    attempt = get_object_or_404(attempts, receipt_code=tidy_code(code))
    return render(request, "quizzes/receipt.html", {"receipt": selectors.receipt_of(attempt), "attempt": attempt})


def _attempt(request: HttpRequest, uuid: UUID) -> Attempt:
    attempt = get_object_or_404(Attempt.objects.visible_to(request.user).select_related("quiz", "user"), uuid=uuid)
    return services.close_if_expired(attempt=attempt, now=timezone.now())


def _is_over(attempt: Attempt) -> bool:
    return attempt.state != AttemptState.IN_PROGRESS


def _see(name: str, attempt: Attempt, *args) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"quizzes:{name}", args=[attempt.uuid, *args]), status=303)


def _save_command(request: HttpRequest, uuid: UUID, position: int) -> JsonResponse:
    if not request.user.is_authenticated:
        return _refuse("signed_out", _("Your session has ended. Sign in again to send on; your answers are still here."), 401)
    attempt = Attempt.objects.visible_to(request.user).filter(uuid=uuid).first()
    if attempt is None:
        return _refuse("not_found", _("There is no such attempt of yours."), 404)
    try:
        data = read_json(request.body)
    except UnreadableBody:
        return _refuse("unreadable", _("This could not be read. Reload the page and choose again."), 400)
    form = CommandForm({name: str(data[name]) for name in CommandForm.base_fields if name in data})
    if not form.is_valid():
        return _refuse("unreadable", _("This could not be read. Reload the page and choose again."), 400)
    now = timezone.now()
    try:
        said = services.save_answer(attempt=attempt, position=position, answer=data.get("answer"), now=now, **form.cleaned_data)
    except (services.QuizError, services.InvalidAnswer) as error:
        return _refuse(error.code, str(error), STATUS.get(error.code, 400))
    return JsonResponse(_as_json(said, now))


def _refuse(code: str, message: str, status: int) -> JsonResponse:
    return JsonResponse({"code": code, "message": message}, status=status)


def _as_json(said: services.Acknowledgement, now) -> dict:
    return {
        "position": said.position, "client_uuid": str(said.client_uuid), "saved_at": said.saved_at.isoformat(),
        "saved_clock": f"{timezone.localtime(said.saved_at):%H:%M:%S}", "is_newest": said.is_newest, "newest": said.newest,
        "newest_seq": said.newest_seq, "notice": "" if said.is_newest else _newer_elsewhere(said), "now": selectors.milliseconds(now),
    }


def _newer_elsewhere(said: services.Acknowledgement) -> str:
    time = f"{timezone.localtime(said.newest_at):%H:%M}" if said.newest_at else ""
    return _("This question was just changed on another device at %(time)s. The newest answer is shown.") % {"time": time}


def _save_form(request: HttpRequest, uuid: UUID, position: int) -> HttpResponse:
    attempt = get_object_or_404(Attempt.objects.visible_to(request.user), uuid=uuid)
    form, go = CommandForm(request.POST), request.POST.get("go", "")
    if not form.is_valid():
        messages.error(request, _("This could not be read. Reload the page and choose again."))
        return _see("show-question", attempt, position)
    command = {name: form.cleaned_data[name] for name in ("client_uuid", "seq")}
    flagged = {"1": True, "0": False}.get(request.POST.get("flag", ""))
    try:
        said = services.save_page(
            attempt=attempt, position=position, fields=fields_of(request.POST), flagged=flagged, now=timezone.now(), **command)
    except (services.QuizError, services.InvalidAnswer) as error:
        messages.warning(request, str(error))
        return _see("show-attempt", attempt) if error.code in STATUS and STATUS[error.code] != 413 else _see("show-question", attempt, position)
    if not said.is_newest:
        messages.warning(request, _newer_elsewhere(said))
        return _see("show-question", attempt, position)
    if go == "submit":
        return _see("submit-attempt", attempt)
    return _see("show-question", attempt, int(go) if go.isdecimal() and len(go) < 5 else position)
