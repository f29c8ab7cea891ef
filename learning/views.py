"""Doors to learning: the learner's home, enrolling, reading reports, starting a quiz, courses taken elsewhere."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.models import CoursePage, LessonPage, QuizPage
from courses.selectors import address, outline_of
from learning import services
from learning.forms import ReadingForm, StudyForm
from learning.models import OutsideStudy
from learning.selectors import enrolment_at, home_of, studies_of
from learning.serve import proof_of
from learning.services.assignments import begin_course
from learning.services.outside import correct_study, enter_study, withdraw_study
from quizzes.services import QuizError, start_attempt


@login_required
def show_home(request: HttpRequest) -> HttpResponse:
    return render(request, "learning/home.html", {"home": home_of(request.user, timezone.localdate())})


def enrol(request: HttpRequest, slug: str) -> HttpResponse:
    course = get_object_or_404(CoursePage, slug=slug)
    place = redirect(address(course.url_path))
    if request.method != "POST":
        return place
    if not request.user.is_authenticated:
        return redirect_to_login(address(course.url_path))
    try:
        begin_course(user=request.user, course=course, now=timezone.now())
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


@never_cache
@require_safe
@login_required
def list_studies(request: HttpRequest) -> HttpResponse:
    return render(request, "learning/studies.html", {"studies": studies_of(request.user)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def enter_own_study(request: HttpRequest) -> HttpResponse:
    form = StudyForm(request.POST or None, request.FILES or None, on=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            enter_study(
                user=request.user, by=request.user, facts=form.facts, proof=form.cleaned_data["proof"], now=timezone.now())
        except services.LearningError as error:
            form.add_error("proof", error.message)
        else:
            messages.success(request, _("Entered. The training manager of your unit looks at it; you see the answer here."))
            return redirect("learning:list-studies")
    return render(request, "learning/study_form.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_study(request: HttpRequest, uuid: UUID) -> HttpResponse:
    study = get_object_or_404(OutsideStudy.objects.filter(user=request.user), uuid=uuid)
    form = StudyForm(request.POST or None, request.FILES or None, on=timezone.localdate(), needs_proof=not study.proof, initial=vars(study) | {"proof": None})
    if request.method == "POST" and form.is_valid():
        try:
            correct_study(study=study, by=request.user, facts=form.facts, proof=form.cleaned_data["proof"])
        except services.LearningError as error:
            form.add_error("proof" if error.code == "proof_refused" else None, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("learning:list-studies")
    return render(request, "learning/study_form.html", {"form": form, "study": study}, status=422 if form.errors else 200)


@require_POST
@login_required
def take_back_study(request: HttpRequest, uuid: UUID) -> HttpResponse:
    study = get_object_or_404(OutsideStudy.objects.filter(user=request.user), uuid=uuid)
    try:
        withdraw_study(study=study, by=request.user)
    except services.LearningError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Taken back. The course and its proof are deleted."))
    return redirect("learning:list-studies")


@require_safe
@login_required
def download_proof(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return proof_of(get_object_or_404(OutsideStudy.objects.filter(user=request.user), uuid=uuid))
