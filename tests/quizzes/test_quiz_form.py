"""Writing a quiz in the editor: minutes and percent, what is shown, the code to join, who marks."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from courses.groups import TRAINERS, ensure_groups
from quizzes.models import ExtraTime, Quiz
from quizzes.services import start_attempt
from tests.factories import quizzes as factory
from tests.factories import unions as units

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

ADD = "/quan-tri/snippets/quizzes/quiz/add/"


@pytest.fixture
def trainer(trainer):
    ensure_groups()
    trainer.groups.add(Group.objects.get(name=TRAINERS))
    trainer.is_staff = True
    trainer.save()
    return trainer


@pytest.fixture
def client(as_user, trainer):
    return as_user(trainer, headers={"accept-language": "en"})


def edit(quiz: Quiz) -> str:
    return f"/quan-tri/snippets/quizzes/quiz/edit/{quiz.pk}/"


def rich(text: str = "") -> str:
    block = {"key": "a", "text": text, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    return json.dumps({"blocks": [block], "entityMap": {}})


def typed(**fields) -> dict:
    """What the form posts when nothing but the title was typed."""
    return {
        "title": "Bài mới", "mode": "exam", "category": "", "introduction": rich(), "sections-count": "0", "pass_percent_typed": "70",
        "counting": "best", "attempts_allowed": "3", "retry_delay_minutes": "0", "success_text": rich(), "failure_text": rich(),
        "time_limit_minutes": "", "grace_minutes": "2", "layout": "one", "navigation": "free", "shuffle_options": "on", "review": "after_pass",
        "opens_at": "", "closes_at": "", "join_code": "", **fields}


def test_a_trainer_writes_a_draft_and_publishes_it(client, trainer):
    bank = factory.bank(2)
    section = {
        "sections-count": "1", "sections-0-deleted": "", "sections-0-order": "0", "sections-0-type": "draw", "sections-0-id": "",
        "sections-0-value-title": "Phần 1", "sections-0-value-count": "2", "sections-0-value-category": str(bank[0].category_id),
        "sections-0-value-difficulty": "", "sections-0-value-tags": "", "sections-0-value-points": "1.5"}
    saved = client.post(ADD, typed(pass_percent_typed="62.5", time_limit_minutes="12.5", grace_minutes="0.5", retry_delay_minutes="90", **section))
    quiz = Quiz.objects.get()
    assert (saved.status_code, quiz.live) == (302, False)
    assert (float(quiz.pass_fraction), quiz.time_limit_seconds, quiz.grace_seconds, quiz.retry_delay_seconds) == (0.625, 750, 30, 5400)
    page = client.get(edit(quiz))
    form = page.context["form"]
    shown = [str(form[name].value()) for name in ("pass_percent_typed", "time_limit_minutes", "grace_minutes", "retry_delay_minutes")]
    assert shown == ["62.5", "12.5", "0.5", "90"]
    assert reverse("quizzes:preview-quiz", args=[quiz.uuid]) in page.content.decode()
    assert client.post(edit(quiz), typed(title="Tên đã sửa", **{"action-publish": "1"}, **section)).status_code == 302
    quiz.refresh_from_db()
    assert (quiz.title, quiz.live, float(quiz.pass_fraction)) == ("Tên đã sửa", True, 0.7)
    assert start_attempt(quiz=quiz, user=trainer, now=timezone.now()).max_points == 3


def test_numbers_stand_in_the_form_as_people_write_them(client):
    quiz = factory.quiz(pass_fraction="0.7", time_limit_seconds=1200, grace_seconds=120)
    page = client.get(edit(quiz)).content.decode()
    for name, value in (("pass_percent_typed", "70"), ("time_limit_minutes", "20"), ("grace_minutes", "2")):
        assert f'name="{name}" value="{value}"' in page


def test_a_draft_of_a_published_quiz_moves_nothing_until_it_is_published(client):
    quiz = factory.quiz(title="Công bố", is_listed=True)
    quiz.save_revision().publish()
    client.post(edit(quiz), typed(title="Bản nháp", pass_percent_typed="90"))
    quiz.refresh_from_db()
    assert (quiz.title, float(quiz.pass_fraction), quiz.has_unpublished_changes) == ("Công bố", 0.5, True)


@pytest.mark.parametrize(("typed_code", "code"), [("luật 2026", "LUAT2026"), ("LUAT-2026", "LUAT2026"), ("", "")])
def test_a_code_is_kept_as_people_will_type_it(client, typed_code, code):
    assert client.post(ADD, typed(mode="contest" if code else "exam", join_code=typed_code)).status_code == 302
    assert Quiz.objects.get().join_code == code


@pytest.mark.parametrize(("fields", "name"), [
    ({"mode": "contest"}, "join_code"), ({"join_code": "abc"}, "join_code"), ({"pass_percent_typed": "101"}, "pass_percent_typed"),
    ({"pass_percent_typed": "", "action-publish": "1"}, "pass_percent_typed"), ({"time_limit_minutes": "0"}, "time_limit_minutes"), ({"grace_minutes": "61"}, "grace_minutes"),
    ({"layout": "all", "navigation": "forward"}, "navigation"), ({"opens_at": "20/12/2026 08:00", "closes_at": "20/12/2026 08:00"}, "closes_at"),
    ({"attempts_allowed": "-1"}, "attempts_allowed"),
])
def test_what_cannot_be_is_told_at_its_field(client, fields, name):
    said = client.post(ADD, typed(**fields))
    assert said.status_code == 200 and said.context["form"].errors[name]
    assert not Quiz.objects.exists()


def test_a_code_belongs_to_one_contest(client):
    factory.quiz(join_code="LUAT2026", mode="contest")
    for code in ("luat 2026", "LUAT2O26"):
        assert client.post(ADD, typed(mode="contest", join_code=code)).context["form"].errors["join_code"]
    assert client.post(edit(Quiz.objects.get()), typed(mode="contest", join_code="LUAT 2026")).status_code == 302


def test_the_table_of_what_is_shown_counts_for_ones_own_choice_only(client):
    ticks = {"shown_after_pass": ["mark", "explanation"], "shown_after_close": ["mark"]}
    client.post(ADD, typed(review="own", **ticks))
    own = Quiz.objects.get()
    assert {moment: set(facts) for moment, facts in own.shown.items()} == {
        "during": set(), "after_failure": set(), "after_pass": {"explanation", "mark"}, "after_close": {"mark"}}
    client.post(edit(own), typed(review="mark_only", **ticks, **{"action-publish": "1"}))
    own.refresh_from_db()
    assert (own.review_table, list(own.shown["after_pass"])) == ({}, ["mark"])
    # The ticks begin with what the preset means.
    assert client.get(edit(own)).context["form"]["shown_after_pass"].value() == ["mark"]


def test_an_attempt_at_a_quiz_that_shows_nothing_shows_nothing(learner):
    attempt = start_attempt(quiz=factory.quiz(review="own", review_table={}), user=learner, now=timezone.now())
    assert attempt.shown == {}


def test_markers_are_chosen_among_those_who_may_mark(client, learner, trainer, administrator):
    outsider_named = factory.quiz(title="Cũ")
    outsider_named.markers.add(learner)
    outsider_named.save()
    offered = client.get(ADD).context["form"].fields["markers"].queryset
    assert list(offered) == [trainer]
    assert set(client.get(edit(outsider_named)).context["form"].fields["markers"].queryset) == {learner, trainer}
    client.post(ADD, typed(markers=[trainer.pk], **{"action-publish": "1"}))
    assert list(Quiz.objects.get(title="Bài mới").markers.all()) == [trainer]
    refused = client.post(ADD, typed(title="Khác", markers=[administrator.pk]))
    assert refused.context["form"].errors["markers"]


def test_both_editors_open_every_form(as_user, trainer, administrator):
    quiz = factory.quiz()
    more = ExtraTime.objects.create(quiz=quiz, user=trainer, seconds=90)
    pages = [
        "/quan-tri/snippets/quizzes/quiz/", ADD, edit(quiz), "/quan-tri/snippets/quizzes/extratime/", "/quan-tri/snippets/quizzes/extratime/add/",
        f"/quan-tri/snippets/quizzes/extratime/edit/{more.pk}/"]
    for person in (trainer, administrator):
        assert [as_user(person).get(page).status_code for page in pages] == [200] * len(pages)


def test_more_time_is_given_in_minutes_to_a_person_or_a_group(client, learner, trainer):
    unit = units.unit()
    units.post(learner, unit)
    units.role(trainer, unit, "viewer")
    quiz = factory.quiz(time_limit_seconds=600, live=True)
    attempt = start_attempt(quiz=quiz, user=learner, now=timezone.now())
    add = "/quan-tri/snippets/quizzes/extratime/add/"
    group = Group.objects.create(name="Khiếm thị")
    for fields in ({}, {"user": learner.pk, "group": group.pk}):
        refused = client.post(add, {"quiz": quiz.pk, "user": "", "group": "", "minutes": "10", "reason": "", **fields})
        assert refused.context["form"].errors["user"]
    assert client.post(add, {"quiz": quiz.pk, "user": learner.pk, "group": "", "minutes": "2.5", "reason": "Mắt kém"}).status_code == 302
    more = ExtraTime.objects.get()
    assert (more.seconds, more.user, more.reason) == (150, learner, "Mắt kém")
    deadline = attempt.deadline_at
    attempt.refresh_from_db()
    assert attempt.deadline_at - deadline == timedelta(seconds=150)
    page = client.get(f"/quan-tri/snippets/quizzes/extratime/edit/{more.pk}/").content.decode()
    assert 'name="minutes" value="2.5"' in page


def test_without_the_right_nobody_writes_quizzes(as_user, outsider):
    outsider.is_staff = True
    outsider.save()
    outsider.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert as_user(outsider).get(ADD).status_code == 302
    assert as_user(outsider).post(ADD, typed()).status_code == 302
    assert not Quiz.objects.exists()
