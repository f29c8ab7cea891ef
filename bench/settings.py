"""Settings for measuring: the product's own, as in production, with static files under their plain names (collecting them takes long
and changes nothing that is measured) and the search index filled at once."""

from lms.settings import *  # noqa: F403
from lms.settings import STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
