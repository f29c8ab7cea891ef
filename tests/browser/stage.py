"""What stands behind a browser test: run as a program on the site's own database, since the test has another one.

    python -m tests.browser.stage start '{"login": …, "questions": [kind, …], …fields of the quiz}'   prints the attempt's uuid
    python -m tests.browser.stage look UUID                                                           prints what the server holds
    python -m tests.browser.stage issue NAME                                                          prints code and digits of a paper
    python -m tests.browser.stage revoke CODE                                                         revokes it
"""

import json
import os
import subprocess
import sys
from typing import Any

from tests.browser.conftest import ROOT, SIGNING_KEY, Site

SITE_ENV = {"DJANGO_SETTINGS_MODULE": "lms.settings", "DEBUG": "1", "TESTING": "0", "HTTPS": "0", "LOG_LEVEL": "WARNING",
            "CERTIFICATE_SIGNING_KEY": SIGNING_KEY}


def _run(site: Site, *arguments: str) -> str:
    env = {**os.environ, **SITE_ENV}
    if "BROWSER_SITE" not in os.environ:
        env |= {"VAR_DIR": str(site.folder), "MEDIA_ROOT": f"{site.folder}/media", "PRIVATE_ROOT": f"{site.folder}/private",
                "DATABASE_URL": f"sqlite:///{site.folder}/db.sqlite3"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.stage", *arguments], cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def start(site: Site, login: str, *questions: str, **quiz: Any) -> str:
    """Let somebody begin a quiz of these kinds of questions, and return the address of the attempt."""
    uuid = _run(site, "start", json.dumps({"login": login, "questions": questions, **quiz})).strip()
    return f"/hoc-tap/bai-lam/{uuid}/"


def look(site: Site, attempt: str) -> dict[str, Any]:
    """Return the state of an attempt and, by position, what the server holds."""
    return json.loads(_run(site, "look", attempt.strip("/").rpartition("/")[2]))


def issue(site: Site, name: str) -> tuple[str, str]:
    """Issue a paper to a new person of that name, and return its code and the digits of its QR code."""
    code, digits = _run(site, "issue", name).split()
    return code, digits


def revoke(site: Site, code: str) -> None:
    _run(site, "revoke", code)


def _start(data: dict[str, Any]) -> str:
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from quizzes import services
    from tests.factories import question_types_b, quizzes

    user = get_user_model().objects.get(email=data.pop("login"))
    made = [getattr(question_types_b if hasattr(question_types_b, kind) else quizzes, kind)() for kind in data.pop("questions")]
    quiz = quizzes.quiz(made, title="Bài làm thử", attempts_allowed=0, **data)
    return str(services.start_attempt(quiz=quiz, user=user, now=timezone.now()).uuid)


def _look(uuid: str) -> str:
    from quizzes.models import Attempt

    attempt = Attempt.objects.get(uuid=uuid)
    slots = {slot.position: {"answer": slot.answer, "late": slot.is_late, "flagged": slot.flagged} for slot in attempt.slots.all()}
    return json.dumps({"state": attempt.state, "slots": slots, "steps": attempt.steps.count()})


def _issue(name: str) -> str:
    from django.contrib.auth import get_user_model
    from django.utils import timezone
    from django.utils.crypto import get_random_string

    from courses.models import CoursePage
    from tests.factories import certificates

    user = get_user_model().objects.create_user(email=f"{get_random_string(12).lower()}@example.org", password=None, full_name=name)
    paper = certificates.certificate(user, CoursePage.objects.filter(gives_certificate=True).first(), now=timezone.now())
    return f"{paper.code} {paper.snapshot['payload']}"


def _revoke(code: str) -> str:
    from django.contrib.auth import get_user_model
    from django.core.cache import caches
    from django.utils import timezone

    from certificates import payload, services
    from certificates.models import Certificate
    from certificates.services.publishing import LIST_CACHE

    office = get_user_model().objects.get(email="quantri@example.org")
    services.revoke_certificate(certificate=Certificate.objects.get(code=code), reason="Cấp nhầm", by=office, now=timezone.now())
    # The site makes a new list once a minute; the test does not wait for it.
    caches["default"].delete(f"{LIST_CACHE}:{payload.fingerprint(payload.signing_key().public_key())}")
    return code


if __name__ == "__main__":
    import django

    django.setup()
    deeds = {"start": lambda text: _start(json.loads(text)), "look": _look, "issue": _issue, "revoke": _revoke}
    print(deeds[sys.argv[1]](sys.argv[2]))
