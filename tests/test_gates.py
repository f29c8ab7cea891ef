"""One walk through every address of the site: nobody gets out of it what stands in another unit's records.

Every role asks for everything of ward A: a stranger, a learner, and of ward B the trainer, the editor, the viewer, the training administrator
and the system administrator. `tests.places` says which of A's records stand behind each address; an address that it does not know fails the walk,
so that nobody adds one without thinking of this. Whoever may only look in ward A itself changes nothing there.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from zipfile import ZipFile, is_zipfile

import pytest
from django.apps import apps
from django.http import HttpResponse

from accounts.models import User
from quizzes.models import ExtraTime
from tests.factories import quizzes
from tests.factories import training as office
from tests.places import NAME, SECRETS, Address, Stage, addresses, make_stage, places
from training.models import Target
from unions.enums import Role
from unions.models import Audience

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
SHUT = {301, 302, 303, 403, 404, 405}
# Pages of the editor that are made of people; all others are the same for everybody who may write.
TELLS_OF_PEOPLE = re.compile(r"/(?:users|people_chooser|groups/(?:edit|$)|reports/site-history/$|bulk)|extratime")
# What trainers and editors may do with questions, quizzes and answers is asked by rights of the editor, which are not bound to a ward.
# The doors of a unit's records ask which unit it is; of the roles with a door of their own these may change the most.
POSTING = {"nobody", "training admin", "b"}
BANK, BANK_ROLES = ("marking:", "bank:"), {"trainer", "editor"}


@pytest.fixture
def stage() -> Stage:
    return make_stage()


# Open to everybody who is signed in, or to all the world: what stands there says nothing of anybody.
OPEN = {
    "accounts:scan-slip", "certificates:show-key", "certificates:show-profile", "certificates:show-status-list", "certificates:show-verification",
    "certificates:download-credential", "joining:join-class", "laws:show-document", "learning:enrol", "learning:record-reading", "learning:start-quiz",
    "quizzes:preview-quiz", "quizzes:show-quiz", "quizzes:start-quiz",
}
# Behind these stands nothing of A's that its administrator could see either: other rights, the learner's own, or made for the walk.
NOT_EVEN_A = {
    "assignments:show-reaching",
    # Of the whole site, for its administrators.
    "operations:retry-all", "operations:retry-task", "operations:show-operations",
    # It typesets a paper, which takes a second.
    "runs:preview-paper",
}


def told(response) -> str:
    """Everything that an answer says: its body, what is packed in it, where it leads."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    parts = [body]
    if is_zipfile(BytesIO(body)):
        with ZipFile(BytesIO(body)) as packed:
            parts += [packed.read(name) for name in packed.namelist()]
    return "\n".join(part.decode("utf-8", "replace") for part in parts) + response.headers.get("Location", "")


def leaks(response) -> list[str]:
    said = told(response)
    return [secret for secret in SECRETS if secret in said]


def with_parts() -> list[Address]:
    return [address for address in addresses() if not address.is_others and address.has_parts]


def without_parts() -> list[Address]:
    return [address for address in addresses() if not address.is_others and not address.has_parts]


def asked_of(address: Address, of_a: dict[str, str]) -> list[dict[str, str]]:
    """How the administrator of ward B asks a list: as it is; in the office also for A's person by name, and for A's unit."""
    asks_more = address.pattern.startswith("dao-tao/")
    return [{}, {"q": "dinh thi ngoc uyen"}, of_a] if asks_more else [{}]


def walk_records(known: dict, clients: dict) -> Iterator[tuple]:
    for address in with_parts():
        at = address.at(known[address.name])
        allowed = SHUT if address.name not in OPEN else None
        for who, client in clients.items():
            if who not in BANK_ROLES or not address.name.startswith(BANK):
                yield who, address, at, client.get(at), allowed
                if who in POSTING:
                    yield f"{who}, posting", address, at, client.post(at), allowed


def walk_shared_targets(stage: Stage, of_a: dict[str, str], clients: dict, now) -> Iterator[tuple]:
    """A target of the province holds in both wards: asked with a unit of A it must tell ward B nothing of A's people."""
    target = Target.objects.create(
        unit=stage.province.top, year=2026, title="Chỉ tiêu của tỉnh", audience=Audience.objects.create(), due_on=now.date(), made_at=now)
    target.courses.add(office.course())
    for address in with_parts():
        if address.name.startswith("coverage:"):
            at = address.at({"uuid": target.uuid})
            for asked in ({}, of_a):
                yield "b", address, at, clients["b"].get(at, asked), None


def walk_lists(of_a: dict[str, str], clients: dict) -> Iterator[tuple]:
    for address in without_parts():
        at = f"/{address.pattern}"
        for who in ("stranger", "nobody", "trainer"):
            yield who, address, at, clients[who].get(at), None
        for asked in asked_of(address, of_a):
            yield "b", address, at, clients["b"].get(at, asked), None


def walk_others(stage: Stage, clients: dict) -> Iterator[tuple]:
    """The editor is shut before anybody looks what is asked for, save for three pages that hold nothing."""
    for address in addresses():
        if address.is_others and "error_test" not in address.name:
            at = address.at_anything.replace("/1", f"/{stage.person.pk}")
            is_shut = address.is_editors and address.name not in {"wagtailadmin_sprite", "wagtailadmin_login", "wagtailadmin_javascript_catalog"}
            who = "b" if address.is_editors else "stranger"
            # The editor says each time that it is shut; what piles up in the cookie is read again and again.
            clients[who].cookies.pop("messages", None)
            yield who, address, at, clients[who].get(at), SHUT if is_shut else None
            if address.is_editors and TELLS_OF_PEOPLE.search(address.pattern):
                clients["editor"].cookies.pop("messages", None)
                yield "editor", address, at, clients["editor"].get(at), None


