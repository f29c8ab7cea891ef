"""Chainable filters over questions and attempts."""

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch
from django.db.models.functions import Cast
from wagtail.models import Revision, WorkflowState

from quizzes.enums import AttemptState
from vietnamese.text import search_key


class QuestionQuerySet(models.QuerySet):
    def matching(self, text: str) -> "QuestionQuerySet":
        """Keep questions whose text or code holds every word, diacritics and case ignored."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found

    def with_what_lists_show(self) -> "QuestionQuerySet":
        """Fetch with the questions what a row of the bank shows, so that a longer list takes no more queries."""
        states = WorkflowState.objects.active().select_related("current_task_state__task")
        scheduled = Revision.objects.filter(
            approved_go_live_at__isnull=False, base_content_type__app_label="quizzes", base_content_type__model="question",
            object_id=Cast(OuterRef("pk"), models.CharField()))
        return (
            self.select_related("category", "latest_revision").defer("latest_revision__content")
            .prefetch_related(Prefetch("workflow_states", queryset=states, to_attr="_current_workflow_states"))
            .annotate(_approved_schedule=Exists(scheduled))
        )

    def live(self) -> "QuestionQuerySet":
        """Keep published questions: no other may be asked."""
        return self.filter(live=True)

    def below(self, path: str, difficulty: str = "") -> "QuestionQuerySet":
        """Keep questions of the category with this tree path and of those under it."""
        found = self.filter(category__path__startswith=path)
        return found.filter(difficulty=difficulty) if difficulty else found


class AttemptQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AttemptQuerySet":
        """Keep the person's own attempts."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def of(self, quiz, user, context: str) -> "AttemptQuerySet":
        """Keep one person's attempts at one quiz within one context, earliest first."""
        found = self.filter(quiz=quiz, context=context).visible_to(user)
        return found.order_by("number")

    def finished(self) -> "AttemptQuerySet":
        return self.exclude(state=AttemptState.IN_PROGRESS)

    def overdue(self, now) -> "AttemptQuerySet":
        """Keep attempts under way whose deadline has passed, earliest first."""
        return self.filter(state=AttemptState.IN_PROGRESS, deadline_at__lte=now).order_by("deadline_at")
