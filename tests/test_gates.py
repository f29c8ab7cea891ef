"""One walk through every address of the site: nobody gets out of it what stands in another unit's records.

Every role asks for everything of ward A: a stranger, a learner, and of ward B the trainer, the editor, the viewer, the training administrator
and the system administrator. `places` says which of A's records stand behind each address; an address that it does not know fails the walk,
so that nobody adds one without thinking of this. Whoever may only look in ward A itself changes nothing there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from itertools import chain
from uuid import uuid4
from zipfile import ZipFile, is_zipfile

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from accounts.models import User
from accounts.services.requests import ask
from certificates.enums import NoticeKind, PrintoutKind
from certificates.models import IssueRun, Notice, Printout, RegisterImport
from cms.work import WorkState
from learning.models import AssignmentRule, OutsideStudy
from quizzes.models import Appeal, ExtraTime
from quizzes.services import start_attempt, submit_attempt
from tests.factories import certificates as papers
from tests.factories import courses, quizzes, unions
from tests.factories import training as office
from training.enums import ExportState
from training.models import Export, JoinCode, Joining, Scheme, Target
from unions.enums import ChangeKind, Role
from unions.models import Audience, RosterImport, UnitChange

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

NAME, PHONE, EMAIL, CODE = "Đinh Thị Ngọc Uyển", "+84912000111", "ngoc.uyen@ward-a.example", "DV-7781"
# What must never be told; a page may say again what somebody typed into its search, so searches ask without diacritics and spaces.
SECRETS = (NAME, NAME.upper(), PHONE, "0912 000 111", EMAIL, CODE, "Phan Quản Trị Phường A")
SHUT = {301, 302, 303, 403, 404, 405}
_PART = re.compile(r"<(?:\w+:)?(\w+)>")
_GROUP = re.compile(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)|\((?:[^()]|\([^()]*\))*\)\*?")
UNKNOWN = str(uuid4())
# Pages of the editor that are made of people; all others are the same for everybody who may write.
TELLS_OF_PEOPLE = re.compile(r"/(?:users|people_chooser|groups/(?:edit|$)|reports/site-history/$|bulk)|extratime")
# What trainers and editors may do with questions, quizzes and answers is asked by rights of the editor, which are not bound to a ward.
# The doors of a unit's records ask which unit it is; of the roles with a door of their own these may change the most.
POSTING = {"nobody", "training admin", "b"}
BANK, BANK_ROLES = ("marking:", "bank:"), {"trainer", "editor"}


@dataclass(frozen=True)
class Address:
    name: str
    pattern: str

    @property
    def is_editors(self) -> bool:
        return self.pattern.startswith("quan-tri/")

    @property
    def is_others(self) -> bool:
        """Whether the packages that we build on made it: the editor, signing in, pages, documents."""
        ours = self.name.split(":")[0] in OURS or self.pattern.startswith("dao-tao/")
        return self.is_editors or not ours

    def at(self, parts: dict[str, object]) -> str:
        return "/" + _PART.sub(lambda found: str(parts[found[1]]), self.pattern)

    @property
    def at_anything(self) -> str:
        """Some address of this pattern, for doors that are shut before anybody looks what stands behind them."""
        plain = _GROUP.sub("1", _PART.sub("1", self.pattern))
        return "/" + plain.replace("^", "").replace("$", "").replace("\\", "")


OURS = {
    "accounts", "assignments", "bank", "books", "certificates", "class-codes", "contests", "courses", "coverage", "joining", "laws", "learning",
    "marking", "operations", "people", "privacy", "quizzes", "rosters", "runs", "slips", "statistics", "targets", "training", "units",
}


def addresses(patterns=None, prefix: str = "", space: str = "") -> Iterator[Address]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, prefix + str(entry.pattern), ":".join(filter(None, [space, entry.namespace])))
        else:
            yield Address(":".join(filter(None, [space, entry.name])), prefix + str(entry.pattern))


@dataclass
class Stage:
    """Ward A with everything that can stand in its records, and ward B."""

    province: office.Province
    person: User
    admin_a: User
    admin_b: User

    def roles_of_b(self) -> dict[str, User]:
        """Who works in ward B: with a role there, and those who write and publish with their rights in the editor."""
        given = {"trainer": Role.TRAINER, "editor": Role.REVIEWER, "viewer": Role.VIEWER, "training admin": Role.TRAINING_ADMIN}
        people = {who: office.officer(f"Võ Người Của B {who}", self.province.ward_b, role) for who, role in given.items()}
        people["trainer"].groups.add(Group.objects.get(name="Giảng viên"))
        people["editor"].groups.add(Group.objects.get(name="Người duyệt"))
        return people | {"b": self.admin_b}


@pytest.fixture
def stage() -> Stage:
    province = office.province()
    person = office.person(NAME, province.company_a, email=EMAIL, phone=PHONE, member_code=CODE, birth_year=1987)
    admin_a = office.officer("Phan Quản Trị Phường A", province.ward_a, Role.SYSTEM_ADMIN)
    admin_b = office.officer("Phan Quản Trị Phường B", province.ward_b, Role.SYSTEM_ADMIN)
    office.person("Bùi Người Của B", province.company_b)
    return Stage(province, person, admin_a, admin_b)


def places(stage: Stage, now) -> dict[str, dict]:
    """Say for every address of ours with something in it which of A's records it leads to."""
    found: dict[str, dict] = {}
    for part in (_learning_places, _paper_places, _people_places, _training_places, _other_places):
        found.update(part(stage, now))
    return found


