"""Doors to coverage: the year's targets of a unit, one target unit by unit, as a map, by month, by name; enrolling and reminding; files."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from training.forms.coverage import STATES, NamesForm, OverviewForm, WishForm
from training.models import Target
from training.selectors import coverage_pages as pages
from training.selectors.coverage import trend_of
from training.selectors.coverage_pages import Level, Wish
from training.selectors.targets import grouped
from training.services.coverage_book import book_of_coverage
from training.services.coverage_paper import paper_of_coverage
from training.services.errors import TooManyNames
from training.views.doors import in_office
from training.views.learners import WORKBOOK
from training.views.reaching import reach
from unions.selectors.scopes import Office


@in_office
@require_safe
def show_overview(request: HttpRequest, office: Office) -> HttpResponse:
    if target := request.GET.get("target"):
        return _led_on(request, office, target)
    now = timezone.now()
    form = OverviewForm(request.GET, office=office, today=timezone.localdate(now))
    if not form.is_known:
        raise Http404
    rows = pages.overview_of(office, form.unit, form.year, now) if form.unit else []
    may_set = office.sees_all or bool(office.managed_paths)
    is_waiting = any(row.figures is None for row in rows)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"settled": not is_waiting})
    return render(request, "training/coverage_overview.html", {
        "form": form, "groups": grouped(rows), "year": form.year, "unit": form.unit, "may_set": may_set, "is_waiting": is_waiting,
        "today": timezone.localdate(now)})


def _led_on(request: HttpRequest, office: Office, target: str) -> HttpResponse:
    """Another target was chosen from the list on a target's page."""
    try:
        found = get_object_or_404(Target.objects.visible_to(office.user), uuid=UUID(target))
    except ValueError as error:
        raise Http404 from error
    asked = {name: value for name in ("unit", "on", "tree", "xem") if (value := request.GET.get(name))}
    return redirect(f"{reverse('coverage:show-coverage', args=[found.uuid])}?{urlencode(asked)}")


def _of_target(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view what is asked of a target that one sees, in a unit that one sees; anything else is not there."""

    @in_office
    @wraps(view)
    def opened(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
        found = Target.objects.seen_in(office).select_related("unit", "audience__from_kind", "scheme")
        target = get_object_or_404(found, uuid=uuid)
        now = timezone.now()
        form = WishForm(request.GET, office=office, target=target, today=timezone.localdate(now))
        if form.wish is None:
            raise Http404
        return view(request, office, form, now)

    return opened


def _frame(form: WishForm, level: Level, now: datetime) -> dict:
    """What the pages of a target share."""
    wish = form.wish
    params = urlencode(wish.params)
    to_crumbs = urlencode({name: value for name, value in wish.params.items() if name != "unit"})
    return {
        "form": form, "wish": wish, "level": level, "target": wish.target, "query": params, "others": to_crumbs, "more": f"&{params}",
        "is_today": wish.on == timezone.localdate(now), "now": now}


@_of_target
@require_safe
def show_coverage(request: HttpRequest, office: Office, form: WishForm, now: datetime) -> HttpResponse:
    level = pages.level_of(office, form.wish, now, request.GET.get("trang"))
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"settled": not level.coverage.is_waiting})
    view = request.GET.get("xem", "")
    context = _frame(form, level, now) | {"view": view if view in ("ban-do", "thang") else "cay"}
    if view == "thang":
        context["trend"] = trend_of(target=form.wish.target, unit=form.wish.unit, on=form.wish.on, now=now)
    return render(request, "training/coverage.html", context)


@_of_target
@require_safe
def list_names(request: HttpRequest, office: Office, form: WishForm, now: datetime) -> HttpResponse:
    asked = NamesForm(request.GET)
    level = pages.level_of(office, form.wish, now)
    names = pages.names_of(office, form.wish, now, level=level, state=asked.state, q=asked.q, number=request.GET.get("trang"))
    context = _frame(form, level, now)
    context["more"] = f"&{urlencode(form.wish.params | asked.params)}"
    return render(request, "training/coverage_names.html", context | {"names": names, "asked": asked, "view": "ten", "states": STATES})


@_of_target
@require_http_methods(["GET", "HEAD", "POST"])
def enrol_missing(request: HttpRequest, office: Office, form: WishForm, now: datetime) -> HttpResponse:
    return _reached(request, office, form, now, "enrol")


@_of_target
@require_http_methods(["GET", "HEAD", "POST"])
def remind_missing(request: HttpRequest, office: Office, form: WishForm, now: datetime) -> HttpResponse:
    return _reached(request, office, form, now, "remind")


def _reached(request: HttpRequest, office: Office, form: WishForm, now: datetime, kind: str) -> HttpResponse:
    """Say how many people are missing today and ask whether to reach them; then do it."""
    wish = form.wish
    if not office.manages(wish.unit):
        raise PermissionDenied
    # Whoever was missing on a former day may have done it since: people are reached as of today.
    today = Wish(wish.target, wish.unit, timezone.localdate(now))
    back = f"{reverse('coverage:show-coverage', args=[wish.target.uuid])}?{urlencode(today.params)}"
    if request.method == "POST":
        return reach(request, kind=kind, target=wish.target, unit=wish.unit, on=today.on, tree=today.tree, back=back)
    return render(request, "training/coverage_reach.html", {
        "wish": today, "kind": kind, "count": pages.number_missing(today, now), "back": back, "courses": wish.target.courses.order_by("title")})


@_of_target
@require_http_methods(["GET", "HEAD", "POST"])
def export_coverage(request: HttpRequest, office: Office, form: WishForm, now: datetime) -> HttpResponse:
    """Answer with the workbook; only a POST writes names into it, because that is noted."""
    try:
        out = book_of_coverage(office=office, wish=form.wish, now=now, with_names=request.method == "POST")
    except TooManyNames as error:
        messages.warning(request, error.message)
        return redirect(f"{reverse('coverage:list-names', args=[form.wish.target.uuid])}?{urlencode(form.wish.params)}")
    return FileResponse(out, as_attachment=True, filename=_file_name(form.wish, "xlsx"), content_type=WORKBOOK)


@_of_target
@require_safe
def print_coverage(request: HttpRequest, office: Office, form: WishForm, now: datetime) -> HttpResponse:
    pdf = paper_of_coverage(office=office, wish=form.wish, now=now)
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{_file_name(form.wish, "pdf")}"'})


def _file_name(wish: Wish, ending: str) -> str:
    return f"do-phu-{wish.unit.code.lower().encode('ascii', 'ignore').decode()}-{wish.on:%Y-%m-%d}.{ending}"
