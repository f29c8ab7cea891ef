"""App wiring: settings, urls and the demo loader; no models, no rules."""

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


def make_cache_table(sender: AppConfig, using: str, verbosity: int = 1, **kwargs) -> None:
    """Throttles live in a database table unless another cache is set: whoever migrates has it, with no second command to forget."""
    call_command("createcachetable", database=using, verbosity=0)


class LmsConfig(AppConfig):
    name = "lms"

    def ready(self) -> None:
        from lms import checks, reach  # noqa: F401
        from lms.backup import erased  # noqa: F401 - hears of erasures

        # Django tells only apps with models; accounts is the first of ours.
        post_migrate.connect(make_cache_table, sender=apps.get_app_config("accounts"))
        from lms import metrics, sentry

        metrics.listen()
        sentry.start()
