"""App wiring: settings, urls and the demo loader; no models, no rules."""

from django.apps import AppConfig


class LmsConfig(AppConfig):
    name = "lms"
