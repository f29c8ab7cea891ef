"""Chainable filters over questions and attempts."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch
from django.db.models.functions import Cast
from django.utils import timezone
from wagtail.models import Revision, WorkflowState

from laws.models import Provision
from quizzes.enums import AttemptState, Mode
from vietnamese.text import search_key


def day_of(now: datetime) -> date:
    """Return the day in Vietnam: laws end at its midnight, wherever the reader is."""
    return timezone.localdate(now, timezone.get_default_timezone())


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

    def visible_to(self, user) -> "QuestionQuerySet":
        """Keep all questions for those who work on the bank; nobody else sees one outside an attempt."""
        works = user.is_authenticated and any(user.has_perm(f"quizzes.{verb}_question") for verb in ("view", "change", "add"))
        return self if works else self.none()

    def kept(self) -> "QuestionQuerySet":
        """Keep questions that were not archived."""
        return self.filter(archived_at__isnull=True)

    def archived(self) -> "QuestionQuerySet":
        return self.filter(archived_at__isnull=False)

    def stale(self, day: date) -> "QuestionQuerySet":
        """Keep questions that rest on law that has ended by this day: an article that they cite anywhere."""
        return self.filter(pk__in=self._resting_on_ended_law(day))

    def fresh(self, day: date) -> "QuestionQuerySet":
        """Keep questions all of whose articles apply on this day, and those that cite none."""
        return self.exclude(pk__in=self._resting_on_ended_law(day))

    def _resting_on_ended_law(self, day: date) -> models.QuerySet:
        # Named by what ties it to questions: its model stands above this file.
        citations = self.model._meta.get_field("cited").related_model.objects
        return citations.filter(provision__in=Provision.objects.ended(day).order_by().values("pk")).values("question")

    def drawable(self, day: date) -> "QuestionQuerySet":
        """Keep what chance may take on this day: published, not archived, and resting on law that applies."""
        return self.live().kept().fresh(day)

    def of_kind(self, name: str) -> "QuestionQuerySet":
        """Keep questions of one type."""
        return self.filter(content__0__type=name)

    def tagged(self, names) -> "QuestionQuerySet":
        """Keep questions that bear one of these tags."""
        tagged = self.model._meta.get_field("tagged").related_model.objects
        return self.filter(pk__in=tagged.filter(tag__name__in=names).values("content_object"))

    def below(self, path: str, difficulty: str = "") -> "QuestionQuerySet":
        """Keep questions of the category with this tree path and of those under it."""
        found = self.filter(category__path__startswith=path)
        return found.filter(difficulty=difficulty) if difficulty else found


@dataclass(frozen=True)
class Taker:
    """Who takes a quiz: somebody signed in, or a session without a person, known by the digest of a secret that it keeps."""

    user: AbstractBaseUser | None = None
    visitor: str = ""

    @classmethod
    def of(cls, user) -> "Taker":
        return cls(user if user is not None and user.is_authenticated else None)

    @property
    def is_known(self) -> bool:
        return self.user is not None or bool(self.visitor)


class QuizQuerySet(models.QuerySet):
    def live(self) -> "QuizQuerySet":
        """Keep published quizzes; drafts are their editors' only."""
        return self.filter(live=True)

    def listed(self) -> "QuizQuerySet":
        """Keep published quizzes that stand in the list of quizzes."""
        return self.live().filter(is_listed=True)

    def contests(self) -> "QuizQuerySet":
        """Keep published contests: quizzes that one joins with a code."""
        return self.live().filter(mode=Mode.CONTEST).exclude(join_code="")

    def visible_to(self, user) -> "QuizQuerySet":
        """Keep quizzes that stand outside courses, and the drafts of those who may change quizzes. A quiz of a course stays behind it."""
        shown = models.Q(live=True, is_listed=True) | models.Q(live=True, mode=Mode.CONTEST) & ~models.Q(join_code="")
        return self.filter(shown | models.Q(live=False) if user.has_perm("quizzes.change_quiz") else shown)

    def changeable_by(self, user) -> "QuizQuerySet":
        """Keep all quizzes for those who may change quizzes; nobody else sees one before it is taken."""
        return self if user.has_perm("quizzes.change_quiz") else self.none()

    def marked_by(self, user) -> "QuizQuerySet":
        """Keep quizzes whose attempts this person may see and mark: those that name them, or all for whoever may see all attempts."""
        if user.is_authenticated and user.has_perm("quizzes.view_every_attempt"):
            return self
        return self.filter(markers=user) if user.is_authenticated and user.has_perm("quizzes.mark_attempt") else self.none()


class AttemptQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AttemptQuerySet":
        """Keep the person's own attempts."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def taken_by(self, taker: Taker) -> "AttemptQuerySet":
        """Keep the taker's own attempts, also those begun in this session before signing in."""
        mine = models.Q(user=taker.user) if taker.user else models.Q(pk__in=[])
        if taker.visitor:
            mine |= models.Q(user=None, visitor=taker.visitor)
        return self.filter(mine) if taker.is_known else self.none()

    def of(self, quiz, taker: Taker, context: str) -> "AttemptQuerySet":
        """Keep one taker's attempts at one quiz within one context, earliest first."""
        return self.filter(quiz=quiz, context=context, user=taker.user, visitor="" if taker.user else taker.visitor).order_by("number")

    def with_its_people(self) -> "AttemptQuerySet":
        """Fetch quiz and person along, without what no page of an attempt shows."""
        return self.select_related("quiz", "user").defer("quiz__sections", "quiz__introduction")

    def markable_by(self, user) -> "AttemptQuerySet":
        """Keep finished attempts at the quizzes that this person marks, but for their own: nobody marks themselves."""
        from_quizzes = self.model._meta.get_field("quiz").related_model.objects.marked_by(user)
        return self.finished().filter(quiz__in=from_quizzes).exclude(user=user if user.is_authenticated else None)

    def finished(self) -> "AttemptQuerySet":
        return self.exclude(state=AttemptState.IN_PROGRESS)

    def overdue(self, now) -> "AttemptQuerySet":
        """Keep attempts that the clock has to move on: under way after their deadline, or taking late answers no longer."""
        return self.filter(
            models.Q(state=AttemptState.IN_PROGRESS, deadline_at__lte=now) | models.Q(state=AttemptState.SUBMITTED, late_until__lte=now),
        ).order_by("deadline_at")


class AppealQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AppealQuerySet":
        """Keep appeals that this person answers: against their own questions, and those asked in quizzes that they mark; or all.

        But for those that they made themselves: nobody upholds what they hold against a question.
        """
        if not user.is_authenticated:
            return self.none()
        others = self.exclude(by=user)
        if user.has_perm("quizzes.view_every_attempt"):
            return others
        quizzes = self.model._meta.get_field("slot").related_model._meta.get_field("attempt").related_model._meta.get_field("quiz").related_model
        marked = quizzes.objects.marked_by(user)
        return others.filter(models.Q(question__author=user) | models.Q(slot__attempt__quiz__in=marked))


class RegradeQuerySet(models.QuerySet):
    def visible_to(self, user) -> "RegradeQuerySet":
        """Keep regrades of quizzes whose attempts this person may have marked anew."""
        if not (user.is_authenticated and user.has_perm("quizzes.regrade_attempt")):
            return self.none()
        return self.filter(quiz__in=self.model._meta.get_field("quiz").related_model.objects.marked_by(user))


class ExchangeQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ExchangeQuerySet":
        """Keep the person's own files; all for a superuser."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(by=user)
