"""What stands in the house before anybody comes: run as a program with the house's environment. Prints what the stories need.

    python -m tests.deploy.stage fill      lays tables, courses, people, a list to decide on, and what is due by the clock
    python -m tests.deploy.stage collect   collects static files under their hashed names, uncompressed, for want of time
    python -m tests.deploy.stage look      prints what came of it
"""

import json
import os
import sys
from datetime import timedelta

LEARNER, OTHER, ADMINISTRATOR, DUE = "mai@example.org", "ngoai@example.org", "an@example.org", 3


def fill() -> dict:
    from django.test.utils import override_settings
    from django.utils import timezone

    with override_settings(TASKS={"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}):
        lay_tables(os.environ["TEMPLATE"])
        return _fill(timezone.now())


def lay_tables(template: str) -> None:
    """Make the tables as the models say, and bring the rows of the migrations from the tests' template: migrating anew takes half a minute."""
    from django.apps import apps
    from django.core.management import call_command
    from django.core.management.color import no_style
    from django.db import connection, connections, transaction
    from django.db.migrations.recorder import MigrationRecorder

    connections.databases["template"] = {**connections.databases["default"], "ENGINE": "django.db.backends.sqlite3", "NAME": template, "OPTIONS": {}}
    MigrationRecorder(connection).ensure_schema()
    models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy and model._meta.managed]
    with connection.schema_editor() as editor:
        for model in models:
            if not model._meta.auto_created:
                editor.create_model(model)
    # The search index has other columns there, and is empty.
    rows = [MigrationRecorder.Migration, *(model for model in models if model._meta.app_label != "wagtailsearch")]
    with transaction.atomic():
        for model in rows:
            for row in model._base_manager.using("template").order_by("pk"):
                row.save_base(raw=True, using="default", force_insert=True)
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), rows):
            cursor.execute(sql)
    call_command("createcachetable", verbosity=0)


def _fill(now) -> dict:
    from django.test.utils import override_settings

    from lms.demo.load import load_site
    from tests.factories import accounts as people
    from tests.factories import certificates, courses

    load_site()
    issuer, administrator = certificates.issuer(), people.administrator()
    people.learner()
    people.outsider()
    course = courses.small_course()
    # Nobody else signs in: their passwords need not cost anything.
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        run = _a_list(issuer, administrator, now)
        _what_is_due(now)
    waiting = courses.lesson(courses.module(course, "Đến giờ", "den-gio"), "Bài đến giờ", "bai-den-gio", live=False)
    waiting.go_live_at = now - timedelta(minutes=1)
    waiting.save_revision(approved_go_live_at=waiting.go_live_at)
    return {"run": str(run.uuid), "course": course.slug}


def _a_list(issuer, administrator, now):
    """A list of three, to be decided on by the administrator."""
    from certificates.services import runs
    from tests.factories import accounts as people
    from tests.factories import certificates, courses

    decided = courses.course("Nghiệp vụ chủ tịch", "nghiep-vu", issuing="decision")
    for number in range(3):
        certificates.completion(people.person(f"Nguyễn Văn {'ABC'[number]}n", f"lop{number}@example.org"), decided)
    run = runs.make_run(course=decided, issuer=issuer, name="Lớp 1", by=administrator, now=now)
    runs.put_all_on(run=run, by=administrator)
    return run


def _what_is_due(now) -> None:
    """Certificates that have ended, and others whose holders are to be told; the letters of the day of issue have long been read."""
    from certificates.models import Notice
    from tests.factories import accounts as people
    from tests.factories import renewals

    ended, ending = renewals.taught("Đã hết hạn", "da-het"), renewals.taught("Sắp hết hạn", "sap-het")
    for number in range(DUE):
        renewals.issued(people.person("Trần Thị Hạnh", f"het{number}@example.org"), ended, now, ends_in=-1)
        renewals.issued(people.person("Trần Thị Hiền", f"sap{number}@example.org"), ending, now, ends_in=20)
    Notice.objects.all().delete()


def look() -> dict:
    from wagtail.models import PageLogEntry

    from certificates.enums import Entry, NoticeKind
    from certificates.models import Certificate, Notice, RegisterEntry
    from cms.models import Duty
    from courses.models import LessonPage
    from learning.models import Completion

    ended = RegisterEntry.objects.filter(kind=Entry.EXPIRED)
    return {
        "expiries": ended.count(), "expired": ended.values("certificate").distinct().count(),
        "reminders": Notice.objects.filter(kind=NoticeKind.ENDING).count(), "waiting": Notice.objects.filter(state="waiting").count(),
        "publications": PageLogEntry.objects.filter(action__startswith="wagtail.publish", page__slug="bai-den-gio").count(),
        "is_live": LessonPage.objects.get(slug="bai-den-gio").live, "undone": list(Duty.objects.filter(done_at=None).values_list("name", flat=True)),
        "certificates": Certificate.objects.filter(course__slug="nghiep-vu").count(), "completions": Completion.objects.count(),
        "failures": list(Duty.objects.exclude(error="").values_list("name", "error")),
    }


def collect() -> dict:
    from django.conf import settings
    from django.core.management import call_command
    from django.test.utils import override_settings

    plain = {**settings.STORAGES, "staticfiles": {"BACKEND": "tests.deploy.stage.Uncompressed"}}
    with override_settings(STORAGES=plain):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["wagtail*", "rest_framework", "django_filters"])
    return {}


def __getattr__(name: str):
    if name != "Uncompressed":
        raise AttributeError(name)
    from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

    return type(name, (ManifestStaticFilesStorage,), {"support_js_module_import_aggregation": True})


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps({"fill": fill, "collect": collect, "look": look}[sys.argv[1]]()))