def _of(space: str, parts: dict, *names: str) -> dict[str, dict]:
    return {f"{space}:{name}": parts for name in names}


def _learning_places(stage: Stage, now) -> dict[str, dict]:
    person = stage.person
    course = courses.small_course(slug="khoa-cua-a")
    lesson = course.get_descendants().get(slug="bai-1")
    quiz_page = course.get_descendants().get(slug="kiem-tra-1")
    quiz = quiz_page.specific.quiz
    attempt = start_attempt(quiz=quiz, user=person, now=now)
    submit_attempt(attempt=attempt, now=now)
    slot = attempt.slots.select_related("version").first()
    appeal = Appeal.objects.create(slot=slot, question_id=slot.version.question_id, by=person, text="Câu này sai.", made_at=now)
    study = OutsideStudy.objects.create(
        user=person, title="Lớp ở trường", organiser="Trường", ended_on=now.date(), entered_by=person, entered_at=now,
        proof=ContentFile(b"%PDF-1.4", "minh-chung.pdf"), proof_name="minh-chung.pdf")
    one, position = {"uuid": attempt.uuid}, {"uuid": attempt.uuid, "position": 1}
    return {
        **_of("learning", {"slug": "khoa-cua-a"}, "enrol"),
        **_of("learning", {"key": lesson.translation_key}, "record-reading"), **_of("learning", {"key": quiz_page.translation_key}, "start-quiz"),
        **_of("learning", {"uuid": study.uuid}, "change-study", "withdraw-study", "download-proof"),
        **_of("training", {"uuid": study.uuid}, "show-study", "download-proof"),
        **_of("quizzes", {"uuid": quiz.uuid}, "show-quiz", "start-quiz", "preview-quiz"),
        **_of("quizzes", one, "show-attempt", "show-all", "show-cards", "save-all", "submit-attempt", "show-result"),
        **_of("quizzes", position, "show-question", "save-answer", "upload-file", "appeal-question"),
        **_of("quizzes", {**one, "file": UNKNOWN}, "download-file"), **_of("quizzes", {"code": attempt.receipt_code or "khong-co"}, "show-receipt"),
        **_of("marking", one, "show-attempt"), **_of("marking", position, "mark-answer"), **_of("marking", {"uuid": appeal.uuid}, "show-appeal"),
        **_of("marking", {"uuid": quiz.uuid}, "show-analysis", "ask-analysis", "download-analysis"),
        **_of("marking", {"uuid": quiz.uuid, "question": quizzes.one_answer().uuid}, "show-analysed-question"),
    }


