"""Who may do what with rows that history hangs on."""

from wagtail.permission_policies import ModelPermissionPolicy


class NeverDeleted(ModelPermissionPolicy):
    """Adding and changing as the permissions say; deleting for nobody: such rows end, or fall out of use."""

    def user_has_permission(self, user, action: str) -> bool:
        return action != "delete" and super().user_has_permission(user, action)
