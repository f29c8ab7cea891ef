"""Doors to learning: the learner's home, enrolling, reading reports, starting a quiz."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.models import CoursePage, LessonPage, QuizPage
from courses.selectors import address, outline_of
from learning import services
from learning.forms import ReadingForm
from learning.selectors import enrolment_at, home_of
from quizzes.services import QuizError, start_attempt


@login_required
def show_home(request: HttpRequest) -> HttpResponse:
    return render(request, "learning/home.html", {"home": home_of(request.user)})


def enrol(request: HttpRequest, slug: str) -> HttpResponse:
    course = get_object_or_404(CoursePage, slug=slug)
    place = redirect(address(course.url_path))
    if request.method != "POST":
        return place
    if not request.user.is_authenticated:
        return redirect_to_login(address(course.url_path))
    try:
        services.enrol_learner(user=request.user, course=course, now=timezone.now())
    except services.LearningError as error:
        messages.warning(request, error.message)
        return place
    messages.success(request, _("You are enrolled."))
    return redirect(outline_of(course).steps[0].url)


@require_POST
@login_required
def record_reading(request: HttpRequest, key: UUID) -> HttpResponse:
    lesson = get_object_or_404(LessonPage.objects.live(), translation_key=key)
    enrolment = enrolment_at(request.user, lesson)
    form = ReadingForm(request.POST)
    completed = False
    if enrolment and form.is_valid():
        completed = services.record_reading(enrolment=enrolment, page=lesson, now=timezone.now(), **form.cleaned_data)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"kept": bool(enrolment), "completed": completed})
    course = enrolment.course if enrolment else CoursePage.objects.ancestor_of(lesson).get()
    _before, _here, after = outline_of(course).around(lesson.pk)
    return redirect(after.url if after and not completed else address(course.url_path))


@require_POST
@login_required
def start_quiz(request: HttpRequest, key: UUID) -> HttpResponse:
    page = get_object_or_404(QuizPage.objects.live().select_related("quiz"), translation_key=key)
    enrolment = enrolment_at(request.user, page)
    if enrolment is None:
        messages.info(request, _("Enrol first, then take the quiz."))
        return redirect(address(CoursePage.objects.ancestor_of(page).get().url_path))
    try:
        attempt = start_attempt(quiz=page.quiz, user=request.user, context=enrolment.context, now=timezone.now())
    except QuizError as error:
        messages.warning(request, str(error))
        return redirect(address(page.url_path))
    return redirect(attempt)
