"""Notices at the top of the editor: where a question is used, what is the matter with the questions of a quiz."""

from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin.panels import Panel

from quizzes.models import Question
from quizzes.selectors.usage import doubts_of, usage_of


class NoticePanel(Panel):
    """A panel without fields that is there only when it has something to say."""

    class BoundPanel(Panel.BoundPanel):
        def is_shown(self) -> bool:
            return bool(self.instance.pk) and self.has_something_to_say

        def get_context_data(self, parent_context=None) -> dict:
            return {**super().get_context_data(parent_context), "said": self.said}


class QuestionNotice(NoticePanel):
    """Where a question is used, which attempts keep an older version, and which law that it rests on has ended."""

    class BoundPanel(NoticePanel.BoundPanel):
        template_name = "quizzes/admin/question_notice.html"

        @cached_property
        def said(self):
            # Not the draft: what takers are asked.
            return usage_of(Question.objects.get(pk=self.instance.pk), now=timezone.now())

        @property
        def has_something_to_say(self) -> bool:
            return self.said.is_used or bool(self.said.endings) or self.said.question.archived_at is not None


class QuizNotice(NoticePanel):
    """Questions of a quiz that rest on ended law, are archived or not published, and draws that get fewer than they ask for."""

    class BoundPanel(NoticePanel.BoundPanel):
        template_name = "quizzes/admin/quiz_notice.html"

        @cached_property
        def said(self):
            return doubts_of(self.instance, now=timezone.now())

        @property
        def has_something_to_say(self) -> bool:
            return self.said.anything
