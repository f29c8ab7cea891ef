"""Courses taken elsewhere: entered with proof, corrected or withdrawn while they wait, approved or refused by the office.

Keeps true: nobody decides on their own course, a decision is made once, and a proof is what its name says.
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import Act
from accounts.models import User
from accounts.services import note_many
from cms.uploads import content_matches
from courses.models import CoursePage
from learning.enums import StudyState
from learning.models import OutsideStudy
from learning.services.assignments.meeting import meet_course
from learning.services.errors import AnswerMissing, OwnStudy, ProofRefused, StudyChanged, StudyDecided, StudyNotYours
from vietnamese.text import clean

# The kinds of proof that are taken, and how they are handed out again.
PROOF_TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
PROOF_MEGABYTES = 10


@dataclass(frozen=True)
class StudyFacts:
    """What is told of a course that was taken elsewhere."""

    title: str
    organiser: str
    ended_on: date
    begun_on: date | None = None
    form: str = ""
    hours: Decimal = Decimal(0)
    grade: str = ""
    paper_number: str = ""


def enter_study(
    *, user, by, facts: StudyFacts, now: datetime, proof: UploadedFile | None = None, counts_as: CoursePage | None = None,
) -> OutsideStudy:
    """Enter a course that the person took elsewhere. One's own waits for approval; what an administrator enters for others is approved.

    The same facts once more, while they wait or from the same administrator, are the same entry: a second tap adds none. Locks the person.

    :param counts_as: the course here that it stands for; said by an administrator who enters it for somebody, ignored of one's own.
    :raises ProofRefused: when the file is too large, of another kind, or not what its name says.
    """
    study = OutsideStudy(user=user, entered_by=by, entered_at=now, **asdict(facts))
    if by.pk != user.pk:
        study.state, study.decided_by, study.decided_at, study.counts_as = StudyState.APPROVED, by, now, counts_as
    with transaction.atomic():
        # Two taps at the same moment: the second one waits here, and finds what the first one entered.
        User.objects.select_for_update().get(pk=user.pk)
        standing = OutsideStudy.objects.filter(user=user, entered_by=by, state=study.state, counts_as=study.counts_as, **asdict(facts)).first()
        if standing and (standing.proof or proof is None):
            return standing
        _meet_after_commit(study, now)
        if by.pk != user.pk:
            note_many(about=[user.pk], act=Act.CHANGED, by=by, now=now, subject=study.title)
        return _saved(standing or study, proof)


def _meet_after_commit(study: OutsideStudy, now: datetime) -> None:
    """What is approved and counts as a course here meets what is required of the person, from the next moment on."""
    if study.counts_as_id and study.state == StudyState.APPROVED:
        transaction.on_commit(lambda: meet_course(course=study.counts_as_id, people=[study.user_id], now=now), robust=True)


def told_of(study: OutsideStudy) -> str:
    """Return a digest of what the entry tells: it changes with every correction."""
    told = [str(getattr(study, name)) for name in StudyFacts.__dataclass_fields__] + [study.proof.name or ""]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def correct_study(*, study: OutsideStudy, by, facts: StudyFacts, proof: UploadedFile | None = None) -> OutsideStudy:
    """Write what the person corrects while the course waits; a new proof takes the place of the former. Locks the entry.

    :raises StudyNotYours, StudyDecided: when somebody else asks, or it was decided on.
    :raises ProofRefused: as `enter_study` does.
    """
    with transaction.atomic():
        row = _waiting_of(study, by)
        for name, value in asdict(facts).items():
            setattr(row, name, value)
        former = row.proof.name if proof and row.proof else ""
        row = _saved(row, proof)
        if former:
            transaction.on_commit(lambda: row.proof.storage.delete(former))
    return row


def withdraw_study(*, study: OutsideStudy, by) -> None:
    """Take a course back while it waits, its proof with it. Locks the entry.

    :raises StudyNotYours, StudyDecided: when somebody else asks, or it was decided on.
    """
    with transaction.atomic():
        row = _waiting_of(study, by)
        _drop_file(row)
        row.delete()


def decide_study(
    *, study: OutsideStudy, approves: bool, by, now: datetime, reason: str = "", seen: str = "", counts_as: CoursePage | None = None,
) -> OutsideStudy:
    """Approve the course, or refuse it with a reason that the person reads. Locks the entry, so that of two answers the first one counts.

    :param counts_as: the course here that it stands for from now on, in targets and in what is required; None: it stands in the transcript only.
    :param seen: what `told_of` said of the entry that the administrator looked at; empty when nobody did.
    :raises OwnStudy: when somebody would decide on their own.
    :raises AnswerMissing: when it is refused without a reason.
    :raises StudyDecided: when somebody else answered first.
    :raises StudyChanged: when the person has corrected it since it was looked at.
    """
    reason = clean(reason)
    if not approves and not reason:
        raise AnswerMissing
    with transaction.atomic():
        row = OutsideStudy.objects.select_for_update().get(pk=study.pk)
        if row.user_id == by.pk:
            raise OwnStudy
        if row.state != StudyState.WAITING:
            raise StudyDecided
        if seen and seen != told_of(row):
            raise StudyChanged
        row.state = StudyState.APPROVED if approves else StudyState.REFUSED
        row.reason, row.decided_by, row.decided_at = reason[:300], by, now
        row.counts_as = counts_as if approves else None
        row.save(update_fields=["state", "reason", "decided_by", "decided_at", "counts_as"])
        note_many(about=[row.user_id], act=Act.CHANGED, by=by, now=now, subject=row.title)
        _meet_after_commit(row, now)
    return row


def forget_studies(*, user) -> None:
    """Keep of an erased person's courses what was approved, without proof and number; drop the rest. Safe to call twice."""
    with transaction.atomic():
        for row in OutsideStudy.objects.select_for_update().filter(user=user):
            _drop_file(row)
        OutsideStudy.objects.filter(user=user).exclude(state=StudyState.APPROVED).delete()
        OutsideStudy.objects.filter(user=user).update(proof="", proof_name="", paper_number="")


def _waiting_of(study: OutsideStudy, by) -> OutsideStudy:
    row = OutsideStudy.objects.select_for_update().filter(pk=study.pk).first()
    if row is None or row.state != StudyState.WAITING:
        raise StudyDecided
    if row.user_id != by.pk:
        raise StudyNotYours
    return row


def _saved(study: OutsideStudy, proof: UploadedFile | None) -> OutsideStudy:
    if proof is None:
        study.save()
        return study
    name = clean(PurePath(proof.name.replace("\\", "/")).name)[-150:]
    suffix = PurePath(name).suffix.lower()
    _check(proof, suffix)
    study.proof_name = name
    study.proof.save(f"{uuid4().hex}{suffix}", proof, save=False)
    try:
        study.save()
    except BaseException:
        study.proof.storage.delete(study.proof.name)
        raise
    return study


def _check(proof: UploadedFile, suffix: str) -> None:
    if suffix not in PROOF_TYPES:
        raise ProofRefused(_("Proof is a PDF file or a picture (JPG, PNG). Save or photograph it as one of these."))
    if proof.size > PROOF_MEGABYTES * 1024 * 1024:
        raise ProofRefused(_("The file is larger than 10 MB. Make it smaller, or photograph only the page that counts."))
    if not content_matches(proof, suffix):
        raise ProofRefused(_("The file is not what its name says. Save it again as PDF, JPG or PNG."))


def _drop_file(row: OutsideStudy) -> None:
    if row.proof:
        storage, name = row.proof.storage, row.proof.name
        transaction.on_commit(lambda: storage.delete(name))
