"""Seeking in a video: the bytes that were asked for, and nothing else."""

import pytest
from django.core.files.base import ContentFile
from wagtail.documents.models import Document

from cms.ranges import span_of

BODY = bytes(range(256)) * 1000


@pytest.mark.parametrize(("header", "span"), [
    ("bytes=0-499", (0, 499)), ("bytes=500-", (500, 999)), ("bytes=-200", (800, 999)), ("bytes=990-5000", (990, 999)),
    ("bytes=-5000", (0, 999)), ("bytes=1000-", None), ("bytes=500-100", None), ("bytes=-", None), ("seconds=1-2", None), ("", None),
    # The last none of all bytes; and more digits than a number is read from.
    ("bytes=-0", None), (f"bytes={'9' * 5000}-", None), (f"bytes=0-{'9' * 5000}", None), ("bytes=٣-٤", None),
])
def test_span_of(header, span):
    assert span_of(header, 1000) == span


@pytest.fixture
def video(db):
    return Document.objects.create(title="Phiên họp mẫu", file=ContentFile(BODY, name="phien-hop.mp4"))


def test_phone_that_seeks_gets_the_part(video, as_user):
    answer = as_user().get(video.url, headers={"range": "bytes=1000-1999", "accept-encoding": "gzip"})
    assert (answer.status_code, answer["Content-Range"], answer["Content-Length"]) == (206, f"bytes 1000-1999/{len(BODY)}", "1000")
    assert answer.content == BODY[1000:2000]


def test_part_beyond_the_end_is_refused(video, as_user):
    answer = as_user().get(video.url, headers={"range": f"bytes={len(BODY)}-"})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(BODY)}")


def test_whole_file_and_several_ranges_are_served_whole(video, as_user):
    for headers in ({}, {"range": "bytes=0-1,5-6"}):
        answer = as_user().get(video.url, headers=headers)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == BODY
