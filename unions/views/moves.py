"""Doors to moving many units by a list: a file is read and looked at, then the lines that can be done are done together."""

import json

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from unions.forms.units import MovesFileForm, MovesLinesForm
from unions.selectors.scopes import Office
from unions.services import UnionsError, changes
from unions.services.changes import reading
from unions.views.doors import in_office

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _governs(office: Office) -> None:
    if not (office.sees_all or office.governed_paths):
        raise PermissionDenied


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def move_by_list(request: HttpRequest, office: Office) -> HttpResponse:
    """The file is not kept between looking and doing: what was understood of it comes back with the form, and is judged anew."""
    _governs(office)
    now = timezone.now()
    if "lines" in request.POST:
        return _done(request, office, now)
    form = MovesFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            read = reading.read_moves(file=form.cleaned_data["file"], units=office.governed_units, today=timezone.localdate(now))
        except UnionsError as error:
            form.add_error("file", str(error.message))
        else:
            plan = changes.plan_list(lines=read.lines, now=now, refused=read.refused)
            return _previewed(request, plan, read.lines, form.cleaned_data["reason"])
    return render(request, "unions/unit_moves.html", {"form": form}, status=422 if form.errors else 200)


def _previewed(request: HttpRequest, plan: changes.ListPlan, lines: list[changes.MoveLine], reason: str, error: str = "") -> HttpResponse:
    said = json.dumps([[line.line, str(line.unit.uuid), str(line.parent.uuid), line.on.isoformat(), line.decision_number] for line in lines])
    context = {"plan": plan, "reason": reason, "lines": said, "error": error, "shown": plan.moves[:200], "hidden": max(0, len(plan.moves) - 200)}
    return render(request, "unions/unit_moves_preview.html", context, status=422 if error else 200)


def _done(request: HttpRequest, office: Office, now) -> HttpResponse:
    form = MovesLinesForm(request.POST, office=office)
    if not form.is_valid():
        messages.error(request, _("Choose the file again; some of its units are no longer yours to move."))
        return redirect("units:move-by-list")
    lines, reason = form.cleaned_data["lines"], form.cleaned_data["reason"]
    try:
        change = changes.move_by_list(lines=lines, reason=reason, seen=request.POST.get("seen", ""), by=request.user, now=now)
    except UnionsError as error:
        return _previewed(request, changes.plan_list(lines=lines, now=now), lines, reason, str(error.message))
    messages.success(request, _("Moved units: %(count)d. It can be undone for 24 hours, in the list of changes.") % {"count": change.counts["units"]})
    return redirect("units:list-changes")


@in_office
@require_safe
def download_template(request: HttpRequest, office: Office) -> HttpResponse:
    _governs(office)
    return FileResponse(reading.template(), as_attachment=True, filename="mau-chuyen-don-vi.xlsx", content_type=WORKBOOK)
