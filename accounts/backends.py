"""Signing in by e-mail or telephone number: allauth's own backend, under a name of ours that settings and sessions can keep."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from accounts.prepared import FirstRow

_BY_KEY = FirstRow(lambda key: User.objects.filter(pk=key), (900_000_003, User._meta.pk))


class PhoneOrEmailBackend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session; one who was shut out is nobody. Every request of a signed-in person asks this."""
        user = _BY_KEY.get(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
