"""Renewing certificates: the next cycle of learning, and the certificate that it gives, which names the former.

Keeps true: a certificate is renewed once; the former stays valid until its end; whoever renews before the end loses no day, because the
new months count from there. A revoked certificate is not renewed, and none is issued by itself after it: that is a decision.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates.enums import NoticeKind, RenewalStep, State
from certificates.models import Certificate, Issuer
from certificates.selectors import default_issuer
from certificates.selectors.renewals import Award, awards_of, renewal_of, waits_for_decision
from certificates.services import issuing
from certificates.services.awards import put_award
from certificates.services.designs import version_for
from certificates.services.errors import NoIssuer, NotRenewable, RenewalAwaitsDecision, RenewalNotOpen
from certificates.services.notices import post_notices
from courses.enums import Issuing
from learning.models import Completion, Enrolment
from learning.services import start_cycle


def renew(*, certificate: Certificate, now: datetime, by=None) -> Enrolment:
    """Enrol the holder in what renews the certificate, the refresher or the whole course anew, and return the enrolment to learn in.

    Doing it twice is doing it once: a renewal that is under way is returned as it is.

    :param by: who asks, when it is not the holder.
    :raises NotRenewable: when it has no end, was revoked, replaced or renewed already, or belongs to no person or course here.
    :raises RenewalNotOpen: more than 60 days before its end.
    :raises RenewalAwaitsDecision: when the course is completed and the new paper waits for a decision.
    :raises learning.services.LearningError: when the course to take is not open or empty.
    """
    renewal = renewal_of(certificate, timezone.localdate(now))
    if renewal is None:
        raise NotRenewable
    if renewal.step == RenewalStep.NOT_YET:
        raise RenewalNotOpen(renewal.opens_on)
    if renewal.step == RenewalStep.AWAITING:
        raise RenewalAwaitsDecision
    if renewal.step == RenewalStep.UNDER_WAY:
        return renewal.enrolment
    # A refresher may have given a later paper than the person's own cycles of the course tell.
    at_least = 1 if renewal.is_refresher else renewal.certificate.cycle + 1
    return start_cycle(user=renewal.certificate.user, course=renewal.course, now=now, at_least=at_least)


def issue_by_itself(*, completion: Completion, now: datetime) -> list[Certificate]:
    """Issue what the completion gives without anybody's decision: the course's own paper, and renewals of what it refreshes; post the notices.

    Safe to call twice. What waits for a decision is left alone, and so is a later cycle whose former certificate was revoked.

    :raises CertificateError: when one of them cannot be issued.
    """
    enrolment, course, issued = completion.enrolment, completion.enrolment.course, []
    awards = awards_of([completion]).get(completion.pk, [])
    if course.gives_certificate and course.issuing == Issuing.AT_ONCE and not _follows_a_revoked(enrolment):
        formers = [award.former for award in awards if award.course.pk == course.pk]
        issuer = issuer_after(formers[0], timezone.localdate(now)) if formers else None
        own = partial(issuing.issue_certificate, user=enrolment.user, course=course, completion=completion, issuer=issuer, now=now)
        issued.append(_with_notice(own, now))
    for award in awards:
        if award.course.pk != course.pk and not waits_for_decision(completion, award):
            issued.append(_with_notice(partial(issue_renewal, completion=completion, award=award, now=now), now))
    return issued


def _with_notice(issue: Callable[[], Certificate], now: datetime) -> Certificate:
    """Issue a paper and post its notice in one transaction: whoever is killed in between leaves neither."""
    with transaction.atomic():
        certificate = issue()
        post_notices(certificates=[certificate], kind=NoticeKind.ISSUED, now=now)
    return certificate


def _follows_a_revoked(enrolment: Enrolment) -> bool:
    if enrolment.cycle == 1:
        return False
    earlier = Certificate.objects.filter(user=enrolment.user_id, course=enrolment.course_id, cycle__lt=enrolment.cycle)
    latest = earlier.order_by("-cycle", "-pk").first()
    return latest is not None and latest.state == State.REVOKED


def issue_renewal(
    *, completion: Completion, award: Award, now: datetime, by=None, decision_number: str = "", decision_on: date | None = None,
) -> Certificate:
    """Issue the next cycle of the former certificate for a completed refresher, in the name of the unit that issued the former.

    Returns the one that stands when it was issued already. Locks the former certificate, then the series of the year.

    :raises NotRenewable: when the former was revoked, replaced or renewed by another completion meanwhile.
    :raises NoIssuer: when the issuing unit is no more and no other is the default.
    """
    issuer = issuer_after(award.former, timezone.localdate(now))
    if issuer is None:
        raise NoIssuer
    version = version_for(course=award.course, issuer=issuer)
    [draft] = issuing.drafts_of([completion], version=version, issued_at=now, decision_number=decision_number, decision_on=decision_on)
    put_award(draft, award)
    try:
        with transaction.atomic():
            former = Certificate.objects.select_for_update().get(pk=award.former.pk)
            if standing := Certificate.objects.filter(renews=former).first():
                return standing
            if former.state not in (State.VALID, State.EXPIRED):
                raise NotRenewable
            issuing.enter_all([draft], series=issuing.locked_series(issuer, now, issuing.paper_of(version, issuer)), by=by, now=now)
    except IntegrityError:
        if standing := Certificate.objects.filter(renews=award.former).first():
            return standing
        raise
    return draft.row


def issuer_after(former: Certificate, on: date) -> Issuer | None:
    """Return who issues the renewal: the unit that issued the former; the default one once that unit has ended. One query at most."""
    issuer = former.series.issuer
    ended = issuer.unit.active_until is not None and issuer.unit.active_until <= on
    return default_issuer(on) if ended else issuer