@pytest.fixture
def bare_refusals(monkeypatch):
    """Refusals without their pages, which say nothing of what was asked for: drawing a thousand of them is most of the walk."""
    for code in (403, 404):
        monkeypatch.setattr(f"lms.urls.handler{code}", lambda request, exception, code=code: HttpResponse(status=code), raising=False)


def test_nobody_else_gets_at_the_records_of_a(stage, outsider, as_user, now, bare_refusals):
    known = places(stage, now)
    names = {address.name for address in with_parts()}
    assert not names - set(known), "say in `places` which of A's records stands there"
    assert not set(known) - names, "these addresses are no longer there"
    people = {"stranger": None, "nobody": outsider} | stage.roles_of_b()
    clients = {who: as_user(user, raise_request_exception=False) for who, user in people.items()}
    unit, person = str(stage.province.company_a.uuid), str(stage.person.uuid)
    of_a = {"unit": unit, "don-vi": unit, "don_vi": unit, "nguoi": person, "person": person, "branch": unit}
    walk = chain(
        walk_records(known, clients), walk_shared_targets(stage, of_a, clients, now), walk_lists(of_a, clients), walk_others(stage, clients))
    wrong = [
        (who, address.name, at, answer.status_code, leaks(answer)) for who, address, at, answer, allowed in walk
        if leaks(answer) or answer.status_code >= 500 or (allowed and answer.status_code not in allowed)]
    assert wrong == []
    # A door that is shut for everybody would prove nothing: A's administrator gets in, and finds A's records.
    admin_a = as_user(stage.admin_a, raise_request_exception=False)
    office_pages = [address for address in addresses() if address.pattern.startswith("dao-tao/") and not address.name.startswith(("marking:", "bank:"))]
    answers = {address.name: admin_a.get(address.at(known.get(address.name, {}))) for address in office_pages}
    assert {name for name, answer in answers.items() if answer.status_code in (403, 404, 500)} - NOT_EVEN_A == set()
    assert {"training:list-learners", "training:export-learners", "people:list-people", "people:list-roles", "books:list-records"} <= {
        name for name, answer in answers.items() if leaks(answer)}


# Where in memory a block of a question lies says nothing of it.
_PLACE = re.compile(r" at 0x[0-9a-f]+")


def rows_of_a(stage: Stage) -> dict[str, object]:
    """What ward A's records say, without what a look itself leaves behind: notes of it, sessions, counts of tries, work in the background."""
    left_behind = {"accounts.LogEntry", "usersessions.UserSession", "cms.Duty", "cms.Worker", "training.Export", "certificates.Printout"}
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in FLOORS and model._meta.label not in left_behind]
    return {model._meta.label: sorted(_PLACE.sub("", repr(row)) for row in model._base_manager.values_list()) for model in ours if not model._meta.proxy}


FLOORS = {"accounts", "unions", "learning", "certificates", "training", "quizzes"}


def test_who_may_only_look_changes_nothing(stage, as_user, now, bare_refusals):
    """The viewer of ward A posts to every address of the office with A's own records in it."""
    known = places(stage, now)
    viewer = office.officer("Chỉ Xem Của A", stage.province.ward_a, Role.VIEWER)
    client = as_user(viewer, raise_request_exception=False)
    asked = [address for address in addresses() if address.pattern.startswith("dao-tao/")]
    before = rows_of_a(stage)

    answers = [(address.name, client.post(address.at(known.get(address.name, {}))).status_code) for address in asked]

    assert [answer for answer in answers if answer[1] >= 500] == []
    after = rows_of_a(stage)
    assert {label for label in before if before[label] != after[label]} == set()


@pytest.mark.parametrize("who", ["trainer", "editor"])
def test_the_editor_names_nobody_whose_record_one_may_not_see(stage, as_user, who):
    """A number in an address, a list to choose from, a list of who needs more time and why."""
    more = ExtraTime.objects.create(quiz=quizzes.quiz(), user=stage.person, seconds=600, reason="Lý do sức khỏe")
    client = as_user(stage.roles_of_b()[who], raise_request_exception=False)
    person, number = stage.person, more.pk
    asked = [
        "/quan-tri/people_chooser/", "/quan-tri/people_chooser/results/?q=uyen", f"/quan-tri/people_chooser/chosen/{person.pk}/",
        f"/quan-tri/people_chooser/chosen-multiple/?id={person.pk}&id=x", "/quan-tri/snippets/quizzes/extratime/",
        *(f"/quan-tri/snippets/quizzes/extratime/{page}/{number}/" for page in ("edit", "usage", "history", "history-results", "copy", "delete")),
        f"/quan-tri/users/edit/{person.pk}/", f"/quan-tri/bulk/accounts/user/assign_role/?id={person.pk}"]
    for at in asked:
        said = told(client.get(at))
        assert NAME not in said and "Lý do sức khỏe" not in said, at
    fields = {"quiz": more.quiz.pk, "user": person.pk, "group": "", "minutes": "5", "reason": "x"}
    assert NAME not in told(client.post("/quan-tri/snippets/quizzes/extratime/add/", fields))
    assert ExtraTime.objects.count() == 1
    superuser = as_user(User.objects.create_superuser("goc@example.org", "Người Gốc"))
    assert NAME in told(superuser.get("/quan-tri/snippets/quizzes/extratime/"))
