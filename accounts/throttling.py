"""How often codes of slips may be typed: enough for a hall full of people behind one address, too little for guessing.

Keeps true: a slip of the finger is found by the check character and never counted; a code that was used or has run out was given to
somebody once, so it is no guess, yet it is counted elsewhere, at the same cost: nobody learns from the clock which it was.
"""

from allauth.core.internal import ratelimit
from django.http import HttpRequest

# Of 23¹¹ codes some 300,000 may be open: a thousand guesses an hour, all addresses together, find one in three hundred years.
RATES = {"slip": "300/m/ip", "slip_miss": "20/h/ip", "slip_miss_in_all": "1000/h/key", "slip_spent": "300/h/ip", "slip_spent_in_all": "1000000/h/key"}


def may_try(request: HttpRequest) -> bool:
    """Count a code that is typed, and say whether it is looked up: not once this address, or everybody together, has guessed too often."""
    return _counted(request, "slip") and all(_counted(request, name, only_asked=True) for name in ("slip_miss", "slip_miss_in_all"))


def note_refusal(request: HttpRequest, *, is_known: bool) -> None:
    """Count a code that opened nothing."""
    name = "slip_spent" if is_known else "slip_miss"
    _counted(request, name)
    _counted(request, f"{name}_in_all")


def _counted(request: HttpRequest, name: str, *, only_asked: bool = False) -> bool:
    usage = ratelimit.consume(request, app="accounts", action=name, config=RATES, key="all", limit_get=True, dry_run=only_asked)
    return usage is not None
