"""Doors to files that are written in the background; other people's do not exist here."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from certificates import tasks
from certificates.models import IssueRun, Printout
from certificates.selectors.printouts import LIST_KINDS, how_far
from certificates.services import printouts as services
from certificates.views.books import in_books
from cms.storage import hand_over
from cms.work import WorkState


@in_books
@require_POST
def ask_printout(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A file of a list. Whoever may read its register may have it."""
    run = get_object_or_404(IssueRun.objects.visible_to(request.user), uuid=uuid)
    kind = request.POST.get("kind", "")
    if kind not in LIST_KINDS:
        raise Http404
    return begin(services.ask_printout(kind=kind, by=request.user, run=run, now=timezone.now()))


def begin(printout: Printout) -> HttpResponse:
    """Have a file written that was asked for, and send the person to the page that says how far it is."""
    if printout.state == WorkState.WAITING:
        tasks.write_printout.enqueue(printout.pk)
    return HttpResponseRedirect(reverse("runs:show-printout", args=[printout.uuid]), status=303)


@in_books
@require_safe
def show_printout(request: HttpRequest, uuid: UUID) -> HttpResponse:
    printout = get_object_or_404(Printout.objects.visible_to(request.user).select_related("run"), uuid=uuid)
    far = how_far(printout, timezone.now())
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(far)
    return render(request, "certificates/printout.html", {"printout": printout, "how_far": far, "kept_days": services.KEPT_FOR.days})


@in_books
@require_POST
def write_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same file once more, where the first was stopped or failed."""
    printout = get_object_or_404(Printout.objects.visible_to(request.user), uuid=uuid)
    return begin(services.ask_printout(
        kind=printout.kind, by=request.user, run=printout.run, filters=printout.filters, now=timezone.now()))


@in_books
@require_safe
def download_printout(request: HttpRequest, uuid: UUID) -> HttpResponse:
    printout = get_object_or_404(Printout.objects.visible_to(request.user), uuid=uuid, state=WorkState.DONE)
    try:
        return hand_over(printout.file, name=services.file_name_of(printout), content_type=services.KINDS[printout.kind].media_type)
    except FileNotFoundError as error:
        raise Http404 from error
