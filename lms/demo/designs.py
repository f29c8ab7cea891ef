"""The demonstration's designs of papers: those that come with the platform, so that an administrator has something to look at and change."""

from datetime import datetime

from certificates.models import Design
from certificates.services.built_in import BUILT_IN
from certificates.services.designs import make_built_in


def load_designs(*, now: datetime) -> int:
    """Make the designs that are not there, published; return how many were added."""
    before = Design.objects.count()
    for layout in BUILT_IN:
        make_built_in(name=layout.name, now=now)
    return Design.objects.count() - before
