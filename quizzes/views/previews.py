"""A quiz as a learner would meet it, for whoever may change quizzes. Nothing is stored."""

import secrets
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from quizzes import selectors, services
from quizzes.enums import Sureness
from quizzes.forms import PreviewForm, fields_of, numbers_of
from quizzes.models import Quiz


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preview_quiz(request: HttpRequest, uuid: UUID) -> HttpResponse:
    quiz = get_object_or_404(Quiz.objects.changeable_by(request.user), uuid=uuid)
    form = PreviewForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    now, seed = asked.get("ngay") or timezone.now(), asked.get("so")
    seed = secrets.randbelow(10**6) if seed is None else seed
    answers = {number: fields_of(request.POST, selectors.name_at(number)) for number in numbers_of(request.POST)}
    preview = services.preview_quiz(quiz=quiz, seed=seed, now=now, answers=answers if request.method == "POST" else None)
    if form.is_valid():
        form = PreviewForm(initial={"ngay": now, "so": seed})
    here = urlencode({"ngay": f"{timezone.localtime(now):%Y-%m-%dT%H:%M:%S}", "so": seed})
    return render(request, "quizzes/quiz_preview_page.html", {
        "preview": preview, "quiz": preview.quiz, "form": form, "here": here, "now": now, "sureness": Sureness.choices})
