"""Where files of people and offices lie: in the private storage, which has no URL."""

from django.core.files.storage import Storage, storages


def private_files() -> Storage:
    return storages["private"]
