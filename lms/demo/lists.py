"""The demonstration's classes whose certificates were decided by a list, and a list that nobody has decided yet."""

from datetime import datetime, timedelta

from accounts.models import User
from certificates.enums import ListOrder
from certificates.models import Issuer, IssueRun
from certificates.services.running import issue_run
from certificates.services.runs import change_list, decide_run, make_run, put_all_on
from courses.models import CoursePage
from learning.models import Completion
from learning.services import enrol_learner
from lms.demo.renewals import complete
from unions.models import Post

COURSE = "KH02"
DECIDED = [
    "dang.thi.hoa", "bui.thi.ngoc.anh", "vu.dinh.dat", "do.thi.on", "ngo.van.y", "dinh.van.binh", "luong.thi.nga", "ho.van.uoc",
]
FULL_TIME_CLASS = "Lớp cán bộ chuyên trách, năm 2026"
WAITING = ["truong.thi.ai", "doan.van.loi"]


def load_lists(*, by: User, now: datetime) -> int:
    """Let a class finish the course, issue its certificates by one decision, and begin the next list; return how many were issued."""
    course, issuer = CoursePage.objects.filter(code=COURSE).first(), Issuer.objects.filter(is_default=True).first()
    if course is None or issuer is None or IssueRun.objects.exists():
        return 0
    for place, name in enumerate([*DECIDED, *WAITING]):
        _finish(name, course, now - timedelta(days=20 - place))
    run = make_run(course=course, issuer=issuer, name="Lớp Thương lượng tập thể, khóa 1/2026", by=by, now=now)
    chosen = Completion.objects.filter(enrolment__course=course, enrolment__user__email__in=[f"{name}@example.org" for name in DECIDED])
    change_list(run=run, add=list(chosen.values_list("uuid", flat=True)), by=by)
    decide_run(run=run, decision_number="15/QĐ-LĐLĐ", decision_on=now.date(), order=ListOrder.NAME, notifies=False, by=by, now=now)
    issue_run(run=run, clock=lambda: now)
    following = make_run(course=course, issuer=issuer, name="Lớp Thương lượng tập thể, khóa 2/2026", by=by, now=now)
    put_all_on(run=following, by=by)
    run.refresh_from_db()
    return run.done


def _finish(name: str, course: CoursePage, at: datetime) -> None:
    user = User.objects.filter(email=f"{name}@example.org").first()
    if user and not Completion.objects.filter(enrolment__user=user, enrolment__course=course).exists():
        complete(enrol_learner(user=user, course=course, now=at - timedelta(days=12)), at)


def load_full_time_list(*, by: User, now: datetime) -> int:
    """Issue, by one decision, certificates to the full-time cadres who finished the course, once; return how many were issued."""
    course, issuer = CoursePage.objects.filter(code=COURSE).first(), Issuer.objects.filter(is_default=True).first()
    if course is None or issuer is None or IssueRun.objects.filter(name=FULL_TIME_CLASS).exists():
        return 0
    full_time = Post.objects.on(now.date()).filter(full_time=True).values("user")
    chosen = Completion.objects.filter(enrolment__course=course, enrolment__user__in=full_time, enrolment__user__member_code__startswith="TH0")
    run = make_run(course=course, issuer=issuer, name=FULL_TIME_CLASS, by=by, now=now)
    change_list(run=run, add=list(chosen.values_list("uuid", flat=True)), by=by)
    decide_run(run=run, decision_number="21/QĐ-LĐLĐ", decision_on=now.date(), order=ListOrder.NAME, notifies=False, by=by, now=now)
    issue_run(run=run, clock=lambda: now)
    run.refresh_from_db()
    return run.done
