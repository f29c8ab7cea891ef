"""Who is asking: somebody signed in, or a session that began an attempt without a person."""

import hashlib
import secrets
from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from quizzes.querysets import Taker

KEY = "quizzes.visitor"


def taker_of(request: HttpRequest) -> Taker:
    """Return the taker of this request; one who is neither signed in nor has begun anything is not known."""
    secret = request.session.get(KEY, "")
    visitor = hashlib.sha256(secret.encode()).hexdigest() if secret else ""
    return Taker(Taker.of(request.user).user, visitor)


def whose(taker: Taker) -> str:
    """Return the mark under which a device keeps what this taker has waiting: it tells two people apart and names nobody."""
    return hashlib.sha256(_name(taker).encode()).hexdigest()[:16]


def waiting_key(taker: Taker) -> bytes:
    """Return the key under which this taker's device encrypts what waits: nobody else who uses the device is given it."""
    return salted_hmac("quizzes.waiting", _name(taker), algorithm="sha256").digest()


def _name(taker: Taker) -> str:
    return f"user:{taker.user.uuid}" if taker.user else f"visitor:{taker.visitor}"


def make_known(request: HttpRequest) -> Taker:
    """Return the taker, who is given a secret to keep in the session when they are not signed in."""
    if not request.user.is_authenticated and KEY not in request.session:
        request.session[KEY] = secrets.token_hex(32)
    return taker_of(request)


def takers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send whoever is not known to sign in."""
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return view(request, *args, **kwargs) if taker_of(request).is_known else redirect_to_login(request.get_full_path())
    return guarded
