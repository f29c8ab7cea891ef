"""Designs are published as versions that never change, and papers find theirs.

Keeps true: a version holds every measure and its own copies of all pictures; publishing what is published already adds nothing.
"""

import hashlib
import json
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from certificates.enums import Border, Paper
from certificates.models import Design, DesignFile, DesignVersion
from certificates.selectors.designs import published_version
from certificates.selectors.specs import spec_of
from certificates.services.built_in import BUILT_IN, blocks_of


def freeze_design(*, design: Design, by, now: datetime) -> DesignVersion:
    """Make the design's present state its next version, or return the latest one when nothing has changed. Locks the design.

    :raises NotAPicture: when a picture cannot be printed; nothing is made then.
    """
    spec, files = spec_of(design)
    digest = hashlib.sha256(json.dumps(spec, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    with transaction.atomic():
        Design.objects.select_for_update().get(pk=design.pk)
        latest = design.versions.order_by("-number").first()
        if latest and latest.digest == digest:
            return latest
        for sha256, content in files.items():
            DesignFile.objects.keep(sha256=sha256, format=spec["files"][sha256], content=content)
        return DesignVersion.objects.create(
            design=design, number=latest.number + 1 if latest else 1, spec=spec, digest=digest, made_at=now, made_by=by)


def version_for(*, course, issuer) -> DesignVersion:
    """Return what papers of this course and issuer look like today, with its `design`; makes the general design when none is published.

    One query, when there is one. A "Chứng chỉ" is returned for whoever asks: `issuing.paper_of` refuses those who may not issue it.
    """
    return published_version(course=course, issuer=issuer) or make_built_in(name=BUILT_IN[0].name, now=timezone.now())


def make_built_in(*, name: str, now: datetime) -> DesignVersion:
    """Make one of the designs that come with the platform, as a design like any other, unless one of its name is there. Safe to call twice."""
    layout = next(layout for layout in BUILT_IN if layout.name == name)
    with transaction.atomic():
        design, is_new = Design.objects.get_or_create(name=name, defaults={
            "paper": Paper.CERTIFICATE, "size": layout.size, "orientation": layout.orientation, "is_blank_form": layout.is_blank_form,
            "border": "" if layout.is_blank_form else layout.border or Border.WOVEN, "blocks": blocks_of(layout),
            "is_default": layout is BUILT_IN[0] and not Design.objects.filter(is_default=True, paper=Paper.CERTIFICATE).exists()})
        if is_new:
            # What is published is a revision, so that the editor has something to go back to.
            design.save_revision().publish()
        return design.versions.select_related("design").order_by("-number").first() or freeze_design(design=design, by=None, now=now)
