"""What every template may ask: the site's name."""

from django.conf import settings


def site(request) -> dict:
    return {"site_name": settings.SITE_NAME}
