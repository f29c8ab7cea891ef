"""How long each class of personal data is kept, and why: the one schedule that the job, the operations page and docs/personal-data.md go by.

Where the law gives a period or a rule its article stands there; everywhere else the reason is the need (Law 91/2025/QH15, Art. 3: no longer than
needed). Whatever belongs to the register is never touched by the clock (Art. 14).
"""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db.models import PROTECT, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from accounts.enums import RequestKind
from accounts.models import PrivacyRequest, RetentionRun, SignInSlip, User
from accounts.selectors.devices import dead_sign_ins
from accounts.services.log import LOOKS_KEPT, old_looks
from accounts.services.retaining import Kept, apply_schedule
from certificates.enums import NoticeState
from certificates.models import Look, Notice, Printout, RegisterImport
from certificates.services.importing.receiving import forget_file as forget_register
from cms.work import WorkState
from quizzes.models import Attempt, BankExport, BankImport
from quizzes.services.exchange.importing import forget_files as forget_bank
from training.enums import ReminderState
from training.models import Count, Export, Reminder
from unions.models import Post, RosterImport, UnitChange
from unions.services.changes.doing import UNDO_WITHIN
from unions.services.rosters.receiving import forget_file as forget_roster

YEAR = 365
# What `backup --keep` says in the nightly units (deploy/).
BACKUPS_KEPT = 14
# What is shown in a contest's ranking instead of a name that is no longer kept.
NAMELESS = "Không nêu tên"

_DELETED, _EMPTIED, _NAMELESS, _TOLD = _("deleted"), _("emptied, the row stays"), _("made nameless, the row stays"), _("only reported: the office decides")
_STAYS = _("kept until the person is erased")


def apply_retention(*, now: datetime, dry_run: bool = False, by: User | None = None) -> RetentionRun:
    """Delete what is over by the schedule, or only count it; the row that it returns says how much of each class. Safe to call twice."""
    return apply_schedule(schedule=SCHEDULE, now=now, dry_run=dry_run, by=by)


def forget_by_clock(now: datetime) -> int:
    """Do it for the clock, which calls once a day, and return how many rows were deleted or made nameless."""
    run = apply_retention(now=now)
    return sum(count for key, count in run.counts.items() if key not in ONLY_TOLD)


# What is over

def _sessions(now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lte=now)


def _slips(now: datetime) -> QuerySet[SignInSlip]:
    return SignInSlip.objects.filter(expires_at__lte=now - timedelta(days=YEAR))


def _certificate_looks(now: datetime) -> QuerySet[Look]:
    return Look.objects.filter(at__lt=now - LOOKS_KEPT)


def _requests(now: datetime) -> QuerySet[PrivacyRequest]:
    """A restriction goes on for as long as the account: without its row the name would come back."""
    return PrivacyRequest.objects.filter(done_at__lt=now - timedelta(days=3 * YEAR)).exclude(kind=RequestKind.RESTRICT)


def _printouts(now: datetime) -> QuerySet[Printout]:
    return Printout.objects.filter(made_at__lt=now - timedelta(days=7))


def _exports(now: datetime) -> QuerySet[Export]:
    return Export.objects.filter(created_at__lt=now - timedelta(days=7))


def _bank_exports(now: datetime) -> QuerySet[BankExport]:
    return BankExport.objects.filter(made_at__lt=now - timedelta(days=7))


def _old_work(model, now: datetime) -> QuerySet:
    """What was sent more than 30 days ago; not what is being written."""
    return model.objects.filter(made_at__lt=now - timedelta(days=30)).exclude(state=WorkState.APPLYING)


def _undo_rows(now: datetime) -> QuerySet[UnitChange]:
    return UnitChange.objects.filter(at__lte=now - UNDO_WITHIN).exclude(rows={})


def _tasks(now: datetime) -> QuerySet[DBTaskResult]:
    return DBTaskResult.objects.finished().filter(finished_at__lt=now - timedelta(days=30))


def _counts(now: datetime) -> QuerySet[Count]:
    return Count.objects.filter(is_trend=False, made_at__lt=now - timedelta(days=7)).exclude(on=timezone.localdate(now))


