"""A changed name, help page or privacy page shows at once in the process that saved it."""

from django.core.cache import caches
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Site

from cms.models import SiteSettings
from cms.selectors import CACHE_KEY


@receiver([post_save, post_delete], sender=SiteSettings)
@receiver([post_save, post_delete], sender=Site)
def forget_site_frames(sender, **kwargs) -> None:
    caches["pages"].delete(CACHE_KEY)
