"""What can be done with many questions at once in the list of the bank. "All" means: all that fit the list's search and filters."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from quizzes.forms.keeping import GradeForm, MoveForm, RetagForm
from quizzes.models import Question
from quizzes.services import keeping
from quizzes.viewsets.narrowing import questions_asked_for

# Of those chosen so many are named before somebody says yes.
NAMED = 20


class QuestionAction(SnippetBulkAction):
    """Chooses without reading the questions: a bank of fifty thousand is never in memory."""

    models = [Question]
    template_name = "quizzes/admin/bulk.html"
    permission: ClassVar[str] = "change"
    # What the page asks, and what its button says.
    question: ClassVar[Any]
    button: ClassVar[Any]
    note: ClassVar[Any] = ""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.permission_policy.user_has_permission(request.user, self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def chosen(self):
        keys = self.request.GET.getlist("id")
        if "all" in keys:
            return questions_asked_for(self.request)
        return Question.objects.filter(pk__in=[int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 19])

    def get_actionable_objects(self):
        return self.chosen, {"items_with_no_access": []}

    def get_context_data(self, **kwargs) -> dict:
        count = self.chosen.count()
        named = list(self.chosen.order_by("pk").only("pk", "code", "stem_text")[:NAMED])
        return {
            "form": self.get_form(), "items": [], "named": named, "count": count, "others": count - len(named), "next": self.next_url,
            "submit_url": f"{self.request.path}?{self.request.META['QUERY_STRING']}", "action": self,
            "header_icon": Question.snippet_viewset.icon, **kwargs}

    @classmethod
    def execute_action(cls, objects, *, self, **kwargs) -> tuple[int, int]:
        return self.act(objects), 0

    def act(self, questions) -> int:
        raise NotImplementedError

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return self.done % {"count": num_parent_objects}

    @property
    def by(self) -> dict:
        return {"by": self.request.user, "now": timezone.now()}


class MoveAction(QuestionAction):
    display_name = _("Move")
    aria_label = _("Move the chosen questions to another category")
    action_type = "move"
    action_priority = 10
    form_class = MoveForm
    question, button, done = _("Move to which category?"), _("Move"), _("%(count)s questions were moved.")

    def act(self, questions) -> int:
        return keeping.move_questions(questions=questions, category=self.cleaned_form.cleaned_data["category"], **self.by)


class RetagAction(QuestionAction):
    display_name = _("Tags")
    aria_label = _("Add tags to the chosen questions or take some away")
    action_type = "retag"
    action_priority = 11
    form_class = RetagForm
    question, button, done = _("Which tags?"), _("Change the tags"), _("The tags of %(count)s questions were changed.")

    def act(self, questions) -> int:
        wanted = self.cleaned_form.cleaned_data
        return keeping.tag_questions(questions=questions, add=wanted["add"], remove=wanted["remove"], **self.by)


class GradeAction(QuestionAction):
    display_name = _("Difficulty")
    aria_label = _("Set the difficulty of the chosen questions")
    action_type = "grade"
    action_priority = 12
    form_class = GradeForm
    question, button, done = _("How difficult are they?"), _("Set the difficulty"), _("The difficulty of %(count)s questions was set.")

    def act(self, questions) -> int:
        return keeping.grade_questions(questions=questions, difficulty=self.cleaned_form.cleaned_data["difficulty"], **self.by)


class ArchiveAction(QuestionAction):
    display_name = _("Archive")
    aria_label = _("Archive the chosen questions")
    action_type = "archive"
    action_priority = 13
    question, button, done = _("Archive these questions?"), _("Archive"), _("%(count)s questions were archived.")
    note = _("Quizzes that name them keep asking them. They are no longer drawn at random, listed or offered for new quizzes. You can restore them.")

    def act(self, questions) -> int:
        return keeping.archive_questions(questions=questions, **self.by)


class RestoreAction(QuestionAction):
    display_name = _("Restore")
    aria_label = _("Take the chosen questions out of the archive")
    action_type = "restore"
    action_priority = 14
    question, button, done = _("Take these questions out of the archive?"), _("Restore"), _("%(count)s questions were restored.")
    note = _("They are listed again, and drawn at random if they are published.")

    def act(self, questions) -> int:
        return keeping.restore_questions(questions=questions, **self.by)


class _Publishing(QuestionAction):
    permission = "publish"

    def form_valid(self, form) -> HttpResponse:
        try:
            return super().form_valid(form)
        except keeping.KeepingError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)


class PublishAction(_Publishing):
    display_name = _("Publish")
    aria_label = _("Publish the chosen questions")
    action_type = "publish"
    action_priority = 15
    question, button, done = _("Publish the newest draft of these questions?"), _("Publish"), _("%(count)s questions were published.")

    def act(self, questions) -> int:
        published = keeping.publish_questions(questions=questions, by=self.request.user)
        for question, reason in published.refused[:NAMED]:
            messages.warning(self.request, _("“%(question)s” was not published. %(reason)s") % {"question": question, "reason": reason})
        return published.count


class UnpublishAction(_Publishing):
    display_name = _("Unpublish")
    aria_label = _("Unpublish the chosen questions")
    action_type = "unpublish"
    action_priority = 16
    question, button, done = _("Unpublish these questions?"), _("Unpublish"), _("%(count)s questions were unpublished.")
    note = _("Nobody is asked them any more, not in quizzes that name them either. Attempts under way keep them.")

    def act(self, questions) -> int:
        return keeping.unpublish_questions(questions=questions, by=self.request.user)


ACTIONS = [MoveAction, RetagAction, GradeAction, ArchiveAction, RestoreAction, PublishAction, UnpublishAction]