def _paper_places(stage: Stage, now) -> dict[str, dict]:
    province, admin = stage.province, stage.admin_a
    issuer = papers.issuer(unit=province.ward_a)
    certificate = office.certified(stage.person)
    run = IssueRun.objects.create(name="Lớp của A", course=certificate.course, issuer=issuer, by=admin, state=WorkState.READY, made_at=now)
    other = office.finished(stage.person, office.course("Khóa thứ hai", "khoa-hai"))
    run.rows.create(completion=other.completion, position=1)
    printout = Printout.objects.create(
        kind=PrintoutKind.LIST_PDF, by=admin, run=run, made_at=now, state=WorkState.DONE, file=ContentFile(NAME.encode(), "ds.pdf"))
    brought = RegisterImport.objects.create(
        issuer=issuer, name="so-goc.xlsx", sha256="0" * 64, by=admin, made_at=now, state=WorkState.READY, headings={})
    Notice.objects.create(certificate=certificate, kind=NoticeKind.ISSUED, email=EMAIL, made_at=now, due_at=now)
    paper = {"uuid": certificate.uuid}
    return {
        **_of("certificates", paper, "show-certificate", "download-certificate", "renew", "show-picture", "switch-off", "switch-on", "download-credential"),
        **_of("certificates", {"uuid": stage.person.uuid}, "download-transcript-of"),
        **_of("certificates", {"unit": province.ward_a.uuid, "fingerprint": "khong-co", "number": 1}, "show-profile", "show-key", "show-status-list"),
        **_of("certificates", {"code": certificate.code}, "show-verification"),
        **_of("training", {"uuid": certificate.user.enrolments.first().uuid}, "show-learner"),
        **_of("training", paper, "revoke-certificate", "reissue-certificate"),
        **_of("books", paper, "show-record", "download-paper", "show-picture", "correct-certificate", "revoke-certificate", "reissue-certificate"),
        **_of("books", {**paper, "kind": NoticeKind.ISSUED, "days": 0}, "resend-notice"),
        **_of("books", {"uuid": brought.uuid}, "show-import", "choose-columns", "bring-in", "cancel-import"),
        **_of("runs", {"uuid": run.uuid, "completion": other.completion.uuid},
              "show-run", "choose-people", "decide-run", "preview-paper", "cancel-run", "resume-run", "ask-printout"),
        **_of("runs", {"uuid": printout.uuid}, "show-printout", "write-again", "download-printout"),
    }


def _people_places(stage: Stage, now) -> dict[str, dict]:
    person, province = stage.person, stage.province
    post = person.posts.select_related("unit", "kind").get()
    unions.role(person, province.company_a, Role.VIEWER)
    there = {"uuid": person.uuid, "unit": post.unit.uuid, "kind": post.kind.slug, "since": f"{post.valid_from:%Y-%m-%d}"}
    change = UnitChange.objects.create(
        kind=ChangeKind.RENAME, effective_on=now.date(), reason="Theo quyết định", by=stage.admin_a, at=now)
    change.units.add(province.company_a)
    roster = RosterImport.objects.create(
        unit=province.ward_a, on=now.date(), file_name="danh-sach.xlsx", by=stage.admin_a, made_at=now, state=WorkState.READY)
    roster.rows.create(number=2, verdict="new", data={"name": NAME, "phone": PHONE})
    ask(user=person, kind="erase", text=f"Gọi số {PHONE}", now=now)
    return {
        **_of("people", {"uuid": person.uuid}, "show-person", "change-person", "add-post", "give-role"),
        **_of("people", there, "correct-post", "end-post", "withdraw-post"),
        **_of("people", {"uuid": person.uuid, "unit": post.unit.uuid, "role": Role.VIEWER}, "take-role"),
        **_of("slips", {"uuid": person.uuid}, "reset-person", "cancel-slip"),
        **_of("accounts", {"code": "KHONG-CO"}, "scan-slip"),
        **_of("privacy", {"uuid": person.uuid, "kind": "erase"}, "show-request", "erase-person"),
        **_unit_places(stage, change), **_roster_places(roster),
    }


