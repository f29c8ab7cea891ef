"""What follows an import, in pieces and in its own time: where pictures, articles and categories are used, the search, the rows tidied up.

Keeps true: stopped anywhere it can be begun again; a row that is settled has no data any more. What was refused keeps what the
file said, so that it can still be mended.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from modelsearch.backends import get_search_backends_with_name
from wagtail.images import get_image_model
from wagtail.models import ReferenceIndex

from quizzes.enums import RowState, WorkState
from quizzes.models import BankImport, ImportRow, Question
from quizzes.services.exchange.importing import forget_files, pictures_folder
from quizzes.services.exchange.pictures import digests_in
from quizzes.services.exchange.rows import insert_rows, update_column

# The search looks through its whole index after each chunk.
CHUNK = 1000
# So long after an import was written somebody else may take up what its worker left undone.
_LEFT_ALONE = timedelta(minutes=10)


def settle_import(*, job: BankImport) -> None:
    """Do what follows an import that was brought in: note what its questions refer to, index them, link and empty their rows, drop its files.

    Safe to call twice, and to begin again after it was stopped. Short transactions of 1,000 questions each.
    """
    if job.state != WorkState.DONE:
        return
    unsettled = job.rows.filter(state__in=[RowState.NEW, RowState.CHANGED]).exclude(data={}).order_by("number")
    while chunk := list(unsettled.values_list("pk", "state", "question", "data__uuid", "data__refers")[:CHUNK]):
        _settle([_Row(*row) for row in chunk])
    images = get_image_model()
    # The pictures that were laid aside for it are named by their content.
    hashes = digests_in(pictures_folder(job))
    _index(images, list(images.objects.filter(file_hash__in=hashes)) if hashes else [])
    forget_files(job=job)


def imports_to_settle(now: datetime) -> Iterable[BankImport]:
    """Return imports whose worker was stopped before all was done that follows them. One query."""
    return BankImport.objects.filter(state=WorkState.DONE, finished_at__lt=now - _LEFT_ALONE).exclude(file="")


class _Row(NamedTuple):
    key: int
    state: str
    question: int | None
    uuid: str
    refers: bool


def _settle(rows: list[_Row]) -> None:
    new = {UUID(row.uuid): row for row in rows if row.state == RowState.NEW}
    keys = dict(Question.objects.filter(uuid__in=new).values_list("uuid", "pk"))
    full = {row.question for row in rows if row.state == RowState.CHANGED} | {key for uuid, key in keys.items() if new[uuid].refers}
    questions = [*_fetched(full), *_fetched_without_texts(set(keys.values()) - full)]
    _index(Question, questions)
    with transaction.atomic():
        refer(questions)
        update_column(ImportRow, "question", [(new[uuid].key, key) for uuid, key in keys.items()])
        ImportRow.objects.filter(pk__in=[row.key for row in rows]).update(data={})


def _fetched(keys: set[int]) -> list[Question]:
    return list(Question.objects.filter(pk__in=keys).prefetch_related("tagged"))


def _fetched_without_texts(keys: set[int]) -> list[Question]:
    """Fetch questions whose texts refer to nothing, as if they had none: looking through them all again would take most of the time."""
    questions = list(Question.objects.filter(pk__in=keys).defer("content", "explanation", "citations").prefetch_related("tagged"))
    for question in questions:
        question.content, question.explanation, question.citations = [], "", []
    return questions


def refer(questions: list[Question]) -> None:
    """Note in Wagtail's index what these questions refer to, as it does for one that is saved, in two statements for all of them."""
    type_ = ContentType.objects.get_for_model(Question)
    ReferenceIndex.objects.filter(base_content_type=type_, object_id__in=[str(question.pk) for question in questions]).delete()
    insert_rows(ReferenceIndex, [
        {"content_type_id": type_.pk, "base_content_type_id": type_.pk, "object_id": str(question.pk), "to_content_type_id": to_type,
         "to_object_id": to, "model_path": model_path, "content_path": content_path,
         "content_path_hash": ReferenceIndex._get_content_path_hash(content_path)}
        for question in questions
        for to_type, to, model_path, content_path in set(ReferenceIndex._extract_references_from_object(question))
    ], ignore_conflicts=True)


def _index(model, objects: list) -> None:
    for _name, backend in get_search_backends_with_name(with_auto_update=True) if objects else []:
        backend.get_index_for_model(model).add_items(model, objects)

