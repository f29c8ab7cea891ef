"""Keeps the searchable words of a question in step with its content, its frozen version with the law, and deadlines with extra time."""

from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import ReferenceIndex

from laws.models import LegalDocument, Provision
from quizzes.models import ExtraTime, Question
from quizzes.services import move_deadlines
from quizzes.types import type_of
from vietnamese.text import clean, search_key

# What a version is made of.
_WORDED = {"content", "explanation", "citations", "topic"}


@receiver(pre_save, sender=Question)
def keep_words(sender, instance: Question, update_fields=None, **kwargs) -> None:
    if update_fields is None or _WORDED & set(update_fields):
        # Frozen anew when it is next drawn.
        instance.version = None
    if "content" in instance.get_deferred_fields() or (update_fields is not None and "content" not in update_fields):
        return
    words = [type_of(block.block_type).words(block.value) for block in instance.content]
    instance.stem_text = clean(" ".join(words))
    instance.search_key = search_key(f"{instance.code} {instance.stem_text}")


@receiver(post_save, sender=Provision)
@receiver(post_save, sender=LegalDocument)
def forget_versions(sender, instance, created: bool, raw: bool = False, **kwargs) -> None:
    """The dates of an article stand in the versions of the questions that cite it."""
    if created or raw:
        return
    cited = [instance] if sender is Provision else list(instance.provisions.all())
    keys = {key for provision in cited for key in ReferenceIndex.get_references_to(provision).filter(
        base_content_type__app_label="quizzes", base_content_type__model="question").values_list("object_id", flat=True)}
    if keys:
        Question.objects.filter(pk__in=keys).update(version=None)


@receiver(post_save, sender=ExtraTime)
def give_time_at_once(sender, instance: ExtraTime, raw: bool = False, **kwargs) -> None:
    if not raw:
        move_deadlines(extra_time=instance, now=timezone.now())
