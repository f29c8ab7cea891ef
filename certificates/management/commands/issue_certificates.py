"""Issue what is still missing: `manage.py issue_certificates`; or a list by decision: `… --course thuong-luong --decision 15/QĐ-CĐ --decided-on 19/11/2026`."""

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from certificates.enums import ListOrder, RunRowState
from certificates.models import Issuer, IssueRun
from certificates.selectors import default_issuer
from certificates.selectors.renewals import refreshing_completions
from certificates.selectors.standing import completions_without_certificate
from certificates.services import CertificateError, issue_by_itself, running, runs
from cms.work import WorkState
from courses.models import CoursePage
from learning.models import Completion


class Command(BaseCommand):
    help = (
        "Issue the certificates of completed courses that have none yet and need no decision. With --decision: of everybody who qualifies in "
        "one course, as one list. Safe to repeat.")

    def add_arguments(self, parser) -> None:
        parser.add_argument("--course", metavar="SLUG", help="only this course, named as in its address")
        parser.add_argument("--decision", metavar="NUMBER", help="issue by this decision: 15/QĐ-CĐ")
        parser.add_argument("--decided-on", metavar="DAY", help="the day of the decision: 19/11/2026")
        parser.add_argument("--issuer", metavar="CODE", help="the code of the unit that issues; else the one that is the default")
        parser.add_argument("--name", help="how the list is called")
        parser.add_argument("--order", choices=ListOrder.values, default=ListOrder.NAME.value, help="in which order numbers are given")
        parser.add_argument("--by", metavar="EMAIL", help="who decided, as the register names them")
        parser.add_argument("--no-notices", action="store_true", help="tell the holders nothing")

    def handle(self, *args, **options) -> None:
        course = self._course(options["course"])
        if options["decision"]:
            issued, refused = self._by_decision(course, options)
        else:
            issued, refused = self._what_is_missing(course)
        self.stdout.write(f"{issued} issued, {refused} refused")
        if refused:
            raise CommandError(f"{refused} refused")

    def _course(self, slug: str | None) -> CoursePage | None:
        course = CoursePage.objects.filter(slug=slug).first() if slug else None
        if slug and course is None:
            raise CommandError(f"There is no course “{slug}”.")
        return course

    def _what_is_missing(self, course: CoursePage | None) -> tuple[int, int]:
        issued = refused = 0
        for waiting in (completions_without_certificate(), refreshing_completions()):
            # Keys first: no cursor stays open under the writes.
            for key in list(waiting.filter(**{"enrolment__course": course} if course else {}).values_list("pk", flat=True)):
                completion = Completion.objects.select_related("enrolment__user", "enrolment__course", "rule_set").get(pk=key)
                enrolment = completion.enrolment
                try:
                    papers = issue_by_itself(completion=completion, now=timezone.now())
                except CertificateError as error:
                    refused += 1
                    self.stderr.write(f"{enrolment.user}, {enrolment.course}: {error.code}. {error.message}")
                else:
                    issued += len(papers)
                    for paper in papers:
                        self.stdout.write(f"{paper.register_number}: {enrolment.user}, {paper.course}")
        return issued, refused

    def _by_decision(self, course: CoursePage | None, options: dict) -> tuple[int, int]:
        if course is None:
            raise CommandError("Say which course: --course SLUG.")
        run = self._decided(course, options)
        if run is None:
            return 0, 0
        running.issue_run(run=run, clock=timezone.now)
        run.refresh_from_db()
        rows = run.rows.select_related("certificate", "completion__enrolment__user").order_by("position")
        for row in rows.exclude(state=RunRowState.ISSUED):
            self.stderr.write(f"{row.position}. {row.completion.enrolment.user}: {row.reason or row.get_state_display()}")
        for row in rows.filter(state=RunRowState.ISSUED):
            self.stdout.write(f"{row.certificate.register_number}: {row.completion.enrolment.user}, {course}")
        if run.state != WorkState.DONE:
            self.stderr.write(run.error)
        return rows.filter(state=RunRowState.ISSUED).count(), rows.exclude(state=RunRowState.ISSUED).count()

    def _decided(self, course: CoursePage, options: dict) -> IssueRun | None:
        """Make and decide the list; None when nobody waits for a paper."""
        issuer, by, now = self._issuer(options["issuer"]), self._person(options["by"]), timezone.now()
        decided_on = self._day(options["decided_on"])
        if decided_on > timezone.localdate(now):
            raise CommandError("The day of the decision lies in the future. Papers are issued once the decision is signed.")
        run = runs.make_run(course=course, issuer=issuer, name=options["name"] or f"{course.title}, {options['decision']}", by=by, now=now)
        if not runs.put_all_on(run=run, by=None):
            runs.cancel_run(run=run, now=now)
            return None
        try:
            return runs.decide_run(
                run=run, decision_number=options["decision"], decision_on=decided_on, order=options["order"], notifies=not options["no_notices"],
                by=by, now=now)
        except CertificateError as error:
            runs.cancel_run(run=run, now=now)
            raise CommandError(f"{error.code}. {error.message}") from error

    def _issuer(self, code: str | None) -> Issuer:
        issuer = Issuer.objects.filter(unit__code=code).first() if code else default_issuer()
        if issuer is None:
            raise CommandError(f"No unit “{code}” issues certificates." if code else "No unit is set up to issue certificates. Name one: --issuer CODE.")
        return issuer

    def _person(self, email: str | None) -> User | None:
        person = User.objects.filter(email=email.lower()).first() if email else None
        if email and person is None:
            raise CommandError(f"Nobody has the address {email}.")
        return person

    def _day(self, text: str | None):
        try:
            return datetime.strptime(text or "", "%d/%m/%Y").date()
        except ValueError as error:
            raise CommandError("Write the day of the decision as 19/11/2026: --decided-on.") from error
