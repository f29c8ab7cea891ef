"""Blind marking: until an attempt is marked, nobody who marks learns whose it is; pages, searches and files say a number instead."""

import re
from dataclasses import replace
from pathlib import PurePath
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from quizzes.enums import AttemptState
from quizzes.models import AnswerFile, Attempt
from quizzes.types.asked import Asked

# So many digits tell the attempts of a quiz apart; they are the first ones of the address that the attempt has anyway.
DIGITS = 5
_CODE = re.compile(rf"(?:.*\s)?([0-9A-Fa-f]{{{DIGITS}}})")
IS_BLIND = Q(quiz__is_marked_blind=True) & ~Q(state=AttemptState.MARKED)


def is_blind(attempt: Attempt) -> bool:
    """Say whether whoever marks must not know whose this attempt is: for everybody alike, until it is marked. No query with its quiz."""
    return attempt.quiz.is_marked_blind and attempt.state != AttemptState.MARKED


def code_of(uuid: UUID) -> str:
    """Return the short number of an attempt, for example 4F7A2."""
    return uuid.hex[:DIGITS].upper()


def name_of(attempt: Attempt) -> str:
    """Return what whoever marks calls the attempt: by its taker's name, or by its number while it is marked blind."""
    if is_blind(attempt):
        return _("Paper %(code)s") % {"code": code_of(attempt.uuid)}
    return attempt.taker_name or _("Guest")


def has_code(text: str) -> Q:
    """Match the attempts that are marked blind and have the number that the text ends with."""
    found = _CODE.fullmatch(text.strip())
    if not found:
        return Q(pk__in=[])
    digits = found.group(1)
    rest = 32 - DIGITS
    return IS_BLIND & Q(uuid__gte=UUID(digits + "0" * rest), uuid__lte=UUID(digits + "f" * rest))


def file_name_for(file: AnswerFile, *, is_own: bool) -> str:
    """Return the name under which a file is handed out: its own to its taker, a neutral one to whoever marks blind. No query with its slot."""
    slot = file.slot
    return file.name if is_own or not is_blind(slot.attempt) else _neutral(code_of(slot.attempt.uuid), slot.position, str(file.uuid), file.name)


def without_names(asked: Asked, uuid: UUID) -> Asked:
    """Return the question with the files of its answer under neutral names: people put their own into them."""
    files = asked.answer.get("files")
    if not files:
        return asked
    neutral = [{**file, "name": _neutral(code_of(uuid), asked.position, file["file"], file["name"])} for file in files]
    return replace(asked, answer={**asked.answer, "files": neutral})


def _neutral(code: str, position: int, file: str, name: str) -> str:
    return f"{code}-{position}-{file[:4]}{PurePath(name).suffix.lower()}"
