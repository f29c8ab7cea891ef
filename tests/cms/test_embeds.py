"""Videos of other sites: known by the form of their address; the server itself asks nobody."""

import socket

import pytest
from wagtail.embeds.blocks import EmbedValue
from wagtail.embeds.embeds import get_embed
from wagtail.embeds.exceptions import EmbedUnsupportedProviderException
from wagtail.embeds.finders import get_finders
from wagtail.rich_text import expand_db_html

from cms.embeds import FramedVideos, frame_of
from cms.sanitise import sanitise

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Whatever opens a connection, or looks a name up, fails the test."""
    def refuse(*given, **named):
        pytest.fail("the server asked somebody")

    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr("urllib3.connectionpool.HTTPConnectionPool.urlopen", refuse)


@pytest.mark.parametrize(("address", "frame"), [
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
    ("https://www.youtube.com/watch?list=x&v=dQw4w9WgXcQ&t=1", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
    ("https://youtu.be/dQw4w9WgXcQ?si=x", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
    ("https://m.youtube.com/shorts/dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
    ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
])
def test_a_video_is_framed_by_its_address_alone(address, frame):
    assert frame_of(address) == frame
    assert f'src="{frame}"' in get_embed(address).html
    assert frame in EmbedValue(address).html


@pytest.mark.parametrize("address", [
    "http://127.0.0.1/", "http://localhost:8000/oembed", "http://[::1]/", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/watch?v=dQw4w9WgXcQ",
    "http://0x7f000001/", "http://2130706433/", "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", "https://evil.example/https://youtu.be/dQw4w9WgXcQ",
    "https://youtube.com@evil.example/watch?v=dQw4w9WgXcQ", "https://evil.example#https://www.youtube.com/watch?v=dQw4w9WgXcQ", "ftp://youtu.be/dQw4w9WgXcQ",
    "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "javascript:alert(1)", "//youtu.be/dQw4w9WgXcQ", "https://twitter.com/x/status/1",
    "https://www.flickr.com/photos/x/1", "https://soundcloud.com/x/y", "https://x.wordpress.com/2020/01/01/y", "https://www.youtube.com/watch?v=１２３４５６７", "", " ",
])
def test_every_other_address_is_refused_and_asked_by_nobody(address):
    assert frame_of(address) == ""
    with pytest.raises(EmbedUnsupportedProviderException):
        get_embed(address)


def test_what_an_address_holds_besides_stays_out_of_the_page():
    html = get_embed('https://youtu.be/dQw4w9WgXcQ"><script>alert(1)</script>').html
    assert "script" not in html and html.count("<") == 2


def test_an_embed_in_rich_text_asks_nobody_either():
    body = sanitise('<p>Xem</p><embed embedtype="media" url="http://169.254.169.254/latest/"/>')
    assert "169.254" not in expand_db_html(body)


def test_no_other_finder_is_installed():
    assert [type(finder) for finder in get_finders()] == [FramedVideos]


def test_a_long_address_is_read_in_good_time():
    assert frame_of("https://www.youtube.com/watch?" + "a&" * 50_000) == ""
