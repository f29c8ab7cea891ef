"""What Wagtail's admin must not offer of an account."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.views.account import NameEmailSettingsPanel

# Wagtail has no setting for it: the panel asks for two names that our people do not have, so that the page could not be
# saved at all, and it changes the e-mail address without proof or password. The profile under /tai-khoan/ does both.
NameEmailSettingsPanel.is_active = lambda panel: False


@hooks.register("register_log_actions")
def name_actions(actions) -> None:
    actions.register_action("accounts.erase", _("Erase personal data"), _("Erased the personal data"))
