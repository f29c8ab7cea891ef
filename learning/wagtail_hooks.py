"""The gate before lessons and quizzes: who may read, and the fact that they opened it."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page

from courses.models import CoursePage, LessonPage, QuizPage
from courses.selectors import address
from learning.selectors import enrolment_reading
from learning.services import open_step


@hooks.register("before_serve_page")
def gate_steps(page: Page, request: HttpRequest, args, kwargs) -> HttpResponse | None:
    """Let enrolled people read lessons; send others to the course page. Editors of the page see it without enrolling."""
    if not isinstance(page, LessonPage | QuizPage):
        return None
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    request.enrolment = enrolment_reading(request.user, page)
    if request.enrolment is None:
        if page.permissions_for_user(request.user).can_edit():
            return None
        messages.info(request, _("Enrol with one touch to read this lesson."))
        return redirect(address(CoursePage.objects.ancestor_of(page).get().url_path))
    if request.enrolment.last_page_id != page.pk:
        open_step(enrolment=request.enrolment, page=page, now=timezone.now())
    return None
