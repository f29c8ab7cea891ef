"""Writes on audiences: who is meant by a rule or a target."""

from django.db import transaction

from unions.models import Audience
from unions.selectors.audiences import PLAIN, Meant

_LISTED = ("kinds", "unit_types", "units", "people")


@transaction.atomic
def write_audience(*, meant: Meant, audience: Audience | None = None) -> Audience:
    """Store who is meant, as a new audience or in place of what one says."""
    audience = audience or Audience()
    for name in PLAIN:
        setattr(audience, name, getattr(meant, name))
    audience.save()
    for name in _LISTED:
        getattr(audience, name).set(getattr(meant, name))
    return audience
