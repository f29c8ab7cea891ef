"""Makes a site many times larger by copying rows: people with their posts and all they did, and whole courses.

For measurements only. Rows are copied in bulk, without signals, so nothing is sent, typeset or queued; a copied certificate shares
the stored PDF of its original. The search index is made anew at the end.
"""

import secrets
from collections.abc import Iterable
from itertools import count
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Model
from wagtail.models import Page

from accounts.models import User
from certificates.codes import new_code
from certificates.models import Certificate, RegisterEntry, Series
from courses.models import CataloguePage, CoursePage, LessonPage, ModulePage, Objective, QuizPage, RuleSet
from learning.models import Completion, Enrolment, StepRecord
from quizzes.models import AnswerStep, Attempt, AttemptSlot
from unions.models import Post

FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"]
MIDDLE = ["Thị", "Văn", "Thị Thu", "Đức", "Minh", "Thị Ngọc", "Hữu", "Thanh", "Quốc", "Thị Kim"]
GIVEN = ["Ân", "Bình", "Châu", "Dũng", "Đào", "Giang", "Hà", "Hạnh", "Khánh", "Lan", "Mai", "Nga", "Oanh", "Phúc", "Quý", "Sơn", "Thảo", "Uyên", "Vân", "Yến"]
TREE = (CoursePage, ModulePage, LessonPage, QuizPage)

# Old primary key → new one, by model.
Links = dict[type[Model], dict[int, int]]


class Command(BaseCommand):
    help = "Copy people, their records and courses until the site is so many times larger. For measurements; refused when DEBUG is off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--times", type=int, default=100)
        parser.add_argument("--without-courses", action="store_true", help="Copy people and their records only.")

    def handle(self, *args, times: int, without_courses: bool, **options) -> None:
        if not settings.DEBUG:
            raise CommandError("Invented rows do not belong into a register in use: only where DEBUG is on.")
        if times < 2:
            raise CommandError("--times must be 2 or more.")
        learners, courses = Learners(), Courses()
        for _round in range(times - 1):
            with transaction.atomic():
                learners.copy_all()
                if not without_courses:
                    courses.copy_all()
        if not without_courses:
            call_command("update_index", verbosity=0)
        for model in (User, CoursePage, Enrolment, StepRecord, Completion, Certificate, Attempt, AnswerStep):
            self.stdout.write(f"{model._meta.label:28}{model._default_manager.count():>10,}")


def copy_of(row: Model, **changes) -> Model:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    return type(row)(**{**values, **changes})


class Learners:
    """The people as they are now, and copies of them and of their rows; numbers, codes and keys that must be unique are made new."""

    def __init__(self) -> None:
        self.number = count(User.objects.count() + 1)
        self.people = list(User.objects.filter(is_staff=False))
        self.rows = {
            model: list(model._default_manager.order_by("pk"))
            for model in (Post, Enrolment, StepRecord, Completion, RegisterEntry, Attempt, AttemptSlot, AnswerStep)}
        self.rows[Certificate] = list(
            # What names another paper cannot be copied: a paper is replaced or renewed once. Nor what nobody here holds.
            Certificate.objects.filter(replaces=None, renews=None, user__isnull=False, state="valid").order_by("pk"))
        self.codes = set(Certificate.objects.values_list("code", flat=True))

    def copy_all(self) -> None:
        links: Links = {User: {person.pk: self._person(person).pk for person in self.people}}
        self._copy(Post, links, user_id=User)
        enrolments = self._copy(Enrolment, links, user_id=User)
        contexts = {old.context: new.context for old, new in enrolments}
        self._copy(StepRecord, links, enrolment_id=Enrolment)
        self._copy(Completion, links, enrolment_id=Enrolment)
        self._copy(Certificate, links, user_id=User)
        self._copy(RegisterEntry, links, certificate_id=Certificate)
        self._copy(Attempt, links, contexts, user_id=User)
        self._copy(AttemptSlot, links, attempt_id=Attempt)
        self._copy(AnswerStep, links, attempt_id=Attempt, slot_id=AttemptSlot)

    def _person(self, original: User) -> User:
        number = next(self.number)
        name = f"{FAMILY[number % 16]} {MIDDLE[number // 16 % 10]} {GIVEN[number // 7 % 20]}"
        person = copy_of(original, uuid=uuid4(), full_name=name, given_name="", email=f"nguoi.{number}@example.org", phone=None, member_code=None)
        person.save()
        return person

    def _copy(self, model: type[Model], links: Links, contexts: dict[str, str] | None = None, **parents: type[Model]) -> list[tuple[Model, Model]]:
        """Copy the rows whose parents were copied, point them at those copies, and remember which became which."""
        pairs = []
        for row in self.rows[model]:
            if all(getattr(row, name) in links[parent] for name, parent in parents.items()):
                moved = {name: links[parent][getattr(row, name)] for name, parent in parents.items()}
                pairs.append((row, copy_of(row, **moved, **self._fresh(row, contexts or {}))))
        model._default_manager.bulk_create([new for _old, new in pairs], batch_size=500)
        links[model] = {old.pk: new.pk for old, new in pairs}
        return pairs

    def _fresh(self, row: Model, contexts: dict[str, str]) -> dict:
        fresh = {"uuid": uuid4()} if hasattr(row, "uuid") else {}
        if isinstance(row, Certificate):
            fresh |= {"code": self._take_code(), "number": self._take_number(row.series_id)}
            fresh["register_number"] = f"{fresh['number']}/GCN-CĐ"
        if isinstance(row, Attempt):
            fresh |= {"receipt_code": row.receipt_code and secrets.token_hex(8).upper(), "context": contexts.get(row.context, row.context)}
        return fresh

    def _take_code(self) -> str:
        while (code := new_code()) in self.codes:
            pass
        self.codes.add(code)
        return code

    def _take_number(self, series_id: int) -> int:
        series = Series.objects.get(pk=series_id)
        series.taken += 1
        series.save(update_fields=["taken"])
        return series.taken


