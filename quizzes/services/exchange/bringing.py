"""Bringing the questions of a file that was read into the bank: all of them within one transaction, or none.

Keeps true: the transaction only writes what was made ready before it, because on SQLite nobody can save an answer while it lasts.
"""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from quizzes.enums import RowState, WorkState
from quizzes.models import BankImport, Category, ImportRow, Question
from quizzes.services.exchange.changing import change_questions
from quizzes.services.exchange.importing import Clock, ExchangeError
from quizzes.services.exchange.library import Library
from quizzes.services.exchange.places import Places, path_of
from quizzes.services.exchange.writing import NewQuestion, Tags, Writer

CHUNK = 500


class Overtaken(ExchangeError):
    """Since the file was read, the bank has changed in what it is about: it has to be read again, and waits for that."""

    code = "overtaken"


def bring_in(*, job: BankImport, by, now: datetime, clock: Clock) -> BankImport:
    """Write the questions of a file that was read into the bank: new ones, and those that it changes. Safe to call twice.

    One transaction; other imports wait for it. What Wagtail keeps beside the questions – where a picture or an article is used, the search –
    follows in `settle_import`.

    :raises Overtaken: when a code was taken, questions with the same words came in, or a question to be changed was edited, since the file was
        read. Nothing is written then.
    """
    if not job.claim(WorkState.READY, WorkState.APPLYING, now):
        return job
    library = Library(by)
    try:
        library.lay_in(_pictures(job))
        writer = Writer(publishes=job.publishes, by=by, now=now)
        new, alike = [], {}
        for chunk in _chunks(job.rows.filter(state=RowState.NEW)):
            for row in chunk:
                new.append(writer.make_ready(row))
                if "alike" in row.data:
                    # Of two with the same words the first counts: the bank may have got them while the file was read.
                    alike.setdefault(row.data["stem_digest"], row.data["alike"])
        with transaction.atomic():
            _lock(job)
            _write(job, new, alike, writer, library, by, now)
            BankImport.objects.filter(pk=job.pk).update(state=WorkState.DONE, error="", finished_at=clock(), alive_at=clock())
    except BaseException as error:
        library.forget()
        raise _given_back(job, error) from error
    job.refresh_from_db()
    return job


def _lock(job: BankImport) -> None:
    # One import at a time, so that two that name the same new category make it once. Locks the row that stands for all imports.
    ContentType.objects.select_for_update().get(app_label="quizzes", model="bankimport")
    if not BankImport.objects.filter(pk=job.pk, state=WorkState.APPLYING).exists():
        raise Overtaken(_("This import was called off."))


def _write(job: BankImport, new: list[NewQuestion], alike: dict[str, int], writer: Writer, library: Library, by, now: datetime) -> None:
    _check_codes([question.code for question in new if question.code])
    _check_words(alike)
    library.write()
    changed = job.rows.filter(state=RowState.CHANGED)
    names = [*(name for question in new for name in question.tags), *(name for some in changed.values_list("data__tags", flat=True) for name in some)]
    places, tags, bank = Places(), Tags(names), tuple(path_of(job.bank))
    for start in range(0, len(new), CHUNK):
        chunk = new[start:start + CHUNK]
        categories = [places.find_or_make((*bank, *question.path)) for question in chunk]
        writer.write(questions=chunk, categories=categories, tags=tags, pictures=library.ids)
    for chunk in _chunks(changed):
        if not change_questions(rows=chunk, tags=tags, pictures=library.ids, publishes=job.publishes, by=by, now=now):
            raise Overtaken(_("A question that this file changes was edited meanwhile. The file is read again; look at it once more."))
    category = places.find(bank)
    if category:
        log(instance=Category.objects.get(pk=category), action="quizzes.import_questions", user=by, data={"file": job.name, "counts": job.counts})


def _check_codes(codes: list[str]) -> None:
    """Refuse when somebody else has used a code of this file since it was read."""
    for start in range(0, len(codes), CHUNK):
        # The index holds those that have one; without that word it is not used.
        taken = Question.objects.filter(code__in=codes[start:start + CHUNK]).exclude(code="").values_list("code", flat=True)[:1]
        if taken:
            raise Overtaken(_("Meanwhile another question has the code %(code)s. The file is read again; look at it once more.") % {"code": taken[0]})


def _check_words(alike: dict[str, int]) -> None:
    """Refuse when more questions have the words of one without a code than when the file was read: two imports, or one file sent twice."""
    digests = sorted(alike)
    for start in range(0, len(digests), CHUNK):
        there = Question.objects.kept().filter(stem_digest__in=digests[start:start + CHUNK]).order_by().values_list("stem_digest").annotate(Count("pk"))
        if any(count > alike[digest] for digest, count in there):
            raise Overtaken(_("Meanwhile questions with the same words came into the bank. The file is read again; look at it once more."))


def _chunks(rows) -> Iterator[list[ImportRow]]:
    latest = 0
    while chunk := list(rows.filter(number__gt=latest).order_by("number")[:CHUNK]):
        yield chunk
        latest = chunk[-1].number


def _pictures(job: BankImport) -> Iterator[dict]:
    """The pictures of all questions that will be written, by place."""
    with_some = job.rows.filter(state__in=[RowState.NEW, RowState.CHANGED]).exclude(data__pictures={})
    for chunk in _chunks(with_some):
        for row in chunk:
            yield row.data["pictures"]


def _given_back(job: BankImport, error: BaseException) -> BaseException:
    """Put the import back where it may be tried again, and return what to raise."""
    if isinstance(error, IntegrityError):
        error = Overtaken(_("Meanwhile the bank has changed. The file is read again; look at it once more."))
    state, said = (WorkState.WAITING, error.message) if isinstance(error, Overtaken) else (
        WorkState.READY, _("The questions could not be written. Nothing was changed; try again."))
    BankImport.objects.filter(pk=job.pk, state=WorkState.APPLYING).update(state=state, error=said)
    job.refresh_from_db()
    return error
