"""Courses in Wagtail's editor: who sees which pages, what may not be deleted, and the short lists that courses choose from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from courses.forms import CourseForm
from courses.models import Audience, CoursePage, Topic, Trainer
from courses.permissions import COURSE_PAGES, has_records, is_published_course_part, permissions_for_user, policy

register_permission_policy(Page, policy)
for model in COURSE_PAGES:
    # Wagtail asks the page's class for its permissions; models must not know rules, so they are told here.
    model.permissions_for_user = permissions_for_user
    # Modules and lessons are listed as learners meet them, not by their last change.
    model.admin_default_ordering = "ord"
# Models must not know forms either.
CoursePage.base_form_class = CourseForm


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "tag"
    menu_label = gettext_lazy("Topics")
    list_display = ["name", "rank"]
    ordering = ["rank", "name"]


class AudienceViewSet(SnippetViewSet):
    model = Audience
    icon = "group"
    menu_label = gettext_lazy("Audiences")
    list_display = ["name", "rank"]
    ordering = ["rank", "name"]


class TrainerViewSet(SnippetViewSet):
    model = Trainer
    icon = "user"
    menu_label = gettext_lazy("Trainers")
    list_display = ["name", "role", "user"]
    ordering = ["name"]


class CourseLists(SnippetViewSetGroup):
    items = (TopicViewSet, AudienceViewSet, TrainerViewSet)
    menu_label = gettext_lazy("Lists of the courses")
    menu_name = "course-lists"
    menu_icon = "list-ul"
    menu_order = 280


register_snippet(CourseLists)


@hooks.register("before_delete_page")
def keep_pages_that_are_in_use(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Learners' records point at pages for ever, so a page that has any is taken down, never deleted."""
    if has_records(page):
        reason = _("“%(title)s” cannot be deleted: learners have records on it or on a page below it. Unpublish it instead; the records stay.")
    elif is_published_course_part(page):
        reason = _("“%(title)s” is published as part of a course, so it cannot be deleted. Unpublish it instead; learners then no longer see it.")
    else:
        return None
    buttons = []
    if page.permissions_for_user(request.user).can_unpublish():
        buttons.append(messages.button(reverse("wagtailadmin_pages:unpublish", args=[page.pk]), _("Unpublish")))
    messages.error(request, reason % {"title": page.get_admin_display_title()}, buttons=buttons)
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_bulk_action")
def keep_several_pages_that_are_in_use(request: HttpRequest, action_type: str, objects: list, action) -> HttpResponse | None:
    if action_type != "delete" or not all(isinstance(thing, Page) for thing in objects):
        return None
    return next((refusal for page in objects if (refusal := keep_pages_that_are_in_use(request, page))), None)
