"""The ASGI door, for servers that speak it; WSGI is the measured default."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
application = get_asgi_application()

from django.conf import settings  # noqa: E402 -- needs the name of the settings

from lms.checks import tell_faults  # noqa: E402 -- needs the settings
from lms.engines import hurry  # noqa: E402
from lms.settling import settle  # noqa: E402

hurry(settings.DATABASES["default"])
tell_faults()
settle()
