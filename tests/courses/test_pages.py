"""Course pages as they are drawn."""

import pytest

from tests.factories.courses import small_course
from tests.factories.designs import image

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


def test_cover_is_offered_in_sizes(client):
    course = small_course()
    course.cover = image("Ảnh bìa")
    course.save()
    html = client.get(course.url).content.decode()
    picture = html[html.index('<figure class="figure section-s">'):].partition("</figure>")[0]
    assert "srcset=" in picture and "sizes=" in picture and ".webp" in picture and 'loading="lazy"' in picture
