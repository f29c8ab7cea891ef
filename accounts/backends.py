"""Signing in by e-mail, telephone number or member code: allauth's own backend, under a name of ours that settings and sessions can keep."""

from allauth.account.auth_backends import AuthenticationBackend

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
