"""Doors to attempts. Every page belongs to one taker: for anybody else it does not exist."""

from base64 import b64encode
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.storage import hand_over
from quizzes import selectors, services
from quizzes.enums import Layout, Sureness
from quizzes.forms import CommandForm, PageForm, UnreadableBody, fields_of, numbers_of, read_fields, read_json
from quizzes.grading.receipts import tidy_code
from quizzes.models import AnswerFile, Attempt
from quizzes.selectors.marking import file_name_for
from quizzes.views.takers import taker_of, takers_only, waiting_key, whose

STATUS = {
    "finished": 409, "time_over": 409, "other_question": 409, "checked": 409, "moved_on": 409, "unknown_position": 404, "too_long": 413,
}
# Those after which the page of the question would not help.
ENDS = {"finished", "time_over", "unknown_position"}


@never_cache
@takers_only
@require_safe
def show_attempt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    attempt = _attempt(request, uuid)
    if attempt.is_over:
        return _see("show-result", attempt.uuid)
    if attempt.layout == Layout.ALL:
        return _see("show-all", attempt.uuid)
    return _see("show-question", attempt.uuid, selectors.position_to_go_on(attempt))


@never_cache
@takers_only
@require_safe
def show_question(request: HttpRequest, uuid: UUID, position: int) -> HttpResponse:
    attempt, now = _attempt(request, uuid), timezone.now()
    if attempt.is_over:
        return _see("show-result", attempt.uuid)
    if attempt.is_forward_only and position != attempt.reached:
        return _see("show-question", attempt.uuid, attempt.reached)
    page = selectors.question_page(attempt, position, now=now)
    if page is None:
        raise Http404
    return _draw(request, page, now)


@never_cache
@takers_only
@require_safe
def show_all(request: HttpRequest, uuid: UUID) -> HttpResponse:
    attempt, now = _attempt(request, uuid), timezone.now()
    if attempt.is_over:
        return _see("show-result", attempt.uuid)
    if attempt.layout != Layout.ALL:
        return _see("show-attempt", attempt.uuid)
    return _draw(request, selectors.all_questions(attempt, now=now), now)


