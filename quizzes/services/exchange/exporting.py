"""Banks written to files: in pieces, so that fifty thousand questions take no more memory than five hundred."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from os import SEEK_END
from tempfile import TemporaryFile
from typing import BinaryIO

from django.core.files import File
from django.db.models import F, QuerySet
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from cms.work import GIVEN_UP_AFTER
from quizzes.enums import WorkState
from quizzes.interchange.formats import FORMATS
from quizzes.interchange.items import Item
from quizzes.interchange.markup import readable
from quizzes.models import BankExport, Category, Question
from quizzes.services.exchange.importing import Clock, ExchangeError
from quizzes.services.exchange.items import CannotTravel, Shelf, item_of
from quizzes.services.exchange.places import Places, path_of, text_of

CHUNK = 500
KEPT_FOR = timedelta(days=7)
# So many things that a file cannot say are told one by one; after that they are only counted.
TOLD = 1000
_WRITTEN = ("code", "category", "difficulty", "topic", "content", "explanation", "citations", "stem_text")


@dataclass(frozen=True)
class Written:
    """How many questions stand in the file, and what is not in it: (question, reason), with the count of all such things."""

    count: int
    left_out: list[tuple[str, str]]
    left_out_count: int


def questions_of(category: Category, *, archived: bool = False) -> QuerySet[Question]:
    """Return the questions of a category and of those below it, in the order of the tree: what an export writes."""
    questions = Question.objects.filter(category__path__startswith=category.path)
    return (questions if archived else questions.filter(archived_at__isnull=True)).order_by("category__path", "code", "pk")


def bank_named(name: str) -> Category:
    """Return the category at a path of names.

    :raises ExchangeError: when it is not there.
    """
    key = Places().find(path_of(name))
    if key is None:
        raise ExchangeError(_("There is no bank “%(name)s”.") % {"name": name}, code="bank", field="bank")
    return Category.objects.get(pk=key)


def write_bank(
    *, category: Category, format: str, out: BinaryIO, tell: Callable[[int], object] = lambda done: None, archived: bool = False,
) -> Written:
    """Write the questions of a category and of those below it; say what the format could not.

    Drafts are written too. What is published of a question is written, not a newer draft of it. Categories are written relative to
    this one. Four queries for each 500 questions.

    :raises ExchangeError: when the format is only read, or the bank is empty.
    """
    write = FORMATS[format].write
    if write is None:
        raise ExchangeError(_("This format can be read, but not written."), code="format", field="format")
    # All keys first, eight bytes each: the list is then one moment's, and no cursor stays open under the writes of its progress.
    keys = array("q", questions_of(category, archived=archived).values_list("pk", flat=True).iterator(chunk_size=2000))
    if not keys:
        raise ExchangeError(_("There is no question in this bank."), code="empty", field="bank")
    left = _Left()
    write(_items(keys, Places(), category.pk, left, tell), out, left)
    return Written(len(keys) - left.missing, left.told, left.count)


class _Left:
    """What a writer says that it cannot say."""

    def __init__(self):
        self.told: list[tuple[str, str]] = []
        self.count = self.missing = 0

    def __call__(self, item: Item, reason: str, written: bool) -> None:
        self.note(item.code or _name_of(item), reason, written)

    def note(self, name: str, reason: str, written: bool) -> None:
        self.count += 1
        self.missing += not written
        if len(self.told) < TOLD:
            self.told.append((name, str(reason)))


def _items(keys: array, places: Places, top: int, left: _Left, tell: Callable[[int], object]) -> Iterator[Item]:
    above = len(places.paths[top])
    for start in range(0, len(keys), CHUNK):
        for question, shelf in _fetched(keys[start:start + CHUNK].tolist()):
            try:
                yield item_of(question, path=places.paths[question.category_id][above:], shelf=shelf, leave=left)
            except CannotTravel as error:
                left.note(str(question), error.reason, False)
        tell(min(start + CHUNK, len(keys)))


def _fetched(keys: list[int]) -> Iterator[tuple[Question, Shelf]]:
    found = Question.objects.only(*_WRITTEN).in_bulk(keys)
    # A question may be gone since the keys were read.
    questions = [found[key] for key in keys if key in found]
    shelf = Shelf(questions)
    for question in questions:
        yield question, shelf


def _name_of(item: Item) -> str:
    return readable(str(item.value.get("stem", ""))).replace("\n", " ")[:90]


def start_export(*, category: Category, format: str, by, now: datetime) -> BankExport:
    """Note that a bank is wanted as a file, and throw away what was kept for seven days; the task `write_export` does the work.

    The same asked for again while it is being written is the same export.
    """
    for old in BankExport.objects.filter(made_at__lt=now - KEPT_FOR):
        old.file.delete(save=False)
        old.delete()
    wish = {"by": by, "category": category, "format": format}
    going_on = BankExport.objects.filter(**wish, state__in=[WorkState.WAITING, WorkState.RUNNING], made_at__gt=now - GIVEN_UP_AFTER)
    return going_on.first() or BankExport.objects.create(**wish, bank=text_of(Places().paths[category.pk])[:400], made_at=now)


def write_export(*, job: BankExport, clock: Clock) -> bool:
    """Write the bank into the private storage, telling now and then how far it is; say whether it was written. Called twice it writes once."""
    if not job.claim(WorkState.WAITING, WorkState.RUNNING, clock()):
        return False
    jobs = BankExport.objects.filter(pk=job.pk)
    try:
        if job.category is None:
            raise ExchangeError(_("This bank is there no more."), code="bank", field="bank")
        jobs.update(total=questions_of(job.category).count())
        with TemporaryFile() as out:
            written = write_bank(
                category=job.category, format=job.format, out=out,
                tell=lambda done: jobs.update(done=Least(F("total"), done), alive_at=clock()))
            size = out.seek(0, SEEK_END)
            out.seek(0)
            job.file.save(f"{job.uuid}{extension_of(job.format)}", File(out), save=False)
    except ExchangeError as error:
        jobs.update(state=WorkState.FAILED, error=error.message, finished_at=clock())
        return False
    except BaseException:
        jobs.update(state=WorkState.FAILED, error=_("The file could not be written. Ask for it once more."), finished_at=clock())
        raise
    jobs.update(
        state=WorkState.DONE, done=Least(F("total"), written.count), file=job.file.name, size=size, left_out=written.left_out, finished_at=clock())
    return True


def extension_of(format: str) -> str:
    """Return how a written file of this format ends, with the dot."""
    return FORMATS[format].extensions[0]
