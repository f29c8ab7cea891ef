"""Doors to the changes of one unit: a form, a preview of what it would do, then it is done. Nothing is written before somebody has seen the preview."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from unions.forms.units import ChangeForm, CloseForm, MergeForm, MoveForm, RenameForm, SplitForm
from unions.models import Unit
from unions.selectors import records
from unions.selectors.scopes import Office
from unions.services import UnionsError, changes
from unions.views.doors import in_office
from unions.views.units import governed_unit


@dataclass(frozen=True)
class Operation:
    """What can be done with a unit: its form, what the service needs of it, and the two services, to look and to do."""

    title: Promise
    form: type[ChangeForm]
    asked: Callable[[Unit, ChangeForm], dict]
    plan: Callable[..., changes.Plan]
    do: Callable[..., object]
    does: Promise


def _merge(unit: Unit, form: MergeForm) -> dict:
    said = form.cleaned_data
    into = {"this": unit, "other": said["into"]}.get(said["goes_into"]) or changes.NewUnit(
        said["new_code"], said["new_name"], said["new_type"], said["new_parent"], unit.sector, unit.region)
    return {"merge": changes.Merge(form.units, into, said["carries_posts"], said["carries_roles"])}


def _split(unit: Unit, form: SplitForm) -> dict:
    said = form.cleaned_data
    parts = tuple(changes.NewUnit(code, name, said["type"], None, unit.sector, unit.region) for code, name in form.named_parts)
    return {"split": changes.Split(
        unit, parts, said["ends"] == "ends", form.chosen("unit"), form.chosen("person"), form.place_of(said["others"]), said["carries_roles"])}


OPERATIONS = {
    "doi-ten": Operation(
        gettext_lazy("Rename the unit"), RenameForm, lambda unit, form: {"unit": unit, "name": form.cleaned_data["name"]}, changes.plan_rename,
        changes.rename_unit, gettext_lazy("Rename the unit")),
    "chuyen": Operation(
        gettext_lazy("Move under another unit"), MoveForm, lambda unit, form: {"unit": unit, "parent": form.cleaned_data["parent"]}, changes.plan_move,
        changes.move_unit, gettext_lazy("Move the unit")),
    "sap-nhap": Operation(
        gettext_lazy("Merge units"), MergeForm, _merge, changes.plan_merge, changes.merge_units, gettext_lazy("Merge units")),
    "tach": Operation(
        gettext_lazy("Split the unit"), SplitForm, _split, changes.plan_split, changes.split_unit, gettext_lazy("Split the unit")),
    "ket-thuc": Operation(
        gettext_lazy("End the unit"), CloseForm, lambda unit, form: {"unit": unit}, changes.plan_close, changes.close_unit, gettext_lazy("End the unit")),
}


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def change_unit(request: HttpRequest, office: Office, uuid: UUID, kind: str) -> HttpResponse:
    if kind not in OPERATIONS:
        raise Http404
    unit, operation, now = governed_unit(office, uuid), OPERATIONS[kind], timezone.now()
    form = _form(request, office, unit, operation, now)
    if request.method != "POST" or not form.is_valid() or request.POST.get("step") == "edit":
        return _drawn(request, unit, operation, form, 422 if form.errors else 200)
    asked = operation.asked(unit, form)
    if request.POST.get("step") != "do":
        return _previewed(request, unit, operation, form, operation.plan(**asked, on=form.cleaned_data["on"], now=now))
    try:
        change = operation.do(**asked, decision=_decision(form), seen=request.POST.get("seen", ""), by=request.user, now=now)
    except UnionsError as error:
        plan = operation.plan(**asked, on=form.cleaned_data["on"], now=now)
        return _previewed(request, unit, operation, form, plan, str(error.message) if not plan.obstacles else "")
    messages.success(request, _("Done. It can be undone for 24 hours, in the list of changes."))
    return redirect("units:show-unit", _successor(change, unit).uuid)


def _form(request: HttpRequest, office: Office, unit: Unit, operation: Operation, now: datetime) -> ChangeForm:
    today = timezone.localdate(now)
    more = records.to_divide(unit, today) if operation.form is SplitForm else {}
    return operation.form(request.POST or None, office=office, unit=unit, on=today, **more)


def _decision(form: ChangeForm) -> changes.Decision:
    return changes.Decision(form.cleaned_data["on"], form.cleaned_data["reason"], form.cleaned_data["decision_number"])


def _successor(change, unit: Unit) -> Unit:
    """Where to go on: the unit itself, or what took its place."""
    return unit.successors.first() or unit


def _drawn(request: HttpRequest, unit: Unit, operation: Operation, form: ChangeForm, status: int) -> HttpResponse:
    return render(request, "unions/unit_change.html", {"unit": unit, "operation": operation, "form": form}, status=status)


def _previewed(request: HttpRequest, unit: Unit, operation: Operation, form: ChangeForm, plan: changes.Plan, error: str = "") -> HttpResponse:
    context = {"unit": unit, "operation": operation, "form": form, "plan": plan, "error": error}
    return render(request, "unions/unit_preview.html", context, status=422 if error or plan.obstacles else 200)