@never_cache
@takers_only
@require_safe
def show_cards(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Every question of an attempt for the memory of a page, which goes on from one to the next when there is no network."""
    attempt, now = _attempt(request, uuid), timezone.now()
    if attempt.is_over or attempt.layout != Layout.ONE or attempt.is_forward_only:
        raise Http404
    pages = selectors.question_pages(attempt, now=now)
    return render(request, "quizzes/_cards.html", {"pages": pages, "attempt": attempt, "is_single": True, "sureness": Sureness.choices})


def _draw(request: HttpRequest, page: selectors.QuestionPage, now, *, status: int = 200) -> HttpResponse:
    return render(request, "quizzes/question.html", {
        "page": page, "card": page.cards[0], "attempt": page.attempt, "client_uuid": uuid4(), "now": selectors.milliseconds(now),
        "whose": whose(taker_of(request)), "is_single": page.attempt.layout == Layout.ONE, "sureness": Sureness.choices}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def save_answer(request: HttpRequest, uuid: UUID, position: int) -> HttpResponse:
    if request.content_type == "application/json":
        return _save_command(request, uuid, position)
    here = reverse("quizzes:show-question", args=[uuid, position])
    if not taker_of(request).is_known:
        return redirect_to_login(here)
    return _save_form(request, uuid, position) if request.method == "POST" else HttpResponseRedirect(here)


@require_POST
@takers_only
def save_all(request: HttpRequest, uuid: UUID) -> HttpResponse:
    attempt, form = _attempt(request, uuid, touch=False), PageForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This could not be read. Reload the page and choose again."))
        return _see("show-attempt", uuid)
    answers = {number: fields_of(request.POST, selectors.name_at(number)) for number in numbers_of(request.POST)}
    now, command = timezone.now(), {name: form.cleaned_data[name] for name in ("client_uuid", "seq")}
    try:
        refused = services.save_all(attempt=attempt, answers=answers, now=now, **command)
        for position in answers:
            _keep_files(request, attempt, position, selectors.name_at(position))
        if form.cleaned_data["check"]:
            services.check_answer(attempt=attempt, position=form.cleaned_data["check"], now=now)
    except (services.QuizError, services.InvalidAnswer) as error:
        messages.warning(request, str(error))
        return _see("show-attempt", uuid)
    if refused:
        for position, error in refused.items():
            messages.warning(request, _("Question %(position)s: %(fault)s") % {"position": position, "fault": error})
        page = selectors.with_typed(selectors.all_questions(attempt, now=now), {position: answers[position] for position in refused})
        return _draw(request, page, now, status=422)
    return _see("submit-attempt" if form.cleaned_data["go"] == "submit" else "show-attempt", uuid)


@never_cache
@takers_only
@require_http_methods(["GET", "HEAD", "POST"])
def submit_attempt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    attempt = _attempt(request, uuid)
    if request.method == "POST":
        services.submit_attempt(attempt=attempt, now=timezone.now())
        return _see("show-result", attempt.uuid)
    if attempt.is_over:
        return _see("show-result", attempt.uuid)
    places = selectors.places_of(attempt)
    open_places = [place for place in places if not place.is_answered]
    return render(request, "quizzes/submit.html", {"attempt": attempt, "places": places, "open_places": open_places})


@never_cache
@takers_only
@require_safe
def show_result(request: HttpRequest, uuid: UUID) -> HttpResponse:
    attempt = _attempt(request, uuid)
    if not attempt.is_over:
        return _see("show-attempt", attempt.uuid)
    result = selectors.result_page(attempt, now=timezone.now())
    return render(request, "quizzes/result.html", {"result": result, "shows": result.shows, "attempt": attempt})


@never_cache
@takers_only
@require_safe
def show_receipt(request: HttpRequest, code: str) -> HttpResponse:
    attempts = Attempt.objects.taken_by(taker_of(request)).with_its_people()
    attempt = get_object_or_404(attempts, receipt_code=tidy_code(code))
    return render(request, "quizzes/receipt.html", {"receipt": selectors.receipt_of(attempt), "attempt": attempt})


@require_POST
@takers_only
def upload_file(request: HttpRequest, uuid: UUID, position: int) -> HttpResponse:
    attempt, asks_json = _attempt(request, uuid, touch=False), request.headers.get("Accept") == "application/json"
    upload = next(iter(request.FILES.values()), None)
    try:
        if upload is None:
            raise services.FileRefused(_("Choose a file first."))
        said = services.keep_file(attempt=attempt, position=position, upload=upload, now=timezone.now())
    except (services.QuizError, services.InvalidAnswer) as error:
        if asks_json:
            return _refuse(error.code, str(error), STATUS.get(error.code, 400))
        messages.warning(request, str(error))
        return _see("show-attempt", uuid) if error.code in ENDS else _see("show-question", uuid, position)
    return JsonResponse(_as_json(said, timezone.now())) if asks_json else _see("show-question", uuid, position)


@never_cache
@require_safe
def show_key(request: HttpRequest) -> JsonResponse:
    taker = taker_of(request)
    if not taker.is_known:
        return _refuse("signed_out", _("Sign in first."), 401)
    return JsonResponse({"key": b64encode(waiting_key(taker)).decode(), "whose": whose(taker)})


@never_cache
@require_safe
def show_replayed(request: HttpRequest) -> HttpResponse:
    """The words that any page says after it sent what was still waiting on the device."""
    return render(request, "quizzes/_replayed.html")


@takers_only
@require_safe
def download_file(request: HttpRequest, uuid: UUID, file: UUID) -> HttpResponseBase:
    attempts = Attempt.objects.taken_by(taker_of(request)) | Attempt.objects.markable_by(request.user)
    files = AnswerFile.objects.filter(slot__attempt__in=attempts.values("pk")).select_related("slot__attempt__quiz")
    kept = get_object_or_404(files, uuid=file, slot__attempt__uuid=uuid)
    # Whoever marks blind gets it under a number: people put their names into those of files.
    name = file_name_for(kept, is_own=Attempt.objects.taken_by(taker_of(request)).filter(uuid=uuid).exists())
    try:
        return hand_over(kept.file, name=name, content_type="application/octet-stream")
    except FileNotFoundError as error:
        raise Http404 from error


def _attempt(request: HttpRequest, uuid: UUID, *, touch: bool = True) -> Attempt:
    attempt = get_object_or_404(Attempt.objects.taken_by(taker_of(request)).with_its_people(), uuid=uuid)
    return services.close_if_expired(attempt=attempt, now=timezone.now()) if touch else attempt


def _see(name: str, *args) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"quizzes:{name}", args=args), status=303)


def _save_command(request: HttpRequest, uuid: UUID, position: int) -> JsonResponse:
    taker = taker_of(request)
    if not taker.is_known:
        return _refuse("signed_out", _("Your session has ended. Sign in again to send on; your answers are still here."), 401)
    try:
        data = read_json(request.body)
        fields = read_fields(data.get("fields"))
    except UnreadableBody:
        return _refuse("unreadable", _("This could not be read. Reload the page and choose again."), 400)
    form = CommandForm({name: str(data[name]) for name in CommandForm.base_fields if name in data})
    if not form.is_valid():
        return _refuse("unreadable", _("This could not be read. Reload the page and choose again."), 400)
    now = timezone.now()
    try:
        said = services.save_answer(
            taker=taker, uuid=uuid, position=position, answer=data.get("answer"), fields=fields, now=now, **form.cleaned_data)
    except (services.QuizError, services.InvalidAnswer) as error:
        return _refuse(error.code, str(error), STATUS.get(error.code, 400))
    return JsonResponse(_as_json(said, now))


def _refuse(code: str, message: str, status: int) -> JsonResponse:
    return JsonResponse({"code": code, "message": message}, status=status)


def _as_json(said: services.Acknowledgement, now) -> dict:
    return {
        "position": said.position, "client_uuid": str(said.client_uuid), "saved_at": said.saved_at.isoformat(),
        "saved_clock": f"{timezone.localtime(said.saved_at):%H:%M:%S}", "is_newest": said.is_newest, "is_late": said.is_late, "newest": said.newest,
        "newest_fields": said.newest_fields, "newest_seq": said.newest_seq, "notice": "" if said.is_newest else _newer_elsewhere(said),
        "now": selectors.milliseconds(now),
    }


def _newer_elsewhere(said: services.Acknowledgement) -> str:
    time = f"{timezone.localtime(said.newest_at):%H:%M}" if said.newest_at else ""
    return _("This question was just changed on another device at %(time)s. The newest answer is shown.") % {"time": time}


def _save_form(request: HttpRequest, uuid: UUID, position: int) -> HttpResponse:
    form, taker, now = PageForm(request.POST), taker_of(request), timezone.now()
    if not form.is_valid():
        messages.error(request, _("This could not be read. Reload the page and choose again."))
        return _see("show-question", uuid, position)
    try:
        said = None
        if not form.cleaned_data["is_checked"]:
            said = services.save_page(
                taker=taker, uuid=uuid, position=position, fields=fields_of(request.POST), flagged=form.flag_at(position), now=now,
                sure=form.sureness("answer"), client_uuid=form.cleaned_data["client_uuid"], seq=form.cleaned_data["seq"])
            _keep_files(request, _attempt(request, uuid, touch=False), position, "answer")
        if said is None or said.is_newest:
            return _go(request, uuid, position, form)
    except (services.AnswerTooLong, services.InvalidAnswer) as error:
        messages.warning(request, str(error))
        return _draw_again(request, uuid, position, now)
    except services.QuizError as error:
        _attempt(request, uuid)
        messages.warning(request, str(error))
        return _see("show-attempt", uuid) if error.code in ENDS else _see("show-question", uuid, position)
    messages.warning(request, _newer_elsewhere(said))
    return _see("show-question", uuid, position)


def _draw_again(request: HttpRequest, uuid: UUID, position: int, now) -> HttpResponse:
    """Show the question with what was typed, which could not be kept."""
    page = selectors.question_page(_attempt(request, uuid), position, now=now)
    if page is None:
        return _see("show-attempt", uuid)
    return _draw(request, selectors.with_typed(page, {position: fields_of(request.POST)}), now, status=422)


def _keep_files(request: HttpRequest, attempt: Attempt, position: int, name: str) -> None:
    for key, upload in request.FILES.items():
        if key == f"{name}.upload":
            services.keep_file(attempt=attempt, position=position, upload=upload, now=timezone.now())


def _go(request: HttpRequest, uuid: UUID, position: int, form: PageForm) -> HttpResponse:
    go, now = form.cleaned_data["go"], timezone.now()
    if form.cleaned_data["check"] == position:
        services.check_answer(attempt=_attempt(request, uuid), position=position, now=now)
    if go == "submit":
        return _see("submit-attempt", uuid)
    if go == "next":
        services.move_on(attempt=_attempt(request, uuid), position=position, now=now)
        return _see("show-question", uuid, position + 1)
    return _see("show-question", uuid, int(go) if go.isascii() and go.isdecimal() and len(go) < 5 else position)
