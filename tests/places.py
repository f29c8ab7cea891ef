"""What of ward A's records stands behind each address of the site; tests/test_gates.py walks through them.

A new address with a part in it belongs into one of the lists below, with the record that it leads to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from accounts.models import User
from accounts.services.requests import ask
from certificates.enums import NoticeKind, PrintoutKind
from certificates.models import IssueRun, Notice, Printout, RegisterImport
from cms.work import WorkState
from learning.models import AssignmentRule, OutsideStudy
from quizzes.models import Appeal
from quizzes.services import start_attempt, submit_attempt
from tests.factories import certificates as papers
from tests.factories import courses, quizzes, unions
from tests.factories import training as office
from training.enums import ExportState
from training.models import Export, JoinCode, Joining, Scheme, Target
from unions.enums import ChangeKind, Role
from unions.models import Audience, RosterImport, UnitChange

NAME, PHONE, EMAIL, CODE = "Đinh Thị Ngọc Uyển", "+84912000111", "ngoc.uyen@ward-a.example", "DV-7781"
# What must never be told; a page may say again what somebody typed into its search, so searches ask without diacritics and spaces.
SECRETS = (NAME, NAME.upper(), PHONE, "0912 000 111", EMAIL, CODE, "Phan Quản Trị Phường A")
_PART = re.compile(r"<(?:\w+:)?(\w+)>")
_GROUP = re.compile(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)|\((?:[^()]|\([^()]*\))*\)\*?")
UNKNOWN = str(uuid4())


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

    @property
    def has_parts(self) -> bool:
        """Whether an address names a record."""
        return bool(_PART.search(self.pattern))

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


def make_stage() -> Stage:
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