def _reminders(now: datetime) -> QuerySet[Reminder]:
    return Reminder.objects.filter(at__lt=now - timedelta(days=2 * YEAR)).exclude(state=ReminderState.WAITING).exclude(address="")


def _notices(now: datetime) -> QuerySet[Notice]:
    """The row stays: it is what keeps a notice from being sent twice. One that could not be sent counts from the day on which it was made."""
    old = _before(now - timedelta(days=2 * YEAR), "sent_at", "made_at")
    return Notice.objects.filter(old).exclude(state=NoticeState.WAITING).exclude(email="")


def _visitors(now: datetime) -> QuerySet[Attempt]:
    """Of who never handed in counts the day on which they began."""
    old = _before(now - timedelta(days=YEAR), "submitted_at", "started_at")
    return Attempt.objects.filter(old, user=None).exclude(shown_name__in=["", NAMELESS])


def _before(moment: datetime, end: str, begin: str) -> Q:
    """Return a condition on rows: it ended before the moment, or began before it and never ended."""
    return Q(**{f"{end}__lt": moment}) | Q(**{end: None, f"{begin}__lt": moment})


def _runs(now: datetime) -> QuerySet[RetentionRun]:
    return RetentionRun.objects.filter(at__lt=now - timedelta(days=3 * YEAR))


def _never_in(now: datetime, days: int) -> QuerySet[User]:
    return User.objects.filter(last_login=None, joined_at__lt=now - timedelta(days=days), is_staff=False, is_superuser=False)


def _unfinished(now: datetime) -> QuerySet[User]:
    """Who signed up by e-mail alone and never opened the link, and of whom nothing is recorded anywhere since."""
    unproved = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), primary=True, verified=False)
    found = _never_in(now, 30).filter(Exists(unproved), phone=None, member_code=None)
    for relation in User._meta.related_objects:
        if getattr(relation.field.remote_field, "on_delete", None) is PROTECT:
            found = found.filter(~Exists(relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})))
    return found.filter(~Exists(PrivacyRequest.objects.filter(user=OuterRef("pk"))))


def _idle(now: datetime) -> QuerySet[User]:
    posts = Post.objects.filter(user=OuterRef("pk")).exclude(valid_until__lte=timezone.localdate(now))
    return _never_in(now, 3 * YEAR).filter(~Exists(posts), is_active=True)


# What is done

def _with_file(rows: QuerySet) -> None:
    """The file first: a row without a file can be tried again, a file without a row is found by nobody."""
    for row in rows:
        if row.file:
            row.file.delete(save=False)
    rows.delete()


def _with(forget):
    def do(rows: QuerySet) -> None:
        for row in rows:
            forget(job=row)
        rows.delete()

    return do


_FILE_NEED = _("needed until it has been downloaded; it holds data of many people")
_IMPORT_NEED = _("needed to correct a mistake made when bringing it in; what was taken over stands in the records")

