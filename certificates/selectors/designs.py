"""Which design a paper is set in."""

from django.db.models import Exists, F, OuterRef, Q

from certificates.enums import Paper
from certificates.models import Design, DesignVersion


def published_version(*, course, issuer) -> DesignVersion | None:
    """Return the published design for papers of this course and issuer, with its `design`; None when there is none. One query.

    A design that names the course comes first, then one of the issuer's own, then the one that is used when no other is named. A
    "Chứng chỉ" must name its course: nobody gets one because nothing else was chosen.
    """
    named = Design.courses.through.objects.filter(design=OuterRef("design"))
    return (
        DesignVersion.objects.filter(Q(design__issuer=issuer) | Q(design__issuer=None), design__live=True)
        .annotate(names_course=Exists(named.filter(coursepage=course)), names_any=Exists(named))
        .filter(Q(names_course=True) | Q(names_any=False, design__issuer=issuer, spec__paper=Paper.CERTIFICATE)
                | Q(design__is_default=True, spec__paper=Paper.CERTIFICATE))
        .select_related("design").order_by("-names_course", F("design__issuer").asc(nulls_last=True), "-design__is_default", "design", "-number").first())
