"""Load the demonstration: three courses, the law they cite, pages, accounts. Adds what is missing, overwrites nothing."""

from datetime import datetime

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.test.utils import override_settings
from django.utils import timezone

from accounts.models import User
from courses.models import CoursePage
from learning.services.assignments import settle_rule
from lms.demo import afterwards, designs, filling, goals, guests, lists, load, papers, people, province, question_types, quizzes, renewals


class Command(BaseCommand):
    help = "Load the demonstration's content and accounts; what is there already is left alone. Refused when DEBUG is off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--small", action="store_true", help="Without the province of 800 people: for measurements that copy everybody.")

    def handle(self, *args, small: bool = False, **options) -> None:
        if not settings.DEBUG:
            raise CommandError("The demonstration has a known password, so it is only loaded where DEBUG is on.")
        data = people.read_people()
        # A thousand saves would queue a task each, and nothing were found until the worker had done them all: index once instead, at the end.
        with override_settings(TASKS={"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}):
            loaded, provisions, questions, learners = self._load(data, small=small)
        if loaded or provisions or questions or learners:
            call_command("update_index", verbosity=0)
            call_command("rebuild_references_index", verbosity=0)
        self.stdout.write(f"Demo: {loaded} courses, {provisions} articles of law, {learners} learners added; {CoursePage.objects.count()} courses in all.")
        for row in [*data["accounts"].values(), *([] if small else data["officers"])]:
            self.stdout.write(f"  {row['email']}  {people.PASSWORD}")

    def _load(self, data: dict, *, small: bool) -> tuple[int, int, int, int]:
        now = timezone.now()
        load.load_site()
        provisions = load.load_laws()
        people.load_units(data)
        designs.load_designs(now=now)
        accounts = people.load_accounts(data, now=now)
        courses = load.Courses(now=now, owner=accounts["trainer"])
        loaded = sum(courses.load(path.parent) for path in sorted(load.CONTENT.glob("*/course.yaml")))
        kinds = question_types.read_question_types()
        questions = question_types.QuestionTypes(owner=accounts["trainer"]).load(kinds)
        quizzes.load_quizzes(now=now)
        guests.load_guests(quizzes.read_quizzes()["guests"], now=now)
        learners = people.Learners(now=now).load(data)
        renewals.load_renewals(now=now)
        lists.load_lists(by=accounts["administrator"], now=now)
        if not small:
            learners += self._load_province(data, by=accounts["administrator"], now=now)
        papers.load_papers(kinds["papers"], marker=accounts["trainer"], now=now)
        afterwards.load_appeals(kinds["appeals"], now=now)
        afterwards.analyse_most_taken(by=accounts["trainer"], now=now)
        return loaded, provisions, questions, learners

    def _load_province(self, data: dict, *, by: User, now: datetime) -> int:
        cast = [*data["accounts"].values(), *data["officers"], *data["people"]]
        added = filling.load_province(province.read_province(), taken={row["name"] for row in cast}, by=by, now=now)
        people.load_officers(data, now=now)
        if added:
            lists.load_full_time_list(by=by, now=now)
        for rule in goals.load_goals(by=by, now=now):
            settle_rule(rule=rule, now=now)
        return added
