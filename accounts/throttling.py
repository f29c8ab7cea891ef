"""How often codes of slips and passwords may be typed: enough for a hall full of people behind one address, too little for guessing.

Keeps true: a slip of the finger is found by the check character and never counted; a code that was used or has run out was given to
somebody once, so it is no guess, yet it is counted elsewhere, at the same cost: nobody learns from the clock which it was.
Whoever guesses somebody's password from anywhere shuts neither the others at that address out, nor that person on a device of theirs:
where a person has signed in before, a signed cookie says so, and tries there are counted on their own (OWASP: device cookies).
"""

import secrets

from allauth.core.internal import ratelimit
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

# Of 23¹¹ codes some 300,000 may be open: a thousand guesses an hour, all addresses together, find one in three hundred years.
RATES = {"slip": "300/m/ip", "slip_miss": "20/h/ip", "slip_miss_in_all": "1000/h/key", "slip_spent": "300/h/ip", "slip_spent_in_all": "1000000/h/key"}
# Everything about a person is read for it: enough for a file that was lost, too little to keep a server busy.
EXPORT_RATES = {"export": "5/h/user"}


def may_try(request: HttpRequest) -> bool:
    """Count a code that is typed, and say whether it is looked up: not once this address, or everybody together, has guessed too often."""
    return _counted(request, "slip") and all(_counted(request, name, only_asked=True) for name in ("slip_miss", "slip_miss_in_all"))


def note_refusal(request: HttpRequest, *, is_known: bool) -> None:
    """Count a code that opened nothing."""
    name = "slip_spent" if is_known else "slip_miss"
    _counted(request, name)
    _counted(request, f"{name}_in_all")


def check_counted() -> None:
    """Find out why a try was refused: a database that takes no changes cannot count tries, and that is not the fault of whoever tries. One query.

    Asked only where a try is refused, so nothing is let through here.

    :raises django.db.DatabaseError: when the database takes no changes; the site answers it with words of its own (lms.outages).
    """
    with transaction.atomic():
        User.objects.filter(pk=-1).update(is_active=True)


def may_export(request: HttpRequest) -> bool:
    """Count an export of somebody's own data, and say whether it is made."""
    return ratelimit.consume(request, app="accounts", action="export", config=EXPORT_RATES, user=request.user, limit_get=True) is not None


def _counted(request: HttpRequest, name: str, *, only_asked: bool = False) -> bool:
    usage = ratelimit.consume(request, app="accounts", action=name, config=RATES, key="all", limit_get=True, dry_run=only_asked)
    return usage is not None


# A shared computer of an office knows the people who used it last.
DEVICE_PEOPLE = 5
DEVICE_SECONDS = 180 * 24 * 3600
_NONCE, _SEAL = 16, 32


def device_of(request: HttpRequest, person: User) -> str:
    """Return the number of this device if the person has signed in on it since their password was last changed, else ""."""
    for token in _tokens(request):
        nonce, seal = token[:_NONCE], token[_NONCE:]
        if any(constant_time_compare(seal, _seal(nonce, person, key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
            return nonce
    return ""


def remember_device(request: HttpRequest, response: HttpResponse, person: User) -> None:
    """Let this device prove from now on that the person has signed in on it. The cookie names nobody."""
    if device_of(request, person):
        return
    nonce = secrets.token_hex(_NONCE // 2)
    tokens = [nonce + _seal(nonce, person, settings.SECRET_KEY), *_tokens(request)][:DEVICE_PEOPLE]
    response.set_cookie(
        _cookie_name(), ".".join(tokens), max_age=DEVICE_SECONDS, path="/", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")


def tries_key(request: HttpRequest, person: User) -> str:
    """Return under which name wrong passwords of this person are counted: apart inside a session of theirs and on a device of theirs."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and user.pk == person.pk:
        return f"person:{person.pk}:inside"
    device = device_of(request, person)
    return f"person:{person.pk}:device:{device}" if device else f"person:{person.pk}"


def is_from_outside(key: str) -> bool:
    """Say whether a try under this name counts for its address too: it came from nobody and nothing that is known."""
    return not key.startswith("person:") or key.count(":") == 1


def _tokens(request: HttpRequest) -> list[str]:
    tokens = request.COOKIES.get(_cookie_name(), "")[:1000].split(".")[:DEVICE_PEOPLE]
    return [token for token in tokens if len(token) == _NONCE + _SEAL and token.isalnum() and token.isascii()]


def _seal(nonce: str, person: User, key: str) -> str:
    return salted_hmac("accounts.devices", f"{nonce}:{person.pk}:{person.password}", secret=key, algorithm="sha256").hexdigest()[:_SEAL]


def _cookie_name() -> str:
    # With the prefix no other host of the same domain can plant one.
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"
