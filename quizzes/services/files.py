"""Files that are sent as answers: checked by their content, kept in the private storage, named in the answer."""

import hashlib
from datetime import datetime
from pathlib import PurePath
from uuid import uuid5

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from cms.uploads import content_matches
from quizzes.models import AnswerFile, Attempt, AttemptSlot
from quizzes.selectors import milliseconds
from quizzes.services.answering import Acknowledgement, check_may_change, save_answer
from quizzes.services.errors import FileRefused, UnknownPosition
from quizzes.types import type_of
from vietnamese.text import clean

# Files that an answer let go of stay, since steps are only added to; so many of them are no accident any more.
KEPT = 20


def keep_file(*, attempt: Attempt, position: int, upload: UploadedFile, now: datetime) -> Acknowledgement:
    """Keep an uploaded file and add it to the answer; the same file again is kept once.

    :raises FileRefused: when it is too large, of a kind that the question does not take, one too many, or not what its name says.
    :raises: what `save_answer` raises.
    """
    slot = attempt.slots.select_related("version", "attempt").filter(position=position).first()
    if slot is None or not type_of(slot.version.type).takes_files:
        raise UnknownPosition
    name = clean(PurePath(upload.name.replace("\\", "/")).name)[-150:] or "tep"
    if fault := type_of(slot.version.type).fault_of_file(slot.version.content, slot.answer, name, upload.size):
        raise FileRefused(fault)
    if not content_matches(upload, PurePath(name).suffix):
        raise FileRefused(_("“%(name)s” is not the kind of file that its name says. Save it again in the right format.") % {"name": name})
    check_may_change(slot, now)
    if slot.files.count() >= KEPT:
        raise FileRefused(_("Too many files were sent to this question. Keep those that are there."))
    file = _kept(slot, upload, name, now)
    files = [item for item in slot.answer.get("files", []) if item["file"] != str(file.uuid)]
    answer = {"files": [*files, {"file": str(file.uuid)}]}
    seq = max(milliseconds(now), slot.answer_seq)
    return save_answer(attempt=attempt, position=position, client_uuid=uuid5(file.uuid, str(seq)), seq=seq, answer=answer, now=now)


def _kept(slot: AttemptSlot, upload: UploadedFile, name: str, now: datetime) -> AnswerFile:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    known = AnswerFile.objects.filter(slot=slot, sha256=digest.hexdigest(), name=name).first()
    if known:
        return known
    upload.seek(0)
    return AnswerFile.objects.create(slot=slot, file=upload, name=name, size=upload.size, sha256=digest.hexdigest(), received_at=now)
