"""Signing in by e-mail, telephone number or member code: allauth's own backend, under a name of ours that settings and sessions can keep."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission

from accounts import selectors
from accounts.models import User
from accounts.prepared import FirstRow

_BY_KEY = FirstRow(lambda key: User.objects.filter(pk=key), (900_000_003, User._meta.pk))


class PhoneOrEmailBackend(AuthenticationBackend):
    def _authenticate(self, request, **credentials) -> User | None:
        """Take what allauth calls a user name for a member code; it may read like a telephone number that nobody has."""
        found = super()._authenticate(request, **{name: value for name, value in credentials.items() if name != "username"})
        if found is None and (code := credentials.get("username")) and not self._did_check_password:
            found = self._check_password(selectors.person_by_login(member_code=code), credentials.get("password") or "")
        return found

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session; one who was shut out is nobody. Every request of a signed-in person asks this."""
        user = _BY_KEY.get(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: User, obj=None) -> set[str]:
        """Return what the person may do by themselves and by their groups. One query where Django's own takes two; the office's menu asks it on every page."""
        is_own_matter = obj is None and user_obj.is_active and not user_obj.is_anonymous and not user_obj.is_superuser
        if not is_own_matter:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "_perm_cache"):
            found = Permission.objects.order_by().values_list("content_type__app_label", "codename")
            given = found.filter(user=user_obj).union(found.filter(group__user=user_obj))
            user_obj._perm_cache = {f"{app}.{name}" for app, name in given}
        return user_obj._perm_cache
