"""Signing in by e-mail or telephone number: allauth's own backend, under a name of ours that settings and sessions can keep."""

from allauth.account.auth_backends import AuthenticationBackend


class PhoneOrEmailBackend(AuthenticationBackend):
    pass
