"""Doors to required courses in the office: the rules, a new one with its preview, one rule with its people, ending it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learning.models import AssignmentRule
from learning.services import LearningError
from learning.services.assignments import change_rule, end_rule, make_rule, settle_rule
from learning.tasks import settle_rule as settle_rule_later
from training.forms.assignments import PeopleFilterForm, RuleChangeForm, RuleForm
from training.selectors.assignments import rule_record, rules_page
from training.views.doors import in_office
from unions.forms.audiences import AudienceForm
from unions.models import Unit
from unions.selectors.audiences import Meant, count_meant, describe
from unions.selectors.scopes import Office

# Assigning so many takes about a second.
PEOPLE_AT_ONCE = 1000


def _rule(office: Office, uuid: UUID) -> AssignmentRule:
    return get_object_or_404(AssignmentRule.objects.visible_to(office.user).select_related("unit", "course", "audience"), uuid=uuid)


def _managed_rule(office: Office, uuid: UUID) -> AssignmentRule:
    rule = _rule(office, uuid)
    if not office.manages(rule.unit):
        raise PermissionDenied
    return rule


@in_office
@require_safe
def list_rules(request: HttpRequest, office: Office) -> HttpResponse:
    ended = request.GET.get("xem") == "da-het"
    rules = rules_page(office, request.GET.get("trang"), timezone.localdate(), ended=ended)
    may_make = office.sees_all or bool(office.managed_paths)
    return render(request, "training/assignments.html", {"rules": rules, "may_make": may_make, "query": "&xem=da-het" if ended else ""})


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, office: Office) -> HttpResponse:
    """First say how many people would be assigned, and store nothing; then, asked once more, require the course of them."""
    if not office.sees_all and not office.managed_paths:
        raise PermissionDenied
    now = timezone.now()
    form = RuleForm(request.POST or None, office=office, on=timezone.localdate(now))
    audience = AudienceForm(request.POST or None, office=office, on=timezone.localdate(now))
    forms = {"form": form, "audience": audience}
    if request.method != "POST" or not _are_valid(form, audience):
        return render(request, "training/assignment_form.html", forms, status=422 if request.method == "POST" else 200)
    preview = _preview(form.cleaned_data["unit"], audience.meant)
    if "save" not in request.POST:
        return render(request, "training/assignment_form.html", forms | {"preview": preview})
    try:
        rule = make_rule(**form.rule, meant=audience.meant, by=request.user, now=now)
    except LearningError as error:
        form.add_error({"due_too_early": "due_on", "no_certificate_given": "need"}.get(error.code, "course"), error.message)
        return render(request, "training/assignment_form.html", forms, status=422)
    return _settled(request, rule, preview["people"])


def _are_valid(*forms) -> bool:
    # Every form says what is wrong with it, not only the first one.
    return False not in [form.is_valid() for form in forms]


def _preview(unit: Unit, meant: Meant) -> dict:
    return {"people": count_meant(meant, Unit.objects.under(unit), timezone.localdate()), "audience": describe(meant), "unit": unit}


def _settled(request: HttpRequest, rule: AssignmentRule, people: int) -> HttpResponse:
    """Assign a few people at once; many in the background, while the page of the rule shows how many it has reached."""
    if people <= PEOPLE_AT_ONCE:
        settle_rule(rule=rule, now=timezone.now(), by=request.user)
        messages.success(request, _("Saved. Whoever is meant finds the course on their own page."))
    else:
        settle_rule_later.enqueue(rule.pk, request.user.pk)
        messages.success(request, _("Saved. So many people are assigned in the background; this page shows how far it is."))
    return redirect("assignments:show-rule", rule.uuid)


@in_office
@require_safe
def show_rule(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    form = PeopleFilterForm(request.GET)
    record = rule_record(office, _rule(office, uuid), timezone.localdate(), state=form.state, q=form.q, number=request.GET.get("trang"))
    return render(request, "training/assignment.html", {"record": record, "form": form, "query": f"&{urlencode(form.params)}"})


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    rule, now = _managed_rule(office, uuid), timezone.now()
    form = RuleChangeForm(request.POST or None, rule=rule)
    audience = AudienceForm(request.POST or None, office=office, on=timezone.localdate(now), audience=rule.audience)
    context = {"form": form, "audience": audience, "rule": rule}
    if request.method != "POST" or not _are_valid(form, audience):
        return render(request, "training/assignment_form.html", context, status=422 if request.method == "POST" else 200)
    preview = _preview(rule.unit, audience.meant)
    if "save" not in request.POST:
        return render(request, "training/assignment_form.html", context | {"preview": preview})
    try:
        change_rule(rule=rule, meant=audience.meant, facts=form.facts, now=now)
    except LearningError as error:
        form.add_error("due_on" if error.code == "due_too_early" else None, error.message)
        return render(request, "training/assignment_form.html", context, status=422)
    return _settled(request, rule, preview["people"])


@in_office
@require_POST
def end(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    end_rule(rule=_managed_rule(office, uuid), now=timezone.now())
    messages.success(request, _("The rule is ended. Nobody is asked for it any more; what was done stays."))
    return redirect("assignments:list-rules")
