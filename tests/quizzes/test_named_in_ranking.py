"""A name stands in a contest's ranking only while its taker wants it there."""

import pytest
from django.core.cache import caches

from accounts.enums import ConsentPurpose
from accounts.services import consents
from quizzes.selectors import ranking_of
from quizzes.services import start_attempt, submit_attempt
from tests.factories import quizzes

pytestmark = pytest.mark.django_db


def named(quiz, now) -> list[str]:
    caches["pages"].clear()
    return sorted(rank.name for rank in ranking_of(quiz, now=now).ranks)


def test_a_name_goes_with_the_consent_and_comes_back_with_it(learner, now, django_assert_num_queries):
    quiz = quizzes.quiz(mode="contest", is_open_to_all=True)
    for fields in ({"user": learner, "shown_name": "Mai tổ 3"}, {"visitor": "v" * 64, "shown_name": "Khách"}):
        submit_attempt(attempt=start_attempt(quiz=quiz, now=now, **fields), now=now)
    assert named(quiz, now) == ["Khách", "Mai tổ 3"]
    consents.acknowledge_notice(user=learner, now=now)
    assert named(quiz, now) == ["", "Khách"], "asked, and did not say yes"
    consents.give_consent(user=learner, purpose=ConsentPurpose.RANKING, now=now)
    assert named(quiz, now) == ["Khách", "Mai tổ 3"]
    consents.withdraw_consent(user=learner, purpose=ConsentPurpose.RANKING, now=now)
    with django_assert_num_queries(1):
        assert named(quiz, now) == ["", "Khách"]