SCHEDULE: tuple[Kept, ...] = (
    Kept("sessions", _("Sessions"), 0, _("their end (30 days after the sign-in)"), _("needed only while somebody is signed in"), _DELETED, _sessions),
    Kept("sign_ins", _("Devices signed in: address, browser, since when"), 0, _("the end of their session"),
         _("needed only while somebody is signed in"), _DELETED, dead_sign_ins),
    Kept("slips", _("Sign-in slips (without their codes)"), YEAR, _("they ran out"),
         _("needed to find out who opened a way into an account"), _DELETED, _slips),
    Kept("looks", _("Log: who looked at a record or wrote it into a file"), LOOKS_KEPT.days, _("the look"),
         _("long enough for the person to ask who looked (Law 91/2025/QH15, Art. 3)"), _DELETED, old_looks),
    Kept("certificate_looks", _("Who looked at a certificate, and the public page's visits"), LOOKS_KEPT.days, _("the look"),
         _("long enough for the person to ask who looked (Law 91/2025/QH15, Art. 3)"), _DELETED, _certificate_looks),
    Kept("requests", _("Requests about personal data and their answers"), 3 * YEAR, _("they were done; open ones and restrictions stay"),
         _("needed to show that they were answered in time"), _DELETED, _requests),
    Kept("printouts", _("Printed lists and papers, as files"), 7, _("they were asked for"), _FILE_NEED, _DELETED, _printouts, _with_file),
    Kept("exports", _("Lists of learners, as files"), 7, _("they were asked for"), _FILE_NEED, _DELETED, _exports, _with_file),
    Kept("bank_exports", _("Exports of questions, as files"), 7, _("they were asked for"), _FILE_NEED, _DELETED, _bank_exports, _with_file),
    Kept("rosters", _("Lists of people from Excel, with their rows"), 30, _("they were sent"), _IMPORT_NEED, _DELETED,
         lambda now: _old_work(RosterImport, now), _with(forget_roster)),
    Kept("registers", _("Older registers from Excel, with their rows"), 30, _("they were sent"), _IMPORT_NEED, _DELETED,
         lambda now: _old_work(RegisterImport, now), _with(forget_register)),
    Kept("questions", _("Files of questions, with their rows"), 30, _("they were sent"), _IMPORT_NEED, _DELETED,
         lambda now: _old_work(BankImport, now), _with(forget_bank)),
    Kept("undo", _("What is needed to undo a change of units"), UNDO_WITHIN.days, _("the change"), _("nothing can be undone after that"), _EMPTIED,
         _undo_rows, lambda rows: rows.update(rows={})),
    Kept("counts", _("Coverage counts of single days"), 7, _("they were counted"), _("the ends of months are kept instead"), _DELETED, _counts),
    Kept("tasks", _("Background work that is over, with what it was told"), 30, _("its end"), _("needed to find out why something failed"), _DELETED, _tasks),
    Kept("reminders", _("E-mail address of a reminder that was sent"), 2 * YEAR, _("the reminder"),
         _("needed to find out where a letter went"), _NAMELESS, _reminders, lambda rows: rows.update(address="")),
    Kept("notices", _("E-mail address of a notice about a certificate"), 2 * YEAR, _("it was sent"),
         _("needed to find out where a letter went"), _NAMELESS, _notices, lambda rows: rows.update(email="")),
    Kept("visitors", _("Names of contest takers without an account"), YEAR, _("they handed in"), _("needed until prizes are given"), _NAMELESS, _visitors,
         lambda rows: rows.update(shown_name=NAMELESS)),
    Kept("runs", _("Runs of this job"), 3 * YEAR, _("the run"), _("needed to show that data are deleted in time"), _DELETED, _runs),
    # By the next backup, not by the clock (docs/backup.md).
    Kept("backups", _("Backups of the whole site, on its own disk; copies elsewhere as long as the union decides, and no longer than these"), BACKUPS_KEPT,
         _("each night; so many are kept"), _("needed after a loss; whoever is erased stays in them until then, and a restore erases them again"),
         _("deleted by the next backup")),
    Kept("unfinished", _("Accounts whose e-mail address was never proved"), 30, _("the sign-up"),
         _("nobody has come through the link, and nothing is recorded of them"), _DELETED, _unfinished),
    Kept("idle", _("Accounts without a post that nobody ever signed in to"), 3 * YEAR, _("the account was made"),
         _("probably needed by nobody any more"), _TOLD, _idle, only_told=True),
    # Not touched by the clock
    Kept("account", _("Account, posts, roles, consents, log of changes"), None, _STAYS,
         _("without them nobody can sign in, be found or ask who changed what; consents must be provable (Law 91/2025/QH15, Art. 9)"), _STAYS),
    Kept("studies", _("Enrolments, reading, attempts with answers and marks, required courses, courses taken elsewhere"), None, _STAYS,
         _("they are what completions, certificates and coverage rest on; erasing leaves them without a name"), _STAYS),
    Kept("register", _("Register of certificates with its entries and stored papers"), None, _("kept without end"),
         _("numbers are never reused and papers must stay verifiable; not deleted where law or duty needs it (Law 91/2025/QH15, Art. 14)"), _("kept without end")),
    Kept("work", _("Who set, decided or wrote something for the office"), None, _("kept with what was decided"),
         _("needed to say on whose decision a record rests; erasing leaves a row without a name"), _("kept with what was decided")),
)
ONLY_TOLD = frozenset(kept.key for kept in SCHEDULE if kept.only_told)
