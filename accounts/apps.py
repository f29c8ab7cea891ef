"""App wiring."""

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default = True

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's user pages, with forms that know a full name instead of two."""

    user_viewset = "accounts.viewsets.UserViewSet"
