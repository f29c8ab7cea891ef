"""Keeps the searchable words of a question in step with its content."""

from django.db.models.signals import pre_save
from django.dispatch import receiver

from quizzes.models import Question
from quizzes.types import type_of
from vietnamese.text import clean, search_key


@receiver(pre_save, sender=Question)
def keep_words(sender, instance: Question, update_fields=None, **kwargs) -> None:
    if "content" in instance.get_deferred_fields() or (update_fields is not None and "content" not in update_fields):
        return
    words = [type_of(block.block_type).words(block.value) for block in instance.content]
    instance.stem_text = clean(" ".join(words))
    instance.search_key = search_key(f"{instance.code} {instance.stem_text}")
