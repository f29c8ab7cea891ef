"""Doors to cadres: the list, one person's record, what an office knows of them, their posts."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Act
from accounts.models import User
from accounts.services import AccountError, note
from unions.forms.people import CadreFilterForm, EndPostForm, FactsForm, NewPersonForm, PostForm, StandingPostForm
from unions.models import Post, Unit
from unions.selectors import cadres
from unions.selectors.posts import told_of
from unions.selectors.roles import keeps_account
from unions.selectors.scopes import Office
from unions.services import people as services
from unions.services import posts
from unions.services.errors import UnionsError
from unions.views.doors import in_office

FORMS = ["GET", "HEAD", "POST"]


@in_office
@require_safe
def list_people(request: HttpRequest, office: Office) -> HttpResponse:
    today = timezone.localdate()
    form = CadreFilterForm(request.GET, office=office, on=today)
    page = cadres.cadres_page(office, form.wanted, today, after=_uuid(request.GET.get("sau")), before=_uuid(request.GET.get("truoc")))
    may_add = office.sees_all or bool(office.managed_paths)
    return render(request, "unions/people.html", {
        "form": form, "wanted": form.wanted, "page": page, "query": urlencode(form.wanted.params), "may_add": may_add, "most": cadres.COUNTED})


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@in_office
@require_safe
def show_person(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    now = timezone.now()
    person = _seen(office, uuid, timezone.localdate(now))
    record = cadres.record_of(office, person, timezone.localdate(now))
    note(about=person, act=Act.LOOKED, by=request.user, now=now)
    return render(request, "unions/person.html", {"record": record, "person": person, "today": timezone.localdate(now)})


def _seen(office: Office, uuid: UUID, on: date) -> User:
    return get_object_or_404(cadres.people_seen(office, on), uuid=uuid)


def _managed(office: Office, uuid: UUID, on: date) -> User:
    """Return the person, unless they are out of sight (404) or only to be looked at (403)."""
    person = _seen(office, uuid, on)
    if not (office.sees_all or Post.objects.on(on).filter(user=person, unit__in=office.managed_units).exists()):
        raise PermissionDenied
    return person


def _refused(form: Form, error: AccountError | UnionsError) -> None:
    field = getattr(error, "field", None)
    form.add_error(field if field in form.fields else None, error.message)


def _asked_unit(request: HttpRequest, office: Office) -> Unit | None:
    uuid = _uuid(request.GET.get("unit"))
    return office.managed_units.filter(uuid=uuid).first() if uuid else None


@in_office
@require_http_methods(FORMS)
def add_person(request: HttpRequest, office: Office) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    if not (office.sees_all or office.managed_paths):
        raise PermissionDenied
    form = NewPersonForm(request.POST or None, on=today)
    post_form = PostForm(request.POST or None, units=office.managed_units, on=today, unit=_asked_unit(request, office))
    if request.method == "POST" and all([form.is_valid(), post_form.is_valid()]):
        try:
            person = services.enter_person(
                facts=form.facts, unit=post_form.cleaned_data["unit"], said=post_form.said, by=request.user, now=now,
                is_somebody_else=form.cleaned_data["is_somebody_else"])
        except (AccountError, UnionsError) as error:
            _refused(form, error)
            return _drawn(request, "unions/person_new.html", form, post_form=post_form, namesake=getattr(error, "person", None))
        messages.success(request, _("Entered. A sign-in slip lets the person in."))
        return _back(office, person, today)
    return _drawn(request, "unions/person_new.html", form, post_form=post_form, is_wrong=bool(form.errors or post_form.errors))


def _drawn(request: HttpRequest, template: str, form: Form, **context) -> HttpResponse:
    is_wrong = context.pop("is_wrong", False) or bool(form.errors)
    return render(request, template, {"form": form, "is_wrong": is_wrong, **context}, status=422 if is_wrong else 200)


def _back(office: Office, person: User, on: date) -> HttpResponse:
    """Lead to the person, or to the list when the office no longer sees them."""
    if cadres.people_seen(office, on).filter(pk=person.pk).exists():
        return redirect("people:show-person", person.uuid)
    return redirect("people:list-people")


@in_office
@require_http_methods(FORMS)
def change_person(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    now = timezone.now()
    person = _seen(office, uuid, timezone.localdate(now))
    if not keeps_account(request.user, person, timezone.localdate(now)):
        raise PermissionDenied
    form = FactsForm(request.POST if request.method == "POST" else None, on=timezone.localdate(now), person=person)
    if request.method != "POST":
        note(about=person, act=Act.LOOKED, by=request.user, now=now)
    elif form.is_valid():
        try:
            services.change_facts(user=person, facts=form.facts, by=request.user, now=now)
        except (AccountError, UnionsError) as error:
            _refused(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("people:show-person", person.uuid)
    return _drawn(request, "unions/person_change.html", form, person=person)


@in_office
@require_http_methods(FORMS)
def add_post(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    now = timezone.now()
    person = _managed(office, uuid, timezone.localdate(now))
    form = PostForm(
        request.POST if request.method == "POST" else None, units=office.managed_units, on=timezone.localdate(now), unit=_asked_unit(request, office))
    if request.method == "POST" and form.is_valid():
        try:
            posts.appoint_person(user=person, unit=form.cleaned_data["unit"], **vars(form.said), by=request.user, now=now)
        except UnionsError as error:
            _refused(form, error)
        else:
            messages.success(request, _("The post is entered."))
            return redirect("people:show-person", person.uuid)
    return _drawn(request, "unions/post_new.html", form, person=person)


def _post(office: Office, uuid: UUID, unit: UUID, kind: str, since: str) -> Post:
    """Return the post that the address names, unless it is out of sight (404) or only to be looked at (403)."""
    try:
        day = date.fromisoformat(since)
    except ValueError as error:
        raise Http404 from error
    found = Post.objects.select_related("user", "unit", "kind").filter(unit__in=office.units)
    post = get_object_or_404(found, user__uuid=uuid, unit__uuid=unit, kind__slug=kind, valid_from=day)
    if not office.manages(post.unit):
        raise PermissionDenied
    return post


@in_office
@require_http_methods(FORMS)
def correct_post(request: HttpRequest, office: Office, uuid: UUID, unit: UUID, kind: str, since: str) -> HttpResponse:
    post, now = _post(office, uuid, unit, kind, since), timezone.now()
    form = StandingPostForm(request.POST if request.method == "POST" else None, post=post, told=told_of(post))
    if request.method == "POST" and form.is_valid():
        try:
            posts.correct_post(post=post, said=form.said, by=request.user, now=now, seen=form.cleaned_data["seen"])
        except UnionsError as error:
            _refused(form, error)
        else:
            messages.success(request, _("The post is corrected."))
            return _back(office, post.user, timezone.localdate(now))
    return _drawn(request, "unions/post_correct.html", form, post=post, person=post.user)


@in_office
@require_http_methods(FORMS)
def end_post(request: HttpRequest, office: Office, uuid: UUID, unit: UUID, kind: str, since: str) -> HttpResponse:
    post, now = _post(office, uuid, unit, kind, since), timezone.now()
    initial = {"on": timezone.localdate(now), "seen": told_of(post)}
    form = EndPostForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            posts.end_post(post=post, **form.cleaned_data, by=request.user, now=now)
        except UnionsError as error:
            _refused(form, error)
        else:
            messages.success(request, _("The post ends. The person's former years keep it."))
            return _back(office, post.user, timezone.localdate(now))
    return _drawn(request, "unions/post_end.html", form, post=post, person=post.user)


@in_office
@require_POST
def withdraw_post(request: HttpRequest, office: Office, uuid: UUID, unit: UUID, kind: str, since: str) -> HttpResponse:
    post, now = _post(office, uuid, unit, kind, since), timezone.now()
    try:
        posts.withdraw_post(post=post, by=request.user, now=now)
    except UnionsError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("The post is taken back, as if it had never been. The log keeps that it was entered."))
    return _back(office, post.user, timezone.localdate(now))
