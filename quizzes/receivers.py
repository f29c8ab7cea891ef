"""Keeps the searchable words of a question in step with its content, its frozen version with the law, and deadlines with extra time."""

from django.db.models.signals import post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import ReferenceIndex
from wagtail.signals import published

from accounts.records import answer_with
from accounts.signals import person_erased
from laws.models import LegalDocument, Provision
from quizzes.freezing import put_words
from quizzes.models import ExtraTime, Question, QuestionCitation
from quizzes.selectors import personal
from quizzes.services import move_deadlines
from quizzes.services.citing import cite
from quizzes.services.drawing import freeze_questions
from quizzes.services.forgetting import forget_taker

# What a version is made of.
_WORDED = {"content", "explanation", "citations", "topic"}

answer_with(personal)


@receiver(pre_save, sender=Question)
def keep_words(sender, instance: Question, update_fields=None, **kwargs) -> None:
    if update_fields is None or _WORDED & set(update_fields):
        # Frozen anew when it is next drawn.
        instance.version = None
    if "content" in instance.get_deferred_fields() or (update_fields is not None and "content" not in update_fields):
        return
    put_words(instance)


@receiver(post_save, sender=Question)
def keep_citations(sender, instance: Question, update_fields=None, **kwargs) -> None:
    if update_fields is not None and not {"content", "citations"} & set(update_fields):
        return
    cite(questions=[instance])


@receiver(published, sender=Question)
def freeze_at_once(sender, instance: Question, **kwargs) -> None:
    """The author waits a moment longer, so that no taker has to."""
    freeze_questions(questions=[instance], now=timezone.now())


@receiver(post_save, sender=Provision)
@receiver(post_save, sender=LegalDocument)
def forget_versions(sender, instance, created: bool, raw: bool = False, **kwargs) -> None:
    """The dates of an article stand in the versions of the questions that cite it."""
    if created or raw:
        return
    changed = {"provision": instance} if sender is Provision else {"provision__document": instance}
    Question.objects.filter(pk__in=QuestionCitation.objects.filter(**changed).values("question")).update(version=None)


@receiver(pre_delete)
def forget_versions_with(sender, instance, **kwargs) -> None:
    """A picture or a recording that is deleted must not be missing in what is drawn from now on."""
    if not isinstance(instance, AbstractImage | AbstractDocument):
        return
    naming = ReferenceIndex.get_references_to(instance).filter(base_content_type__app_label="quizzes", base_content_type__model="question")
    if keys := list(naming.values_list("object_id", flat=True)):
        Question.objects.filter(pk__in=keys).update(version=None)


@receiver(post_save, sender=ExtraTime)
def give_time_at_once(sender, instance: ExtraTime, raw: bool = False, **kwargs) -> None:
    if not raw:
        move_deadlines(extra_time=instance, now=timezone.now())


@receiver(person_erased)
def forget(sender, user, **kwargs) -> None:
    forget_taker(user=user)
