"""Verification by strangers: by code only, not indexed, throttled."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from certificates import codes, services
from certificates.throttling import note_answer, throttled


def unlisted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep a page out of caches, other sites' logs and search engines; the empty form, for which people look by name, not out of the last."""

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.path != reverse("certificates:verify") or request.GET:
            response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store"
        return response

    return answered


@require_safe
@unlisted
def verify(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("ma", "").strip()
    if code := codes.code_in(typed):
        return redirect("certificates:show-verification", code=code)
    return render(request, "certificates/verify.html", {"typed": typed, "is_empty": "ma" in request.GET})


@require_safe
@unlisted
@throttled
def show_verification(request: HttpRequest, code: str) -> HttpResponse:
    plain = codes.normalise(code)
    if plain != code and codes.is_well_formed(plain):
        return redirect("certificates:show-verification", code=plain)
    now = timezone.now()
    found = services.answer_code(text=plain, now=now)
    if not found.is_mistyped:
        note_answer(request, missed=0 if found.is_known else 1)
    told = {"found": found, "shown": codes.shown(found.code), "now": now}
    return render(request, "certificates/verification.html", told, status=200 if found.is_known else 404)
