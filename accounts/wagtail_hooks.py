"""What Wagtail's admin must not offer of an account."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.views.account import NameEmailSettingsPanel

from accounts.models import User

# Wagtail has no setting for it: the panel asks for two names that our people do not have, so that the page could not be
# saved at all, and it changes the e-mail address without proof or password. The profile under /tai-khoan/ does both.
NameEmailSettingsPanel.is_active = lambda panel: False


@hooks.register("register_log_actions")
def name_actions(actions) -> None:
    actions.register_action("accounts.erase", _("Erase personal data"), _("Erased the personal data"))


@hooks.register("before_bulk_action")
def let_only_administrators_act_on_many(request: HttpRequest, action_type: str, objects: list, action) -> None:
    """Wagtail gives any group to anybody, shuts and deletes accounts here, for whoever may change people at all."""
    if action.models and User in action.models and not request.user.is_superuser:
        raise PermissionDenied
