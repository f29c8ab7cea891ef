"""The public pages of the legal documents: what a stranger sees, and what stays unseen."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from tests.factories import courses as course_factory
from tests.factories import laws as law_factory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


def lesson_citing(provision, course, title="Bài 1. Quy trình", slug="bai-1", **fields):
    module = course.get_children().first() or course_factory.module(course)
    body = [("citation", {"provision": provision, "text": ""})]
    return course_factory.lesson(module.specific, title, slug, body=body, **fields)


@pytest.fixture
def course():
    return course_factory.course("Thương lượng tập thể", "thuong-luong")


@pytest.fixture
def code():
    return law_factory.document()


def test_list_says_of_each_document_whether_it_is_in_force(client, code):
    today = timezone.localdate()
    law_factory.document("1/2012/QH13", "Luật cũ", in_force_from=date(2013, 1, 1), in_force_until=today - timedelta(days=1))
    law_factory.document("2/2030/QH16", "Luật mới", in_force_from=today + timedelta(days=1))
    page = client.get("/van-ban/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert page.index("45/2019/QH14") < page.index("2/2030/QH16") < page.index("1/2012/QH13")
    assert page.count("tag--done") == 1
    assert page.count("tag--bad") == 1
    assert "lawyer checks them" in page


def test_list_without_documents_says_so(client):
    assert "No document has been entered yet." in client.get("/van-ban/", HTTP_ACCEPT_LANGUAGE="en").content.decode()


def test_document_shows_its_articles_in_the_order_of_the_text(client, code):
    for place in [("154", "8a", ""), ("154", "8", ""), ("20", "2", "đ"), ("20", "2", "e"), ("20", "2", "d"), ("8", "", ""), ("20", "", "")]:
        law_factory.provision(code, place[0], clause=place[1], point=place[2])
    page = client.get("/van-ban/45-2019-qh14/").content.decode()
    anchors = ["dieu-8", "dieu-20", "dieu-20-2-d", "dieu-20-2-dd", "dieu-20-2-e", "dieu-154-8", "dieu-154-8a"]
    places = [page.index(f'id="{anchor}"') for anchor in anchors]
    assert places == sorted(places)


def test_document_names_what_it_replaces_and_what_replaces_it(client, code):
    newer = law_factory.document("9/2030/QH17", "Bộ luật mới", replaced_by=None)
    code.replaced_by = newer
    code.save()
    older = law_factory.document("10/2012/QH13", "Bộ luật cũ", replaced_by=code)
    page = client.get(code.get_absolute_url()).content.decode()
    assert f'href="{newer.get_absolute_url()}"' in page
    assert f'href="{older.get_absolute_url()}"' in page


def test_document_lists_the_public_lessons_that_cite_an_article(client, code, course):
    cited, uncited = law_factory.provision(code, "70"), law_factory.provision(code, "71")
    lesson_citing(cited, course)
    page = client.get(code.get_absolute_url(), HTTP_HOST="localhost").content.decode()
    below_70, below_71 = page.split(f'id="{uncited.anchor}"')
    assert 'href="/khoa-hoc/thuong-luong/mo-dun-1/bai-1/"' in below_70
    assert "Bài 1. Quy trình" in below_70
    assert ", Thương lượng tập thể" in below_70
    assert "bai-1" not in below_71


def test_document_does_not_leak_drafts_nor_restricted_pages(client, code, course):
    cited = law_factory.provision(code)
    lesson_citing(cited, course, "Bài nháp bí mật", "bai-nhap", live=False)
    closed = lesson_citing(cited, course, "Bài riêng của ban", "bai-rieng")
    PageViewRestriction.objects.create(page=Page.objects.get(pk=closed.pk), restriction_type=PageViewRestriction.LOGIN)
    page = client.get(code.get_absolute_url(), HTTP_HOST="localhost").content.decode()
    assert "bai-nhap" not in page
    assert "Bài nháp bí mật" not in page
    assert "Bài riêng của ban" not in page


def test_document_counts_questions_but_never_shows_them(client, code):
    from tests.factories import quizzes as quiz_factory

    cited = law_factory.provision(code)
    question = quiz_factory.one_answer()
    question.citations = question._meta.get_field("citations").stream_block.to_python([{"type": "provision", "value": cited.pk}])
    question.save()
    page = client.get(code.get_absolute_url(), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Questions of the question bank that cite it: 1" in page
    assert str(question) not in page


@pytest.mark.parametrize("count", [1, 30])
def test_document_asks_the_same_however_many_articles_and_lessons(client, code, course, count, django_assert_max_num_queries):
    for number in range(count):
        provision = law_factory.provision(code, str(number + 1))
        lesson_citing(provision, course, f"Bài {number}", f"bai-{number}")
    client.get(code.get_absolute_url(), HTTP_HOST="localhost")
    with django_assert_max_num_queries(7):
        client.get(code.get_absolute_url(), HTTP_HOST="localhost")


@pytest.mark.parametrize("count", [1, 30])
def test_list_asks_once_however_many_documents(client, count, django_assert_num_queries):
    for number in range(count):
        law_factory.document(f"{number}/2020/NĐ-CP", slug=f"nd-{number}")
    client.get("/van-ban/")
    with django_assert_num_queries(1):
        client.get("/van-ban/")


def test_unknown_document_is_not_found(client, code):
    assert client.get("/van-ban/khong-co/").status_code == 404
    assert client.get("/van-ban/45%2F2019/").status_code == 404


def test_words_of_an_editor_are_escaped(client, code):
    law_factory.provision(code, text="<script>alert(1)</script>")
    page = client.get(code.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
