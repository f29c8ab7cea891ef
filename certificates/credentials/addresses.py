"""Where an issuer's profile, its keys and its status lists are found, for ever: by the unit's uuid, since names and codes change."""

from django.conf import settings
from django.urls import reverse

from certificates.models import Issuer

# How many certificates share a status list: the least that the specification allows (Bitstring Status List v1.0, 2.2 and 6.1), so that
# asking for a list does not tell whose certificate is looked at.
LIST_SIZE = 131_072


def profile_address(issuer: Issuer) -> str:
    return _absolute("show-profile", issuer.unit.uuid)


def key_address(issuer: Issuer, fingerprint: str) -> str:
    return _absolute("show-key", issuer.unit.uuid, fingerprint)


def list_address(issuer: Issuer, number: int) -> str:
    return _absolute("show-status-list", issuer.unit.uuid, number)


def verification_address(code: str) -> str:
    return _absolute("show-verification", code)


def place_in_lists(pk: int) -> tuple[int, int]:
    """Return the number of the list, from 1, and the place in it, from 0.

    The places follow the register's keys. They tell about when a paper was entered, as its number does; they need not be hidden.
    """
    number, index = divmod(pk - 1, LIST_SIZE)
    return number + 1, index


def _absolute(name: str, *args) -> str:
    return f"{settings.SITE_URL}{reverse(f'certificates:{name}', args=args)}"
