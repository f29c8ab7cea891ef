"""Open Badges 3.0: a certificate as a file that its holder may put into a wallet (docs/adr: Credentials that others can check).

Keeps true: the same certificate and key give the same bytes; a credential says no more of its holder than the paper does, and less
of their life: no birth date, workplace, telephone or grade; nothing is fetched to make or sign one.
"""

from certificates.credentials.addresses import LIST_SIZE
from certificates.credentials.badge import credential_of, is_available
from certificates.credentials.controllers import key_document, profile_of
from certificates.credentials.files import FORMATS, CredentialFile, file_of
from certificates.credentials.status import list_key, status_list_of

__all__ = [
    "FORMATS", "LIST_SIZE", "CredentialFile", "credential_of", "file_of", "is_available", "key_document", "list_key", "profile_of",
    "status_list_of",
]
