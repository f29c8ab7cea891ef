"""Settings, read from the environment; missing and wrong values stop the start with a word about each.

`.env` beside manage.py is read first (`make run` writes one for development). docs/settings.md lists the variables.
"""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF  # noqa: F401
from django.utils.translation import gettext_lazy as _

from lms import engines, logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = engines.Environment()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
TESTING = env.bool("TESTING", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    env.faults.append("Set SECRET_KEY (make run writes one into .env; production needs its own, kept secret).")
elif not DEBUG and not TESTING and len(SECRET_KEY) < 40:
    env.faults.append("SECRET_KEY is too short for production: use at least 40 random characters.")
# Former keys, newest first: what they sealed (second factors, slips, links of letters) still opens, nothing new is sealed with them.
SECRET_KEY_FALLBACKS = [*env.keys("SECRET_KEY_FALLBACKS"), *env.former("SECRET_KEY")]

# Signs what the QR code of a certificate says, so that a phone can check it with no network. Kept as long as certificates are: a new key
# makes old codes unreadable off line. A development machine makes its own.
CERTIFICATE_SIGNING_KEY = env.str("CERTIFICATE_SIGNING_KEY", default="")
if not DEBUG and not TESTING and len(CERTIFICATE_SIGNING_KEY) < 40:
    env.faults.append("Set CERTIFICATE_SIGNING_KEY: at least 40 random characters, kept as long as certificates are.")

# A TOML file with the keys that sign papers, by the code of the unit (docs/certificates.md); empty: papers carry no digital signature.
PDF_SIGNING = env.str("PDF_SIGNING", default="")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where the site is reached from outside: printed in QR codes and e-mails, without a slash at the end.
SITE_URL = env.address("SITE_URL", "https", "http", default="http://127.0.0.1:8000").rstrip("/")
SITE_NAME = env.str("SITE_NAME", default="Lớp học Công đoàn")
# Off only on a development machine: cookies travel on HTTPS alone and browsers are told so.
HTTPS = env.bool("HTTPS", default=not DEBUG)
SIGN_UP_OPEN = env.bool("SIGN_UP_OPEN", default=True)
ADMINS_NEED_SECOND_FACTOR = env.bool("ADMINS_NEED_SECOND_FACTOR", default=not DEBUG)
# Trainers and reviewers too: whoever may enter the editor.
EDITORS_NEED_SECOND_FACTOR = env.bool("EDITORS_NEED_SECOND_FACTOR", default=ADMINS_NEED_SECOND_FACTOR)
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
VERSION = engines.version(env, BASE_DIR)
# Everybody is told that the site is being worked on, but for the two probes.
MAINTENANCE = env.bool("MAINTENANCE")
# Cache, throttles and locks of several machines; empty: a table of the database.
REDIS_URL = env.address("REDIS_URL", "redis", "rediss", "unix")
TASKS_ENGINE, TASKS = engines.tasks(env, REDIS_URL)

INSTALLED_APPS = [
    # ours first, so that our templates and translations win; highest floor first
    "lms",
    "training",
    "certificates",
    "learning",
    "courses",
    "quizzes",
    "unions",
    "cms",
    "laws",
    "accounts",
    # others
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "accounts.apps.UsersConfig",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "rest_framework",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "lms.observing.Observed",
    "lms.middleware.Headers",
    "lms.middleware.ContentSecurityPolicy",
    "lms.health.Probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "lms.conditional.ConditionalGet",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "lms.maintenance.Maintenance",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cms.middleware.KnownSite",
    "accounts.middleware.SecondFactorForAdmins",
    "lms.middleware.Redirects",
]

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cms.context_processors.site",
            ],
            "builtins": ["cms.templatetags.look"],
        },
    },
]

DATABASES = {"default": engines.database(env, VAR_DIR, pooled=not TESTING)}
IS_SQLITE = DATABASES["default"]["ENGINE"] == engines.SQLITE
SEARCH_BACKEND = "cms.search.sqlite.SearchBackend" if IS_SQLITE else "cms.search.postgresql.SearchBackend"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# "default" is shared by all processes (throttles); "pages" holds rendered bodies, whose keys change with each revision.
CACHES = engines.caches(env, REDIS_URL, engines.site_name_in(SITE_URL))

