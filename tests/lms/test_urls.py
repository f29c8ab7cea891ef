"""Addresses that nobody should be able to trip over."""

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.mark.parametrize("path", [f"/media/images/{'a' * 5000}.jpg", "/media/images/a%00b.jpg", "/media/images/../../lms/settings.py", "/media/images/khong-co.jpg"])
def test_picture_that_is_not_there_is_not_found(as_user, path):
    assert as_user().get(path).status_code == 404


def test_documents_are_not_served_beside_their_view(as_user):
    assert as_user().get("/media/documents/mau.pdf").status_code == 404


@pytest.mark.parametrize("path", ["/quan-tri/", "/quan-tri/pages/", "/quan-tri/pages/1/", "/quan-tri/pages/search/?q=", "/quan-tri/pages/search/?q=Kh%C3%B3a",
                                  "/quan-tri/images/", "/quan-tri/documents/", "/quan-tri/users/", "/quan-tri/groups/", "/quan-tri/sites/",
                                  "/quan-tri/workflows/list/", "/quan-tri/reports/workflow/", "/quan-tri/snippets/quizzes/question/",
                                  "/quan-tri/snippets/quizzes/quiz/", "/quan-tri/snippets/laws/legaldocument/", "/quan-tri/snippets/laws/provision/",
                                  "/quan-tri/snippets/unions/unit/"])
def test_every_list_of_the_editor_opens_for_an_administrator(administrator, as_user, path):
    assert as_user(administrator).get(path).status_code == 200
