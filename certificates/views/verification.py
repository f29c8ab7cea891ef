"""Verification by strangers: by code only, not indexed, throttled."""

from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from certificates import codes, selectors
from certificates.throttling import throttled


def unlisted(view):
    """Keep a page out of search engines, caches and other sites' logs."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store"
        return response

    return answered


@require_safe
@unlisted
def verify(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("ma", "").strip()
    if code := codes.normalise(typed):
        return redirect("certificates:show-verification", code=code)
    return render(request, "certificates/verify.html", {"typed": typed, "is_empty": "ma" in request.GET})


@require_safe
@unlisted
@throttled
def show_verification(request: HttpRequest, code: str) -> HttpResponse:
    now = timezone.now()
    found = selectors.verification_of(code, timezone.localdate(now))
    status = 200 if found.is_known else 404
    return render(request, "certificates/verification.html", {"found": found, "shown": codes.shown(found.code), "now": now}, status=status)
