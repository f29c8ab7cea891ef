"""Doors to targets and schemes: the list, a new one with its preview, changing, carrying on to the next year, ending."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from training.forms.targets import SchemeChangeForm, SchemeForm, TargetChangeForm, TargetFactsForm, TargetForm
from training.models import Scheme, Target
from training.selectors import targets as selectors
from training.services import targets as services
from training.services.errors import ChangedMeanwhile, TargetError
from training.views.doors import in_office
from unions.forms.audiences import AudienceForm
from unions.models import Unit
from unions.selectors.audiences import count_meant, describe
from unions.selectors.scopes import Office

BELOW = "ben-duoi"


def _target(office: Office, uuid: UUID, *, managed: bool = False) -> Target:
    found = Target.objects.visible_to(office.user).select_related("unit", "scheme", "audience__from_kind", "made_by")
    target = get_object_or_404(found, uuid=uuid)
    if managed and not office.manages(target.unit):
        raise PermissionDenied
    return target


def _may_set(office: Office) -> bool:
    return office.sees_all or bool(office.managed_paths)


def _year(request: HttpRequest, years: list[int]) -> int:
    asked = request.GET.get("nam", "")
    return int(asked) if asked.isdecimal() and int(asked) in years else timezone.localdate().year


@in_office
@require_safe
def list_targets(request: HttpRequest, office: Office) -> HttpResponse:
    today, below = timezone.localdate(), request.GET.get("xem") == BELOW
    year = _year(request, selectors.years_of(office.user, today))
    found = selectors.targets_page(office, year=year, mine=not below, on=today, number=request.GET.get("trang"))
    view = f"&xem={BELOW}" if below else ""
    return render(request, "training/targets.html", {
        "found": found, "below": below, "view": view, "may_set": _may_set(office), "next_year": year + 1, "query": f"&nam={year}{view}"})


@in_office
@require_safe
def show_target(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    record = selectors.target_record(office, _target(office, uuid), timezone.localdate())
    return render(request, "training/target.html", {"record": record, "target": record.target})


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def make_target(request: HttpRequest, office: Office) -> HttpResponse:
    """First say how many people would be meant, and store nothing; then, asked once more, set the target."""
    if not _may_set(office):
        raise PermissionDenied
    now, source = timezone.now(), _source(request, office)
    like = source and services.facts_for_year(source, source.year + 1)
    unit = source.unit if source and office.manages(source.unit) else None
    form = TargetForm(request.POST or None, office=office, on=timezone.localdate(now), unit=unit, like=like)
    audience = AudienceForm(request.POST or None, office=office, on=timezone.localdate(now), audience=source and source.audience)
    if (answer := _looked_at(request, form, audience, lambda: form.cleaned_data["unit"])) is not None:
        return answer
    try:
        target = services.make_target(**form.where, facts=form.facts, meant=audience.meant, by=request.user, now=now)
    except TargetError as error:
        form.refuse(error)
        return _drawn(request, form, audience)
    messages.success(request, _("Saved. The units below see their own part of it."))
    return redirect("targets:show-target", target.uuid)


def _source(request: HttpRequest, office: Office) -> Target | None:
    """The target that the new one carries on, if it was asked for."""
    try:
        uuid = UUID(request.GET.get("tu", ""))
    except ValueError:
        return None
    return _target(office, uuid)


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def change_target(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    target = _target(office, uuid, managed=True)
    form = TargetChangeForm(request.POST or None, office=office, target=target, seen=services.told_of(target))
    audience = AudienceForm(request.POST or None, office=office, on=timezone.localdate(), audience=target.audience)
    if (answer := _looked_at(request, form, audience, lambda: target.unit, target)) is not None:
        return answer
    try:
        services.change_target(target=target, facts=form.facts, meant=audience.meant, seen=form.cleaned_data["seen"])
    except TargetError as error:
        form.refuse(error)
        if isinstance(error, ChangedMeanwhile):
            form.look_again(services.told_of(_target(office, uuid)))
        return _drawn(request, form, audience, target)
    messages.success(request, _("Saved. How far it is met is counted anew."))
    return redirect("targets:show-target", target.uuid)


def _looked_at(request: HttpRequest, form: TargetFactsForm, audience: AudienceForm, unit_of, target: Target | None = None) -> HttpResponse | None:
    """Draw the form, what is wrong with it, or how many people are meant; None when it is to be saved."""
    if request.method != "POST":
        return _drawn(request, form, audience, target)
    if False in [form.is_valid(), audience.is_valid()]:
        return _drawn(request, form, audience, target)
    if "save" in request.POST:
        return None
    unit = unit_of()
    people = count_meant(audience.meant, Unit.objects.under(unit), timezone.localdate())
    return _drawn(request, form, audience, target, {"people": people, "audience": describe(audience.meant), "unit": unit})


def _drawn(request: HttpRequest, form, audience, target: Target | None = None, preview: dict | None = None) -> HttpResponse:
    context = {"form": form, "audience": audience, "target": target, "preview": preview}
    return render(request, "training/target_form.html", context, status=422 if form.errors or audience.errors else 200)


@in_office
@require_POST
def end_target(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    target = _target(office, uuid, managed=True)
    services.end_target(target=target)
    messages.success(request, _("The target is no longer in force. Its figures can still be looked at here."))
    return redirect("targets:show-target", target.uuid)


@in_office
@require_POST
def resume_target(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    target = _target(office, uuid, managed=True)
    services.resume_target(target=target)
    messages.success(request, _("The target is in force again."))
    return redirect("targets:show-target", target.uuid)


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def copy_targets(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the targets of a year that one may carry on to the next, and carry on those that are ticked."""
    if not _may_set(office):
        raise PermissionDenied
    today = timezone.localdate()
    year = _year(request, selectors.years_of(request.user, today))
    offered = selectors.targets_to_copy(request.user, year)
    if request.method != "POST":
        return render(request, "training/targets_copy.html", {"targets": list(offered[:selectors.CHOSEN_FROM]), "year": year, "next_year": year + 1})
    ticked = {str(target.uuid): target for target in offered}
    chosen = [ticked[uuid] for uuid in request.POST.getlist("target") if uuid in ticked]
    copies = services.copy_targets(targets=chosen, year=year + 1, by=request.user, now=timezone.now())
    messages.success(request, ngettext(
        "%(count)s target is copied to %(year)s. What that year had already was left alone.",
        "%(count)s targets are copied to %(year)s. What that year had already was left alone.", len(copies)) % {"count": len(copies), "year": year + 1})
    return redirect(f"{reverse('targets:list-targets')}?nam={year + 1}")


