"""manage.py in a hurry: the waits after which somebody is taken for gone, or asked again, are a tenth to a thirtieth of those of production.

    .venv/bin/python bench/hasty.py work

What happens is the same, only sooner: a bench cannot sit out two minutes of silence and ten of a mail server for every fault.
"""

import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

BEAT_SECONDS, SILENT_SECONDS = 1, 5
GIVEN_UP_AFTER = timedelta(seconds=4)


def hurry() -> None:
    import django

    django.setup()
    from django.conf import settings

    import cms.work
    from certificates.services import outbox, running
    from lms.background import clock, presence, returning

    settings.EMAIL_TIMEOUT = 2
    presence.BEAT_SECONDS = clock.BEAT_SECONDS = BEAT_SECONDS
    presence.SILENT_SECONDS, presence.BLIND_SECONDS = SILENT_SECONDS, 15
    returning.REST = GIVEN_UP_AFTER + timedelta(seconds=1)
    cms.work.GIVEN_UP_AFTER = running.GIVEN_UP_AFTER = GIVEN_UP_AFTER
    outbox.CLAIM_HOLDS = timedelta(seconds=10)
    outbox.WAITS = (timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8), timedelta(seconds=16))


if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    hurry()
    execute_from_command_line(sys.argv)
