"""Signing in by e-mail or telephone number, through allauth's backend."""

from allauth.account.auth_backends import AuthenticationBackend


class PhoneOrEmailBackend(AuthenticationBackend):
    pass
