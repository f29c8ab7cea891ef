"""Makes the template of the database in DATABASE_URL before the tests ask for it, so that no worker waits for another one.

    python -m tests.template
"""

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests import databases

    databases.prepare("maker", anew=False).drop()
