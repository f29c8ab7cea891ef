"""What is kept in a process is forgotten at once in the process that changes it: the site's frame, whether restrictions exist."""

from django.core.cache import caches
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import PageViewRestriction, Site

from cms.models import RESTRICTIONS_KEY, SiteSettings
from cms.selectors import CACHE_KEY


@receiver([post_save, post_delete], sender=SiteSettings)
@receiver([post_save, post_delete], sender=Site)
def forget_site_frames(sender, **kwargs) -> None:
    caches["pages"].delete(CACHE_KEY)


@receiver([post_save, post_delete], sender=PageViewRestriction)
def forget_restrictions(sender, **kwargs) -> None:
    caches["pages"].delete(RESTRICTIONS_KEY)
