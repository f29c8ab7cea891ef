"""Where certificates lie: in the private storage, which has no URL."""

from django.core.files.storage import Storage, storages


def private_storage() -> Storage:
    return storages["private"]
