"""Settings for the tests: the product's own, with a fast hasher and files in a temporary folder."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("TESTING", "1")
os.environ.setdefault("DEBUG", "0")
os.environ.setdefault("HTTPS", "0")
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("ADMINS_NEED_SECOND_FACTOR", "0")
# Nobody's key: the tests of signing bring their own.
os.environ["PDF_SIGNING"] = ""
os.environ.setdefault("SECRET_KEY", "tests-only-not-a-secret-0000000000000000000")
os.environ["SITE_NAME"] = "Lớp học Công đoàn"
os.environ["SITE_URL"] = "http://testserver"
_VAR = tempfile.mkdtemp(prefix="lms-tests-")
atexit.register(shutil.rmtree, _VAR, ignore_errors=True)
os.environ.setdefault("VAR_DIR", _VAR)
os.environ["MEDIA_ROOT"] = f"{_VAR}/media"
os.environ["PRIVATE_ROOT"] = f"{_VAR}/private"

from lms.settings import *  # noqa: E402, F403
from lms.settings import STORAGES, VAR_DIR  # noqa: E402

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]