# Signing in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PhoneOrEmailBackend"]
# The first keeps new ones; what the others kept is kept anew at the next sign-in.
PASSWORD_HASHERS = ["accounts.hashers.Argon2id", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("full_name", "email", "phone")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.NotGuessedFirst"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/hoc-tap/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
# allauth's checks want the e-mail required; the form asks for one of the two.
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# accounts.stages.ProveEmail softens it: only who signed up by e-mail alone must prove the address before entering.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = "accounts:show-profile"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Dotted path of a function (phone, text): with one, telephone numbers are proved by a code; without, they are taken as typed.
SMS_SENDER = env.str("SMS_SENDER", default="")
ACCOUNT_PHONE_VERIFICATION_ENABLED = bool(SMS_SENDER)
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
# Kept in the "default" cache, for all processes. A class or a factory sits behind one address: limits by address are wide.
ACCOUNT_RATE_LIMITS = {
    # Wrong passwords are counted, not visits: else one machine that hammers at one account would shut out the office around it. By person
    # before by address, for the same reason (accounts.adapter).
    "login": "",
    "login_failed": "5/15m/key,100/d/key,100/15m/ip",
    "signup": "100/h/ip",
    "reset_password": "5/h/key,60/h/ip",
    "change_phone": "5/m/user",
}
# How many proxies of ours stand before the server: the address that tries are counted by is read behind them.
BEHIND_PROXY = env.bool("BEHIND_PROXY")
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1 if BEHIND_PROXY else 0)
ACCOUNT_FORMS = {
    "login": "accounts.forms.signing_in.SignInForm",
    "signup": "accounts.forms.signing_in.SignUpForm",
    "reset_password": "accounts.forms.signing_in.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.forms.signing_in.NewPasswordForm",
    "change_password": "accounts.forms.signing_in.ChangePasswordForm",
    "set_password": "accounts.forms.signing_in.SetPasswordForm",
    "reauthenticate": "accounts.forms.signing_in.ConfirmPasswordForm",
    "add_email": "accounts.forms.signing_in.ChangeEmailForm",
}
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
# One step of 30 seconds either way: cheap telephones run fast or slow (RFC 6238, 5.2).
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_FORMS = {
    "authenticate": "accounts.forms.second_step.CodeForm",
    "reauthenticate": "accounts.forms.second_step.ConfirmCodeForm",
    "activate_totp": "accounts.forms.second_step.ActivateAppForm",
    "add_webauthn": "accounts.forms.second_step.AddKeyForm",
    "edit_webauthn": "accounts.forms.second_step.RenameKeyForm",
}

# Language, time, formats
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["lms.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

# Files
STATIC_URL = "/static/"
# A path that does not begin with a slash lies in the folder of the release: old and new processes then keep to the files of their own.
STATIC_ROOT = BASE_DIR / env.text("STATIC_ROOT", str(VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
# Off where a proxy or an object store serves what people uploaded.
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=True)
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))
PRIVATE_ROOT = Path(env.text("PRIVATE_ROOT", str(VAR_DIR / "private")))
STORAGES = engines.storages(env, PRIVATE_ROOT)
S3_BUCKET = env.text("S3_BUCKET")
WHITENOISE_MAX_AGE = 300

# Background work: `TASKS` stands above.
if TASKS_ENGINE == "redis":
    INSTALLED_APPS += ["django_rq"]
    RQ_QUEUES = engines.queues(REDIS_URL)

# Backups: where they are written, and for whose key (age; empty: not encrypted)
BACKUP_DIR = Path(env.text("BACKUP_DIR", str(VAR_DIR / "backups")))
BACKUP_RECIPIENT = env.text("BACKUP_RECIPIENT")

# Mail
EMAIL_CONFIG = engines.mail(env)
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Lớp học Công đoàn <khong-tra-loi@example.org>")

# Wagtail
WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "/tai-khoan/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/tai-khoan/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": SEARCH_BACKEND, "SEARCH_CONFIG": "simple"}}
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "avif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "csv", "txt", "zip", "vtt", "mp4", "webm", "mp3", "m4a", "ogg"]
# By our own word: a bare machine's list of types may know none of them.
WAGTAILDOCS_CONTENT_TYPES = {
    "vtt": "text/vtt", "mp4": "video/mp4", "webm": "video/webm", "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg",
}
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# A file that somebody uploaded is saved, or played within a page; none of them is a page of this site (lms.middleware).
WAGTAILDOCS_INLINE_CONTENT_TYPES = []
# Who may see what is asked of the person; a password that many share is told on, kept in clear and guessed without a count.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
# The server fetches nothing from an address that an author types.
WAGTAILEMBEDS_FINDERS = [{"class": "cms.embeds.FramedVideos"}]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 200 * 1024 * 1024
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.forms.DocumentForm"
TAGGIT_CASE_INSENSITIVE = True

# Security
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS and env.bool("SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Browsers build names that ask for it into themselves, and take months to take them out again: only where somebody wants just that.
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD") and HTTPS
CSRF_FAILURE_VIEW = "lms.outages.answer_unproved"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 30 * 24 * 3600
X_FRAME_OPTIONS = "SAMEORIGIN"
# The editor shows its preview in a frame of this same site.
# The others follow from HTTPS, about which lms.checks says one word instead of four; SSL_REDIRECT is the proxy's where it is off.
SILENCED_SYSTEM_CHECKS = ["security.W019", "security.W004", "security.W008", "security.W012", "security.W016", "security.W021", "security.W025"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "frame-src": ["https://www.youtube-nocookie.com", "https://player.vimeo.com"],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# To be watched by
METRICS_TOKEN = env.text("METRICS_TOKEN")
SENTRY_DSN = env.text("SENTRY_DSN")
LOG_FORMAT = env.choice("LOG_FORMAT", "line", "json")
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL")
LOGGING = logs.configuration(form=LOG_FORMAT, level=LOG_LEVEL)

KNOWN_VARIABLES = frozenset(env.known)
env.settle()
