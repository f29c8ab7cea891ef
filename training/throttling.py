"""How often one address may guess class codes. A slip of the finger is found by the check character and never counted; nor is a code that is right."""

from django.http import HttpRequest

from cms.throttling import note_once_more, times_done

MISSES_PER_HOUR = 20
_HOUR = 3600


def has_guessed_too_often(request: HttpRequest) -> bool:
    """Say whether this address is told nothing about any code until the next hour begins."""
    return times_done("join-miss", request, seconds=_HOUR) >= MISSES_PER_HOUR


def note_answer(request: HttpRequest, *, missed: bool) -> None:
    """Count a code that no class has; any other counts nothing, at the same cost."""
    note_once_more("join-miss", request, seconds=_HOUR, times=int(missed))
