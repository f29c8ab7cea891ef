"""Doors to the tree of units in the office: a level at a time, one unit, entering and correcting, what was changed and its undo."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from unions.forms.choosing import BETWEEN, as_typed
from unions.forms.units import FactsForm, NewUnitForm, TreeForm
from unions.models import Unit, UnitChange
from unions.selectors import records, trees
from unions.selectors.scopes import Office
from unions.services import UnionsError, changes, units
from unions.views.doors import in_office


def seen_unit(office: Office, uuid: UUID) -> Unit:
    return get_object_or_404(office.units.select_related("type", "region"), uuid=uuid)


def governed_unit(office: Office, uuid: UUID) -> Unit:
    """A unit that the office sees but does not govern is no secret; it may only not be changed."""
    unit = seen_unit(office, uuid)
    if not office.governs(unit):
        raise PermissionDenied
    return unit


@in_office
@require_safe
def list_units(request: HttpRequest, office: Office) -> HttpResponse:
    form = TreeForm(request.GET, on=timezone.localdate())
    found = trees.search_units(office.units, form.words) if form.words else []
    tops = None if office.sees_all else trees.tops_of(office.units, office.paths)
    level = None if form.words else trees.level_below(None, form.day, request.GET.get("trang"), tops)
    only = level.units[0] if level and level.page.paginator.count == 1 else None
    return render(request, "unions/units.html", {
        "form": form, "level": level, "found": trees.with_names_above(found), "most": trees.FOUND_AT_MOST,
        "only": only, "below": trees.level_below(only, form.day, request.GET.get("trang")) if only else None, **_asked_day(form),
        "may_enter": office.sees_all or bool(office.governed_paths)})


def _asked_day(form: TreeForm) -> dict[str, str]:
    """The parts of links that keep a former day: the only one, and one among others."""
    said = f"ngay={form.day:%d/%m/%Y}" if form.is_former else ""
    return {"day": said and f"?{said}", "former": said and f"&{said}"}


@in_office
@require_safe
def find_units(request: HttpRequest, office: Office) -> JsonResponse:
    """What fits while somebody types into a field for a unit; `quan-ly`: only what they may change, or (`nguoi`) whose people they manage."""
    wanted = request.GET.get("quan-ly")
    among = office.units if wanted is None else office.managed_units if wanted == "nguoi" else office.governed_units
    found = trees.search_units(among.filter(active_until__isnull=True), request.GET.get("q", "").split(BETWEEN)[-1][:120])
    return JsonResponse({"units": [{"value": as_typed(unit), "note": above} for unit, above in trees.with_names_above(found)]})


@in_office
@require_safe
def show_unit(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    now = timezone.now()
    form = TreeForm(request.GET, on=timezone.localdate(now))
    record = records.record_of(office, seen_unit(office, uuid), form.day, request.GET.get("trang"))
    context = {"record": record, "unit": record.unit, "form": form, **_asked_day(form), "changes": _with_undo(office, record.changes, now)}
    return render(request, "unions/unit.html", context)


def _with_undo(office: Office, found, now) -> list[tuple[UnitChange, bool]]:
    return [(change, change.is_kept and changes.is_in_time(change=change, now=now) and all(map(office.governs, change.units.all()))) for change in found]


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def add_unit(request: HttpRequest, office: Office) -> HttpResponse:
    if not (office.sees_all or office.governed_paths):
        raise PermissionDenied
    today = timezone.localdate()
    above = office.governed_units.filter(uuid=request.GET["tren"]).first() if _is_uuid(request.GET.get("tren", "")) else None
    form = NewUnitForm(request.POST or None, office=office, on=today, initial={"parent": as_typed(above), "active_from": today})
    if request.method == "POST" and form.is_valid():
        try:
            unit = units.create_unit(**form.cleaned_data)
        except UnionsError as error:
            form.add_error({"code_taken": "code"}.get(error.code, "active_from"), str(error.message))
        else:
            messages.success(request, _("The unit is entered."))
            return redirect("units:show-unit", unit.uuid)
    return render(request, "unions/unit_form.html", {"form": form}, status=422 if form.errors else 200)


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def edit_unit(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    unit, today = governed_unit(office, uuid), timezone.localdate()
    form = FactsForm(request.POST or None, on=today, initial=_facts(unit, today))
    if request.method == "POST" and form.is_valid():
        try:
            units.correct_unit(unit=unit, **form.cleaned_data)
        except UnionsError as error:
            form.add_error("code", str(error.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("units:show-unit", unit.uuid)
    return render(request, "unions/unit_form.html", {"form": form, "unit": unit}, status=422 if form.errors else 200)


def _facts(unit: Unit, today: date) -> dict:
    return {
        "code": unit.code, "type": unit.type_id, "sector": unit.sector, "region": unit.region_id, "members": unit.members, "workers": unit.workers,
        "counted_on": today}


@in_office
@require_safe
def list_changes(request: HttpRequest, office: Office) -> HttpResponse:
    page = records.changes_page(office, request.GET.get("trang"))
    return render(request, "unions/unit_changes.html", {"page": page, "changes": _with_undo(office, page.object_list, timezone.now())})


@in_office
@require_POST
def undo_change(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    change = get_object_or_404(records.changes_seen(office), uuid=uuid)
    if not all(map(office.governs, change.units.all())):
        raise PermissionDenied
    try:
        changes.undo_change(change=change, by=request.user, now=timezone.now())
    except UnionsError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Undone. Everything stands as it did before."))
    return redirect(reverse("units:list-changes"))
