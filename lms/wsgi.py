"""The WSGI door: what the production server loads."""

import os

from django.core.wsgi import get_wsgi_application

from lms.sharing import share_numbers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
share_numbers()
application = get_wsgi_application()

from django.conf import settings  # noqa: E402 -- needs the name of the settings

from lms.checks import tell_faults  # noqa: E402 -- needs the settings
from lms.engines import hurry  # noqa: E402
from lms.settling import settle  # noqa: E402

hurry(settings.DATABASES["default"])
tell_faults()
settle()
