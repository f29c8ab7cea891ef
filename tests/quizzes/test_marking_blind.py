"""Blind marking: until an attempt is marked, no page, search, order or file tells whose it is."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from quizzes import services
from quizzes.models import Attempt, Quiz
from quizzes.selectors.marking.blind import code_of
from tests.factories import accounts as people
from tests.factories import marking as scripts
from tests.factories import question_types_b as written
from tests.factories import quizzes as factory

LIST = "/dao-tao/bai-lam/"
FILE = "Nguyễn Thị Mai biên bản.pdf"
SECRETS = ("Nguyễn Thị Mai", "Mai biên bản", "mai@example.org", "912 345 678", "912345678", "BN-")


@pytest.fixture
def quiz(db) -> Quiz:
    """An essay and a file."""
    return factory.quiz([written.essay(criteria=()), written.file_upload()], title="Chấm kín", is_marked_blind=True)


@pytest.fixture
def marker(trainer, quiz):
    return scripts.marker(trainer, quiz)


@pytest.fixture
def desk(as_user, marker):
    return as_user(marker, HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def attempt(quiz, learner) -> Attempt:
    now = timezone.now()
    attempt = services.start_attempt(quiz=quiz, user=learner, now=now)
    services.keep_file(attempt=attempt, position=2, upload=SimpleUploadedFile(FILE, b"%PDF-1.4\n%%EOF", "application/pdf"), now=now)
    services.save_answer(attempt=attempt, position=1, client_uuid=attempt.uuid, seq=1, answer={"text": "Bài viết"}, now=now)
    return services.submit_attempt(attempt=attempt, now=now)


def pages_of(attempt) -> list[str]:
    sheet = reverse("marking:show-attempt", args=[attempt.uuid])
    return [LIST, sheet, f"{sheet}?cau=2", f"{sheet}?lich-su=1", f"{sheet}?lich-su=2", f"{sheet}?question={attempt.slots.get(position=2).version.question.uuid}"]


def test_nothing_on_any_page_tells_whose_attempt_it_is(desk, attempt):
    give = reverse("marking:mark-answer", args=[attempt.uuid, 1])
    answers = [desk.get(address) for address in pages_of(attempt)]
    answers.append(desk.post(give, {"points": "x", "comment": "", "seen": 0}))
    answers.append(desk.post(give, {"points": "1", "comment": "", "seen": 0, "history": "2"}))
    answers.append(desk.post(give, {"points": "1", "comment": "", "seen": 0, "go": ""}, follow=True))
    for answer in answers:
        page = answer.content.decode()
        assert f"Paper {code_of(attempt.uuid)}" in page
        for secret in SECRETS:
            assert secret not in page


def test_whoever_sees_every_attempt_marks_blind_too(as_user, administrator, attempt):
    client = as_user(administrator, HTTP_ACCEPT_LANGUAGE="en")
    for address in pages_of(attempt):
        page = client.get(address).content.decode()
        assert f"Paper {code_of(attempt.uuid)}" in page
        for secret in SECRETS:
            assert secret not in page


def test_the_name_appears_once_everything_is_marked(desk, marker, attempt):
    sheet = reverse("marking:show-attempt", args=[attempt.uuid])
    services.mark_by_hand(attempt=attempt, position=1, fraction=1.0, by=marker, now=timezone.now())
    assert "Nguyễn Thị Mai" not in desk.get(sheet).content.decode()
    services.mark_by_hand(attempt=attempt, position=2, fraction=1.0, by=marker, now=timezone.now())
    page = desk.get(sheet).content.decode()
    assert "Nguyễn Thị Mai" in page
    assert "Nguyễn Thị Mai" in desk.get(LIST).content.decode()


def test_no_search_finds_it_by_what_belongs_to_its_taker(desk, attempt):
    for typed in ("Mai", "nguyen thi", "mai@example.org", "0912 345 678", attempt.receipt_code, "a b"):
        assert desk.get(LIST, {"q": typed}).context["found"].rows == []


def test_its_number_finds_it(desk, attempt):
    code = code_of(attempt.uuid)
    for typed in (code, code.lower(), f"Bài {code}", f"  paper {code} "):
        assert [row.attempt for row in desk.get(LIST, {"q": typed}).context["found"].rows] == [attempt]


def test_the_order_follows_the_clock_and_not_the_names(desk, quiz, marker):
    now = timezone.now()
    essay = factory.quiz([written.essay(criteria=())], title="Chỉ bài viết", is_marked_blind=True)
    scripts.marker(marker, essay)
    names = ["Trần Ánh", "Bùi Ý", "Lê Mơ"]
    made = [scripts.answered(essay, people.person(name, f"n{number}@example.org"), now + timedelta(minutes=number)) for number, name in enumerate(names)]
    assert [row.attempt for row in desk.get(LIST).context["found"].rows] == made[::-1]


def test_a_file_is_handed_out_under_a_number_and_to_its_taker_under_its_own_name(desk, as_user, learner, marker, attempt):
    file = attempt.slots.get(position=2).files.get()
    address = reverse("quizzes:download-file", args=[attempt.uuid, file.uuid])
    neutral = f"{code_of(attempt.uuid)}-2-{str(file.uuid)[:4]}.pdf"
    assert desk.get(address)["Content-Disposition"] == f'attachment; filename="{neutral}"'
    assert neutral in desk.get(reverse("marking:show-attempt", args=[attempt.uuid])).content.decode()
    assert "bi%C3%AAn%20b%E1%BA%A3n" in as_user(learner).get(address)["Content-Disposition"]
    for position in (1, 2):
        services.mark_by_hand(attempt=attempt, position=position, fraction=1.0, by=marker, now=timezone.now())
    assert "bi%C3%AAn%20b%E1%BA%A3n" in desk.get(address)["Content-Disposition"]


def test_a_class_still_narrows_the_list(desk, attempt, learner):
    group = Group.objects.create(name="Lớp A")
    learner.groups.add(group)
    Group.objects.create(name="Lớp không ai học")
    response = desk.get(LIST, {"group": "Lớp A"})
    assert [row.attempt for row in response.context["found"].rows] == [attempt]
    assert [one.name for one in response.context["form"].fields["group"].queryset] == ["Lớp A"]


def test_a_visitors_name_is_not_found_either(desk, marker, now):
    contest = scripts.essay_quiz(1, title="Thi kín", is_open_to_all=True, is_marked_blind=True)
    scripts.marker(marker, contest)
    scripts.answered(contest, None, now, visitor="1" * 64, shown_name="Hồ Thị Bưởi")
    assert desk.get(LIST, {"q": "buoi"}).context["found"].rows == []
    assert "Bưởi" not in desk.get(LIST).content.decode()
