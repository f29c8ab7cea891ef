"""Files in an S3-compatible store: one bucket that nobody else may read, pictures handed on by the site, everything else by its views.

Keeps true: no address of the store is ever part of a page, so nothing that is kept in a cache runs out; a signed link is made after the gate,
for a minute, and makes the browser save the file under the name that we give. A store that is away is an OSError, as a broken disk is.
"""

import contextlib
import functools
import os
import threading
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from django.conf import settings
from django.core.files.base import File
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3File, S3Storage
from storages.utils import clean_name

MEGABYTE = 1024 * 1024
LINK_SECONDS = 60
# A connection that nobody accepts, and a store that says nothing: whoever asked gets an answer from us before a proxy gives up.
CONNECT_SECONDS, READ_SECONDS = 2, 6
# After that nobody asks for so long: a store that hangs would else hold every thread of the site, one picture each.
PAUSE_SECONDS = 5.0
_NOT_THERE = ("404", "NoSuchKey", "NotFound")
_SILENT = (ConnectionClosedError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError)
_making = threading.Lock()
_silent_until = 0.0


class StoreAway(OSError):
    """The object store refuses or does not answer; the message says which way, without keys and names."""

    code = "store_away"


@contextlib.contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what the store's library raises into what code that works on files expects.

    :raises FileNotFoundError: when the store has no such file.
    :raises StoreAway: for everything else.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        raise StoreAway("The object store did not answer a moment ago.")
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _NOT_THERE:
            raise FileNotFoundError(f"File does not exist: {name}") from error
        raise StoreAway(f"The object store refused: {code}") from error
    except (BotoCoreError, Boto3Error) as error:
        if isinstance(error, _SILENT):
            _silent_until = time.monotonic() + PAUSE_SECONDS
        raise StoreAway(f"The object store did not answer: {type(error).__name__}") from error


class StoredFile(S3File):
    """A file that is fetched once, whole, when it is first read; what is larger than 5 MB waits on the disk."""

    def _get_file(self) -> BinaryIO:
        with told(self.name):
            return super()._get_file()

    file = property(_get_file, S3File._set_file)

    @property
    def size(self) -> int:
        with told(self.name):
            return super().size

    def close(self) -> None:
        with told(self.name):
            super().close()


class Store(S3Storage):
    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(), "access_key": None, "secret_key": None, "security_token": None, "session_profile": None,
            "public_url": "", "has_links": True, "file_overwrite": False, "querystring_auth": True, "querystring_expire": LINK_SECONDS,
            "default_acl": None, "max_memory_size": 5 * MEGABYTE, "custom_domain": None,
            "transfer_config": TransferConfig(multipart_threshold=16 * MEGABYTE, multipart_chunksize=16 * MEGABYTE, max_concurrency=4),
        }

    @property
    def connection(self):
        return _resource(os.getpid(), self.endpoint_url, self.region_name, self.access_key, self.secret_key)

    def _open(self, name: str, mode: str = "rb") -> File:
        key = self._normalize_name(clean_name(name))
        with told(name):
            return StoredFile(key, mode, self)

    def _save(self, name: str, content: File) -> str:
        with told(name):
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with told(name), contextlib.suppress(FileNotFoundError):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with told(name):
            return super().exists(name)

    def size(self, name: str) -> int:
        with told(name):
            return super().size(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with told(name):
            return super().listdir(name)

    def get_modified_time(self, name: str):
        with told(name):
            return super().get_modified_time(name)

    def part(self, name: str, *, start: int = 0, stop: int | None = None) -> dict[str, Any]:
        """Return the store's answer to a request for these bytes, the last one included: `Body` is a stream, `ContentLength` its length.

        :raises FileNotFoundError: when there is none.
        """
        wanted = {"Range": f"bytes={start}-{'' if stop is None else stop}"} if start or stop is not None else {}
        with told(name):
            return self.connection.meta.client.get_object(Bucket=self.bucket_name, Key=self._normalize_name(clean_name(name)), **wanted)

    def link_to(self, name: str, *, disposition: str, content_type: str, seconds: int = LINK_SECONDS) -> str:
        """Return an address under which anybody who has it may save the file for so long; empty where the site hands files on itself.

        :raises FileNotFoundError: when there is none.
        """
        if not self.has_links:
            return ""
        self.size(name)
        asked = {
            "Bucket": self.bucket_name, "Key": self._normalize_name(clean_name(name)), "ResponseContentType": content_type,
            "ResponseContentDisposition": disposition, "ResponseCacheControl": "private, no-store"}
        client = _client(os.getpid(), self.public_url or self.endpoint_url, self.region_name, self.access_key, self.secret_key)
        with told(name):
            return client.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)


class PublicStore(Store):
    """Pictures and documents: read through the site, which says how long they may be kept."""

    def url(self, name: str, parameters=None, expire=None, http_method=None) -> str:
        return f"{settings.MEDIA_URL}{filepath_to_uri(name).lstrip('/')}"


class PrivateStore(Store):
    """What only some may see: its address is a signed link that makes the browser save the file."""

    def url(self, name: str, parameters=None, expire=None, http_method=None) -> str:
        with told(name):
            asked = {"ResponseContentDisposition": "attachment", "ResponseCacheControl": "private, no-store", **(parameters or {})}
            return super().url(name, asked, expire, http_method)


def _config() -> Config:
    return Config(
        signature_version="s3v4", connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, max_pool_connections=20, tcp_keepalive=True,
        retries={"mode": "standard", "total_max_attempts": 2},
        # Stores other than Amazon's refuse the newer checksums.
        request_checksum_calculation="when_required", response_checksum_validation="when_required")


def _addressed(endpoint: str | None) -> Config:
    # Under a name of our own there is no name for each bucket.
    return _config().merge(Config(s3={"addressing_style": "path" if endpoint else "auto"}))


@functools.cache
def _resource(pid: int, endpoint: str | None, region: str | None, access_key: str | None, secret_key: str | None):
    """Return the one connection of this process: making one reads a megabyte of descriptions, and a forked one must not be shared."""
    with _making:
        return _session(access_key, secret_key).resource("s3", region_name=region, endpoint_url=endpoint, config=_addressed(endpoint))


@functools.cache
def _client(pid: int, endpoint: str | None, region: str | None, access_key: str | None, secret_key: str | None):
    with _making:
        return _session(access_key, secret_key).client("s3", region_name=region, endpoint_url=endpoint, config=_addressed(endpoint))


def _session(access_key: str | None, secret_key: str | None) -> boto3.Session:
    return boto3.Session(aws_access_key_id=access_key, aws_secret_access_key=secret_key)
