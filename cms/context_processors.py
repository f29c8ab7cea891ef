"""What every template may ask: the site's name and settings, and whether to offer the office."""

from django.utils.functional import SimpleLazyObject

from cms.selectors import site_frame_of


def site(request) -> dict:
    """Nothing is asked before a template asks for it; `offers_office` costs no query beyond the user's own."""
    frame = SimpleLazyObject(lambda: site_frame_of(request.get_host().partition(":")[0]))
    return {
        "site_settings": frame,
        "site_name": SimpleLazyObject(lambda: frame.name),
        "offers_office": SimpleLazyObject(lambda: _offers_office(request)),
    }


def _offers_office(request) -> bool:
    user = getattr(request, "user", None)
    return user is not None and (user.is_staff or user.is_superuser)