class Courses:
    """The courses as they are now, and copies of their whole trees beside them, with titles and addresses of their own."""

    def __init__(self) -> None:
        self.number = count(2)
        self.catalogue = CataloguePage.objects.get()
        self.courses = list(CoursePage.objects.child_of(self.catalogue).order_by("path"))
        self.trees = {course.pk: list(Page.objects.descendant_of(course, inclusive=True).order_by("path")) for course in self.courses}
        self.specific = {model: model._default_manager.in_bulk() for model in TREE}
        self.step = count(max(int(page.path[-Page.steplen:], 36) for page in Page.objects.child_of(self.catalogue)) + 1)

    def copy_all(self) -> None:
        number = next(self.number)
        for course in self.courses:
            self._copy(course, number)
        # Set aside from treebeard's own methods, which move one page at a time.
        Page.objects.filter(pk=self.catalogue.pk).update(numchild=Page.objects.child_of(self.catalogue).count())

    def _copy(self, course: CoursePage, number: int) -> None:
        path = Page._get_path(self.catalogue.path, course.depth, next(self.step))
        address = f"{course.url_path.rstrip('/')}-{number}/"
        old = self.trees[course.pk]
        new = [copy_of(
            page, path=path + page.path[len(course.path):], url_path=address + page.url_path[len(course.url_path):], translation_key=uuid4(),
            latest_revision_id=None, live_revision_id=None) for page in old]
        new[0].title = new[0].draft_title = f"{course.title}, lớp {number}"
        new[0].slug = f"{course.slug}-{number}"
        Page.objects.bulk_create(new, batch_size=500)
        ids = {before.pk: after.pk for before, after in zip(old, new, strict=True)}
        for model in TREE:
            self._copy_specific(model, ids)
        self._copy_relations(course, ids)

    def _copy_specific(self, model: type[Page], ids: dict[int, int]) -> None:
        """Copy the rows of the pages' own tables. Django's bulk_create refuses models with a parent, so this calls what stands below it."""
        fields = model._meta.local_concrete_fields
        rows = []
        for before, after in ids.items():
            if source := self.specific[model].get(before):
                rows.append(model(**{field.attname: getattr(source, field.attname) for field in fields} | {"page_ptr_id": after}))
        for start in range(0, len(rows), 50):
            model._base_manager._insert(rows[start:start + 50], fields=fields, using=model.objects.db, raw=True)

    def _copy_relations(self, course: CoursePage, ids: dict[int, int]) -> None:
        new = ids[course.pk]
        self._copy_rows(Objective.objects.filter(page=course), page_id=new)
        self._copy_rows(CoursePage.audiences.through.objects.filter(coursepage=course), coursepage_id=new)
        self._copy_rows(CoursePage.trainers.through.objects.filter(coursepage=course), coursepage_id=new)
        rules = RuleSet.objects.filter(course=course).order_by("-number")[:1]
        self._copy_rows(rules, course_id=new, number=1, steps=[{**step, "page": ids.get(step["page"])} for row in rules for step in row.steps])

    @staticmethod
    def _copy_rows(rows: Iterable[Model], **changes) -> None:
        made = [copy_of(row, **changes) for row in rows]
        if made:
            type(made[0])._default_manager.bulk_create(made)