# Schemes

@in_office
@require_safe
def list_schemes(request: HttpRequest, office: Office) -> HttpResponse:
    schemes = [(scheme, office.manages(scheme.unit)) for scheme in selectors.schemes_of(office)[:selectors.CHOSEN_FROM]]
    return render(request, "training/target_schemes.html", {"schemes": schemes, "may_set": _may_set(office)})


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def make_scheme(request: HttpRequest, office: Office) -> HttpResponse:
    if not _may_set(office):
        raise PermissionDenied
    form = SchemeForm(request.POST or None, office=office, on=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            services.make_scheme(**form.where, facts=form.facts, by=request.user)
        except TargetError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. Choose the scheme in the targets that belong to it."))
            return redirect("targets:list-schemes")
    return render(request, "training/target_scheme_form.html", {"form": form}, status=422 if form.errors else 200)


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def change_scheme(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    scheme = get_object_or_404(Scheme.objects.visible_to(request.user).select_related("unit"), uuid=uuid)
    if not office.manages(scheme.unit):
        raise PermissionDenied
    form = SchemeChangeForm(request.POST or None, scheme=scheme)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_scheme(scheme=scheme, facts=form.facts)
        except TargetError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("targets:list-schemes")
    return render(request, "training/target_scheme_form.html", {"form": form, "scheme": scheme}, status=422 if form.errors else 200)
