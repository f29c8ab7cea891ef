"""What happens when pages of a course change, or a law that they cite: reading times, rule versions and rendered bodies follow."""

from django.core.cache import caches
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move

from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses.services import count_reading_minutes, publish_rules
from laws.models import LegalDocument, Provision

LAWS_VERSION = "laws-version"
PARTS = (CoursePage, ModulePage, LessonPage, QuizPage)


@receiver(pre_save, sender=LessonPage)
def set_reading_minutes(sender, instance: LessonPage, **kwargs) -> None:
    instance.reading_minutes = count_reading_minutes(instance)


@receiver([page_published, page_unpublished])
def follow_publishing(sender, instance: Page, **kwargs) -> None:
    if isinstance(instance, PARTS):
        _publish_rules_above(instance)


@receiver(post_page_move)
def follow_move(sender, instance: Page, **kwargs) -> None:
    if isinstance(instance.specific, PARTS):
        _publish_rules_above(instance.specific)


def _publish_rules_above(page: Page) -> None:
    course = page if isinstance(page, CoursePage) else CoursePage.objects.ancestor_of(page).first()
    if course is not None and course.live:
        publish_rules(course=course)


@receiver([post_save, post_delete], sender=LegalDocument)
@receiver([post_save, post_delete], sender=Provision)
def forget_bodies(sender, **kwargs) -> None:
    """Rendered lessons say what a law says and whether it is in force: this process draws them anew at once, the others soon."""
    caches["pages"].get_or_set(LAWS_VERSION, 1, None)
    caches["pages"].incr(LAWS_VERSION)
