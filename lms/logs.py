"""What the log says, and what it never does: one line a request, one a task, errors with their traceback, nobody's data.

Keeps true: no line holds a name, an address, a telephone number, a code, a token, a query string, or what somebody typed. So paths are told by the name
of their route, messages of errors only where they cannot hold a value, and only the fields in FIELDS are written.
"""

import copy
import logging
import re
import secrets
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.template import TemplateDoesNotExist
from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="")

FIELDS = ("method", "route", "status", "ms", "task", "task_id", "state", "error", "count")
# What may be handed in by the proxy: nothing that could break a line or stand for something else in it.
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Errors whose messages name things of the program, never what was typed.
HARMLESS = (ImportError, AttributeError, NameError, ImproperlyConfigured, TemplateDoesNotExist, MemoryError, RecursionError)
# Django's own words about a request: their first argument says what happened, the second is the path.
_ABOUT_PATHS = ("django.request", "django.security", "django.server", "django.channels")
# Django's words for requests that it refuses before anybody of ours sees them: scanners send them all day.
_KNOCKED = ("DisallowedHost", "RequestDataTooBig", "TooManyFieldsSent", "TooManyFilesSent")
_PRIVATE = re.compile(
    r"""(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
      | (?P<query>\?[\w%.~-]+=\S*)
      | (?P<key>Key\ \([^)]*\)=\(.*?\)(?=\ |$|\.))
      | (?P<phone>(?<![\w-])(?:\+?84|0)(?:[\s.]?\d){8,10}(?![\w-]))""", re.VERBOSE)


def new_request_id() -> str:
    return secrets.token_hex(8)


def accepted_request_id(given: str) -> str:
    """Return the id that a proxy of ours gave the request, or a new one where it is none."""
    return given if _GIVEN.fullmatch(given) else new_request_id()


@contextmanager
def in_request(name: str) -> Iterator[None]:
    """Have every line that is logged in this block bear this id."""
    token = request_id.set(name)
    try:
        yield
    finally:
        request_id.reset(token)


def without_data(text: str) -> str:
    """Return a message without what looks like somebody's data: the second net, for what libraries say."""
    return _PRIVATE.sub(lambda found: f"<{found.lastgroup}>", text)


def words_of(error: BaseException) -> str:
    """Name an error with as much of its message as cannot hold what somebody typed."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    if detail := _detail_of(error):
        return f"{kind}: {without_data(detail)}"
    return kind


def _detail_of(error: BaseException) -> str:
    if isinstance(error, DatabaseError):
        return _database_detail(error)
    if isinstance(error, HARMLESS):
        return str(error).partition("\n")[0][:300]
    if isinstance(error, OSError):
        return str(getattr(error, "smtp_code", "") or (error.errno and f"[Errno {error.errno}] {error.strerror}") or "")
    return str(getattr(error, "code", ""))


def _database_detail(error: DatabaseError) -> str:
    """PostgreSQL repeats values in its messages: only its codes and the names of what was broken are told."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        parts = (getattr(diagnosis, name, None) for name in ("sqlstate", "table_name", "column_name", "constraint_name"))
        return " ".join(part for part in parts if part)
    return str(error).partition("\n")[0][:200] if type(error.__cause__).__module__ == "sqlite3" else ""


def traceback_of(error: BaseException) -> str:
    """Return where an error came from, the errors behind it first, with the lines of the program and no value."""
    parts, seen = [], set()
    while error is not None and id(error) not in seen and len(seen) < 5:
        seen.add(id(error))
        parts.append("".join(traceback.format_tb(error.__traceback__)) + words_of(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nthen:\n".join(reversed(parts))


def cleaned(record: logging.LogRecord) -> logging.LogRecord:
    """Return a copy of a record that is fit to be written, whoever logged it: the message without paths and values, the error without its words.

    A copy, because others (Sentry, tests) read the same record after us.
    """
    record = copy.copy(record)
    record.request_id = getattr(record, "request_id", "") or request_id.get()
    _clean_message(record)
    error = record.exc_info[1] if record.exc_info else None
    record.exc_info = record.exc_text = record.stack_info = None
    if error is not None:
        record.error, record.exc_text = words_of(error), traceback_of(error)
    return record


def _clean_message(record: logging.LogRecord) -> None:
    if record.name.startswith(_ABOUT_PATHS):
        record.route = name_of(getattr(getattr(record, "request", None), "resolver_match", None))
        record.msg, record.args = _about_path(record), None
        return
    try:
        text = record.getMessage()
    except Exception:  # a message that does not fit its arguments must not lose the line, nor have logging itself print them
        text = str(record.msg)
    record.msg, record.args = without_data(text), None


class AsWarning(logging.Filter):
    """Takes down to one line of warning what Django calls an error: whoever knocks with a wrong name, or brings too much, is no fault of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname, record.exc_info, record.exc_text = logging.WARNING, "WARNING", None, None
        return True


def _about_path(record: logging.LogRecord) -> str:
    status = getattr(record, "status_code", None)
    return f"{record.name.rpartition('.')[2]} {status or record.levelname.lower()}"


def name_of(match) -> str:
    """Name the route of a request: a word of ours, of which there are only so many."""
    if match is None:
        return "unknown"
    return match.view_name or match.route or "unknown"


class Line(logging.Formatter):
    """A line for people: time, level, who logs, the request, the message and the fields that there are."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return super().format(cleaned(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={getattr(record, name)}" for name in FIELDS if getattr(record, name, "") not in ("", None))
        return f"{super().formatMessage(record)}{fields}{f' [{record.request_id}]' if getattr(record, 'request_id', '') else ''}"


class Json(JsonFormatter):
    """A line for machines, an object each; times in UTC."""

    converter = time.gmtime

    def __init__(self) -> None:
        super().__init__("%(message)s", json_ensure_ascii=False)

    def format(self, record: logging.LogRecord) -> str:
        return super().format(cleaned(record))

    def add_fields(self, log_data: dict, record: logging.LogRecord, message_dict: dict) -> None:
        log_data.update({
            "time": f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z", "level": record.levelname, "logger": record.name,
            "message": record.getMessage(), "request_id": getattr(record, "request_id", "")})
        log_data.update({name: getattr(record, name) for name in FIELDS if getattr(record, name, "") not in ("", None)})
        if record.exc_text:
            log_data["trace"] = record.exc_text


def configuration(*, form: str, level: str) -> dict:
    """Return what Django's LOGGING is made of.

    :param form: "line" or "json"
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "lms.logs.Line"}, "json": {"()": "lms.logs.Json"}},
        # The level on the handler too: libraries set that of their own loggers.
        "filters": {"as_warning": {"()": "lms.logs.AsWarning"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form, "level": level}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Wagtail keeps records of its own; the worker says itself what became of a task; of requests that are refused the line of the request tells.
            "wagtail": {"level": "WARNING"},
            "django_tasks": {"level": "CRITICAL"},
            "django_tasks_db": {"level": "WARNING"},
            # Said by `lms.middleware.Observed`; Django's own handlers write mails and paths.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"level": "ERROR"},
            **{f"django.security.{name}": {"filters": ["as_warning"]} for name in _KNOCKED},
        },
    }
