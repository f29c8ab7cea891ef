"""The door to enrolling and reminding whoever is missing from a target: at once for a few, in the background for many, with how far it is."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from training import tasks
from training.models import Target
from training.services import reaching
from training.services.errors import TooManyAtOnce, TrainingError
from training.views.doors import in_office
from training.wording import reached_in_words
from unions.models import Unit
from unions.selectors.scopes import Office


def reach(request: HttpRequest, *, kind: str, target: Target, unit: Unit, on: date, tree: str, back: str) -> HttpResponse:
    """Enrol ("enrol") or remind ("remind") whoever is missing in a unit that the caller has found to be managed; lead back with a message.

    :param back: the address of the page that it was asked from.
    """
    wish = {"target": target, "unit": unit, "on": on, "tree": tree, "by": request.user}
    try:
        outcome = reaching.KINDS[kind](**wish, now=timezone.now(), at_most=reaching.AT_ONCE)
    except TooManyAtOnce:
        key = reaching.begin_reaching(kind=kind, by=request.user)
        tasks.reach.enqueue(str(key), kind, target.pk, unit.pk, on.isoformat(), tree, request.user.pk)
        return redirect("assignments:show-reaching", key)
    except TrainingError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, reached_in_words(kind, outcome))
        if kind == "remind" and outcome.reached > outcome.without_address:
            tasks.send_reminders.enqueue()
    return redirect(back)


@in_office
@require_safe
def show_reaching(request: HttpRequest, office: Office, key: UUID) -> HttpResponse:
    told = reaching.how_far(key, request.user)
    if told is None:
        raise Http404(_("What was asked for is told for a day only."))
    settled = told["state"] in ("done", "failed")
    percent = round(100 * told["done"] / told["total"]) if told["total"] else 0
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"settled": settled, "percent": percent, "done": told["done"], "total": told["total"]})
    words = reached_in_words(told["kind"], reaching.Reached(**told["outcome"])) if told["state"] == "done" else ""
    return render(request, "training/reaching.html", {"told": told, "settled": settled, "percent": percent, "words": words, "key": key})
