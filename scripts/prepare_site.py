"""Bring the database to today's shape and load the demo; runs inside `.venv`, in one process because starting Wagtail takes seconds."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    if settings.DEBUG:
        call_command("demo")
    else:
        print("· no demo: .env or the shell says DEBUG=0", flush=True)


if __name__ == "__main__":
    main()
