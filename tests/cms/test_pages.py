"""Home and information pages as a stranger opens them."""

import pytest

from cms.models import InformationPage
from tests.factories import courses as course_factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(db):
    return course_factory.catalogue().get_parent().specific


def test_home_shows_open_courses_and_no_drafts(client, home):
    course_factory.course("Thương lượng tập thể", "thuong-luong")
    course_factory.course("Khóa nháp", "khoa-nhap", live=False)
    page = client.get("/", HTTP_HOST="localhost").content.decode()
    assert 'href="/khoa-hoc/thuong-luong/"' in page
    assert "khoa-nhap" not in page
    assert 'action="/xac-minh/"' in page
    assert 'name="ma"' in page
    assert "css/home.css" in page


def test_home_says_so_when_no_course_is_open(client, home):
    page = client.get("/", HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "No course is open yet." in page


@pytest.mark.parametrize("count", [1, 30])
def test_home_asks_the_same_however_many_courses(client, home, count, django_assert_max_num_queries):
    for number in range(count):
        course_factory.course(f"Khóa {number}", f"khoa-{number}")
    client.get("/", HTTP_HOST="localhost")
    with django_assert_max_num_queries(5):
        assert client.get("/", HTTP_HOST="localhost").status_code == 200


def test_information_page_shows_its_blocks(client, home):
    body = [("heading", {"text": "Chúng tôi giữ gì", "level": "h2"}), ("text", "<p>Họ tên <b>và</b> e-mail.</p><script>alert(1)</script>")]
    home.add_child(instance=InformationPage(title="Dữ liệu cá nhân", slug="du-lieu", lead="Trang này nói rõ.", body=body))
    page = client.get("/du-lieu/", HTTP_HOST="localhost").content.decode()
    assert '<h2 id="muc-chung-toi-giu-gi">' in page
    assert "<b>và</b>" in page
    assert "alert(1)" not in page
    assert '<p class="lead">Trang này nói rõ.</p>' in page
