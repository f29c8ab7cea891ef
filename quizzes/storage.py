"""Where files that were sent as answers lie: in the private storage, which has no URL."""

from django.core.files.storage import Storage, storages


def private_files() -> Storage:
    return storages["private"]
