"""What stands behind a browser test: run as a program on the site's own database, since the test has another one.

    python -m tests.browser.stage start '{"login": …, "questions": [kind, …], …fields of the quiz}'   prints the attempt's uuid
    python -m tests.browser.stage look UUID                                                           prints what the server holds
"""

import json
import os
import subprocess
import sys
from typing import Any

from tests.browser.conftest import ROOT, Site

SITE_ENV = {"DJANGO_SETTINGS_MODULE": "lms.settings", "DEBUG": "1", "TESTING": "0", "HTTPS": "0", "LOG_LEVEL": "WARNING"}


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


if __name__ == "__main__":
    import django

    django.setup()
    print(_start(json.loads(sys.argv[2])) if sys.argv[1] == "start" else _look(sys.argv[2]))
