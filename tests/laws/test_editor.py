"""Articles are found without diacritics where an author chooses one, and a law that is cited stays."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from courses.groups import TRAINERS, ensure_groups
from laws.models import LegalDocument, Provision
from tests.factories import courses as courses_factory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def code() -> LegalDocument:
    return LegalDocument.objects.create(number="45/2019/QH14", slug="blld-2019", kind="code", title="Bộ luật Lao động", issuer="Quốc hội")


@pytest.fixture
def article(code) -> Provision:
    Provision.objects.create(document=code, article="177", heading="Làm thêm giờ", text="Giờ làm thêm.")
    return Provision.objects.create(document=code, article="70", heading="Quy trình thương lượng tập thể", text="Bên nhận không được từ chối.")


@pytest.fixture
def teacher(trainer):
    courses_factory.catalogue()
    ensure_groups()
    trainer.groups.add(Group.objects.get(name=TRAINERS))
    return trainer


@pytest.mark.parametrize("query", ["thuong luong", "thương lượng", "dieu 70", "Điều 70", "70"])
def test_trainer_finds_an_article_by_words_or_number(teacher, article, as_user, query):
    viewset = Provision.snippet_viewset.chooser_viewset
    response = as_user(teacher).get(reverse(viewset.get_url_name("choose_results")), {"q": query})
    assert [found.pk for found in response.context["results"]] == [article.pk]


def test_chooser_costs_the_same_for_one_and_thirty_articles(teacher, code, article, as_user):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_user(teacher).get(reverse(Provision.snippet_viewset.chooser_viewset.get_url_name("choose")))
        return len(queries)

    count()
    one = count()
    for number in range(30):
        Provision.objects.create(document=code, article=str(200 + number), text="x")
    assert count() == one


def test_trainer_looks_laws_up_and_changes_none(teacher, code, article, as_user):
    client, viewset = as_user(teacher), LegalDocument.snippet_viewset
    assert client.get(reverse(viewset.get_url_name("list"))).status_code == 200
    for view, args in (("add", []), ("edit", [code.pk]), ("delete", [code.pk])):
        assert client.get(reverse(viewset.get_url_name(view), args=args)).status_code == 302


def test_law_with_articles_is_not_deleted(administrator, code, article, as_user):
    client, viewset = as_user(administrator), LegalDocument.snippet_viewset
    response = client.post(reverse(viewset.get_url_name("delete"), args=[code.pk]))
    assert response.headers["Location"] == reverse(viewset.get_url_name("list"))
    assert LegalDocument.objects.filter(pk=code.pk).exists()


def test_cited_article_is_not_deleted_and_an_uncited_one_is(administrator, code, article, as_user):
    client, viewset = as_user(administrator), Provision.snippet_viewset
    module = courses_factory.module(courses_factory.course())
    courses_factory.lesson(module, body=[("citation", {"provision": article, "text": ""})])
    for provision in Provision.objects.all():
        client.post(reverse(viewset.get_url_name("delete"), args=[provision.pk]))
    assert [provision.article for provision in Provision.objects.all()] == ["70"]