def _unit_places(stage: Stage, change: UnitChange) -> dict[str, dict]:
    return {
        **_of("units", {"uuid": stage.province.company_a.uuid, "kind": "doi-ten"}, "show-unit", "edit-unit", "change-unit"),
        **_of("units", {"uuid": change.uuid}, "undo-change"),
    }


def _roster_places(roster: RosterImport) -> dict[str, dict]:
    return _of("rosters", {"uuid": roster.uuid, "sheet": 1}, "show-roster", "list-absent", "choose-columns", "decide-rows", "bring-in", "cancel-roster")


def _training_places(stage: Stage, now) -> dict[str, dict]:
    ward, course, admin = stage.province.ward_a, office.course(), stage.admin_a
    export = Export.objects.create(
        user=admin, created_at=now, finished_at=now, state=ExportState.DONE, file=ContentFile(NAME.encode(), "ds.xlsx"))
    rule = AssignmentRule.objects.create(unit=ward, title="Bắt buộc của A", audience=Audience.objects.create(), course=course, made_at=now)
    scheme = Scheme.objects.create(unit=ward, title="Đề án của A", year_from=2026, year_until=2028)
    target = Target.objects.create(
        unit=ward, year=2026, title="Chỉ tiêu của A", scheme=scheme, audience=Audience.objects.create(), due_on=now.date(), made_at=now)
    target.courses.add(course)
    code = JoinCode.objects.create(
        code="LOPCUAA2", title="Lớp của A", unit=ward, course=course, opens_at=now, closes_at=now + timedelta(days=2), made_by=admin, made_at=now)
    Joining.objects.create(join_code=code, user=stage.person, at=now)
    return {
        **_of("training", {"uuid": export.uuid}, "show-export", "download-export"),
        **_of("assignments", {"uuid": rule.uuid}, "show-rule", "change-rule", "end-rule"), **_of("assignments", {"key": UNKNOWN}, "show-reaching"),
        **_of("coverage", {"uuid": target.uuid}, "show-coverage", "list-names", "enrol-missing", "remind-missing", "export-coverage", "print-coverage"),
        **_of("targets", {"uuid": target.uuid}, "show-target", "change-target", "end-target", "resume-target"),
        **_of("targets", {"uuid": scheme.uuid}, "change-scheme"),
        **_of("class-codes", {"uuid": code.uuid}, "show-code", "show-on-wall", "print-code", "list-joined", "confirm-joined", "close-class"),
        **_of("joining", {"code": code.code}, "join-class"),
    }


def _other_places(stage: Stage, now) -> dict[str, dict]:
    """Questions, contests and law: no records of people stand there, and the doors are shut by rights of the editor."""
    return {
        **_of("contests", {"code": "KHONGCO"}, "show-contest", "start-contest", "show-ranking", "show-ranking-part"),
        **_of("marking", {"uuid": UNKNOWN}, "show-regrade", "apply-regrade", "cancel-regrade", "resume-regrade"),
        **_of("bank", {"uuid": UNKNOWN}, "show-question", "compare-versions", "restore-question", "show-import", "bring-in", "cancel-import",
              "download-refused", "show-export", "download-export"),
        **_of("laws", {"slug": "khong-co"}, "show-document"), **_of("operations", {"task": UNKNOWN}, "retry-task"),
    }


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
    return [address for address in addresses() if not address.is_others and _PART.search(address.pattern)]


def without_parts() -> list[Address]:
    return [address for address in addresses() if not address.is_others and not _PART.search(address.pattern)]


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
