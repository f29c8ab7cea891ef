"""Checking a PDF that somebody was handed: nothing is stored, nothing indexed, and few files a minute."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from certificates import services
from certificates.forms.files import FileCheckForm
from certificates.throttling import note_answer, throttled_files
from certificates.views.verification import unlisted

# What is longer is not even read; up to here the form says it in its own words.
MOST_BYTES_READ = 100 * 1024 * 1024


def _named_to_us(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the browser say to us where a form comes from: with no referrer at all it says "null", and the form is refused as a stranger's."""

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "same-origin"
        return response

    return answered


@require_http_methods(["GET", "HEAD", "POST"])
@_named_to_us
@unlisted
# The token is looked for by the view within: this one has to answer before the body is read.
@csrf_exempt
def check_file(request: HttpRequest) -> HttpResponse:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES_READ:
        return render(request, "certificates/check_file.html", {"form": FileCheckForm(), "is_too_large": True}, status=413)
    return _check_file(request)


@csrf_protect
@throttled_files
def _check_file(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "certificates/check_file.html", {"form": FileCheckForm()})
    form = FileCheckForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "certificates/check_file.html", {"form": form}, status=422)
    file, now = form.cleaned_data["file"], timezone.now()
    answer = services.answer_file(data=file.read(), now=now, by=request.user if request.user.is_authenticated else None)
    if answer.finding.missed:
        note_answer(request, missed=answer.finding.missed)
    told = {"form": FileCheckForm(), "finding": answer.finding, "found": answer.found, "name": file.name, "now": now}
    return render(request, "certificates/check_file.html", told)
