"""Somebody of whom every table that names people holds a row."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from wagtail.models import Comment, CommentReply, Page, PageSubscription
from wagtail.users.models import UserProfile

from accounts.enums import Act, ConsentPurpose, RequestKind
from accounts.models import SignInSlip, User
from accounts.services import consents, note, requests
from certificates.enums import LookKind
from certificates.models import Look
from certificates.services import give_name_consent, post_notices
from cms.work import WorkState
from learning.models import Assignment, AssignmentRule, OutsideStudy, StepRecord
from lms.backup import erased
from quizzes.models import AnswerFile, Appeal, ExtraTime
from quizzes.services import start_attempt, submit_attempt
from tests.factories import quizzes, targets, unions
from tests.factories import training as office
from training.enums import ExportState, ReminderState
from training.models import Export, JoinCode, Joining, Reminder
from unions.enums import Role
from unions.models import Audience, RosterImport

NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)
CODE, SECRET = "KHONG-AI-BIET", "bi-mat-totp"


def lived(person: User, by: User, *, tests: int = 1) -> User:
    """Fill a life into the person's account; `by` is whoever acted on it for the office."""
    unit = unions.unit("CĐCS Công ty may Hòa Bình", "CA")
    unions.post(person, unit)
    unions.role(person, unit, Role.VIEWER)
    _signed_in(person, by)
    _wished(person, by)
    _learned(person, by, unit)
    for _number in range(tests):
        took_test(person)
    _in_office(person, by, unit)
    return person


def session_of(person: User, agent: str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Mobile Safari/604.1") -> UserSession:
    store = SessionStore()
    store["_auth_user_id"] = str(person.pk)
    store.create()
    return UserSession.objects.create(user=person, ip="203.0.113.9", session_key=store.session_key, user_agent=agent)


def _signed_in(person: User, by: User) -> None:
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": SECRET})
    SignInSlip.objects.create(user=person, digest="d" * 64, made_by=by, made_at=NOW, expires_at=NOW + timedelta(days=30), used_at=NOW)
    UserProfile.objects.create(user=person, preferred_language="vi")
    session_of(person)


def _wished(person: User, by: User) -> None:
    consents.acknowledge_notice(user=person, now=NOW, agreed=[ConsentPurpose.RANKING])
    requests.ask(user=person, kind=RequestKind.CORRECT, text="Ngày sinh của tôi sai.", now=NOW)
    note(about=person, act=Act.LOOKED, by=by, now=NOW)
    page = Page.objects.get(depth=1)
    comment = Comment.objects.create(page=page, user=person, text="Sửa chỗ này.", contentpath="title")
    CommentReply.objects.create(comment=comment, user=person, text="Đã sửa.")
    PageSubscription.objects.create(page=page, user=person, comment_notifications=True)


def _learned(person: User, by: User, unit) -> None:
    certificate = office.certified(person)
    enrolment = person.enrolments.first()
    StepRecord.objects.create(enrolment=enrolment, page=certificate.course.page_ptr, opened_at=NOW)
    OutsideStudy.objects.create(
        user=person, title="Lớp ở trường", organiser="Trường", ended_on=NOW.date(), entered_by=person, entered_at=NOW,
        proof=ContentFile(b"%PDF-1.4 minh chung", "minh-chung.pdf"), proof_name="../../minh chứng.pdf")
    rule = AssignmentRule.objects.create(unit=unit, title="Bắt buộc", audience=Audience.objects.create(), course=certificate.course, made_by=by, made_at=NOW)
    Assignment.objects.create(rule=rule, user=person, assigned_at=NOW)
    give_name_consent(user=person, now=NOW)
    post_notices(certificates=[certificate], kind="issued", now=NOW)
    Look.objects.create(certificate=certificate, kind=LookKind.OFFICE, by=by, at=NOW)


def took_test(person: User) -> None:
    quiz = quizzes.quiz([quizzes.one_answer()], title="Kiểm tra", asks_sureness=False)
    quiz.markers.add(person)
    quiz.save()
    attempt = start_attempt(quiz=quiz, user=person, now=NOW, shown_name="Mai tổ 3")
    slot = attempt.slots.select_related("version").get()
    slot.answer = quizzes.right_answer(slot)
    slot.save()
    slot.steps.create(attempt=attempt, client_uuid=uuid4(), seq=1, answer=slot.answer, received_at=NOW)
    submit_attempt(attempt=attempt, now=NOW)
    AnswerFile.objects.create(slot=slot, file=ContentFile(b"tra loi", "bai.txt"), name="bai.txt", size=7, sha256="0" * 64, received_at=NOW)
    Appeal.objects.create(slot=slot, question_id=slot.version.question_id, by=person, text="Câu này sai.", made_at=NOW)
    ExtraTime.objects.create(quiz=quiz, user=person, seconds=600, reason="Đau tay")


def _in_office(person: User, by: User, unit) -> None:
    course = person.enrolments.first().course
    code = JoinCode.objects.create(
        code="LOPCUAA2", title="Lớp", unit=unit, course=course, opens_at=NOW, closes_at=NOW + timedelta(days=2), made_by=by, made_at=NOW)
    Joining.objects.create(join_code=code, user=person, at=NOW)
    target = targets.target(unit, course)
    Reminder.objects.create(user=person, target=target, by=by, at=NOW, due_at=NOW, address=person.email, state=ReminderState.SENT)
    Export.objects.create(
        user=person, created_at=NOW, finished_at=NOW, state=ExportState.DONE, file=ContentFile(b"nguoi khac", "ds.xlsx"))
    roster = RosterImport.objects.create(unit=unit, on=NOW.date(), file_name="ds.xlsx", by=by, made_at=NOW, state=WorkState.READY)
    roster.rows.create(number=2, verdict="new", data={"name": person.full_name}, person=person)
    Audience.objects.create().people.add(person)


def forget_erasures() -> None:
    """Take away what the private storage knows of erased people: as after the loss of the disk, or what other tests left."""
    for uuid, day in erased.in_storage().items():
        storages["private"].delete(f"{erased.FOLDER}/{day:%Y-%m-%d}_{uuid.hex}")
