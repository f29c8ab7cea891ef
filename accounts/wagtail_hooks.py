"""What Wagtail's admin must not offer of an account."""

from wagtail.admin.views.account import NameEmailSettingsPanel

# Wagtail has no setting for it: the panel asks for two names that our people do not have, so that the page could not be
# saved at all, and it changes the e-mail address without proof or password. The profile under /tai-khoan/ does both.
NameEmailSettingsPanel.is_active = lambda panel: False
