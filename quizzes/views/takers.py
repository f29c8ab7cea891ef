"""Who is asking: somebody signed in, or a session that began an attempt without a person."""

import hashlib
import secrets
from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from quizzes.querysets import Taker

KEY = "quizzes.visitor"


def taker_of(request: HttpRequest) -> Taker:
    """Return the taker of this request; one who is neither signed in nor has begun anything is not known."""
    secret = request.session.get(KEY, "")
    visitor = hashlib.sha256(secret.encode()).hexdigest() if secret else ""
    return Taker(Taker.of(request.user).user, visitor)


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
