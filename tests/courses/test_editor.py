"""The editor as trainers and reviewers have it: who sees what, review and publishing, and what cannot be deleted."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.menu import admin_menu, reports_menu
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.models import GroupPagePermission, Page, Workflow, WorkflowPage
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from courses.groups import REVIEWERS, TRAINERS, WORKFLOW, ensure_groups
from courses.models import CataloguePage, CoursePage, LessonPage, Trainer
from courses.permissions import has_records, policy
from learning.services import enrol_learner
from tests.factories import accounts as people
from tests.factories import courses as courses_factory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def catalogue() -> CataloguePage:
    page = courses_factory.catalogue()
    ensure_groups()
    return page


@pytest.fixture
def teacher(catalogue, trainer):
    trainer.groups.add(Group.objects.get(name=TRAINERS))
    return trainer


@pytest.fixture
def reviewer(catalogue):
    user = people.person("Phạm Thị Duyệt", "duyet@example.org")
    user.groups.add(Group.objects.get(name=REVIEWERS))
    return user


@pytest.fixture
def own(teacher) -> CoursePage:
    """A course of the trainer's: somebody else made the page, she is listed on it."""
    course = courses_factory.small_course(title="Thương lượng tập thể", slug="thuong-luong")
    course.trainers.add(Trainer.objects.create(name="Lê Thị Hồng Vân", user=teacher))
    course.save()
    return course


@pytest.fixture
def foreign(catalogue) -> CoursePage:
    return courses_factory.small_course(title="Đối thoại", slug="doi-thoai")


def lesson_of(course: CoursePage) -> LessonPage:
    return LessonPage.objects.descendant_of(course).first()


def lesson_form(title="Bài mới", text="Bên nhận không được từ chối.", **extra) -> dict:
    return nested_form_data({
        "title": title, "slug": "bai-moi", "lead": "", "minutes": "", "need": "", "seo_title": "", "search_description": "",
        "body": streamfield([("text", rich_text(f"<p>{text}</p>"))]), "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}, **extra})


# Groups


def test_groups_have_what_their_work_takes(catalogue):
    rights = {(row.group.name, row.permission.codename) for row in GroupPagePermission.objects.filter(page=catalogue)}
    assert rights == {(TRAINERS, "add_page"), *((REVIEWERS, f"{action}_page") for action in ("add", "change", "publish", "lock", "unlock"))}
    assert not Group.objects.get(name=TRAINERS).permissions.filter(codename__startswith="delete_").exists()
    assert Group.objects.get(name=TRAINERS).permissions.filter(codename="access_admin").exists()
    assert set(Group.objects.get(name=TRAINERS).collection_permissions.values_list("permission__codename", flat=True)) == {
        "add_image", "choose_image", "add_document", "choose_document"}


def test_workflow_of_the_catalogue_has_one_approval_by_reviewers(catalogue):
    workflow = Page.objects.get(pk=catalogue.pk).get_workflow()
    assert workflow.name == WORKFLOW
    assert [[group.name for group in task.specific.groups.all()] for task in workflow.tasks] == [[REVIEWERS]]


def test_making_the_groups_again_changes_nothing_and_undoes_nobodys_changes(catalogue):
    group = Group.objects.get(name=TRAINERS)
    group.permissions.remove(group.permissions.get(codename="add_quiz"))
    GroupPagePermission.objects.filter(group__name=REVIEWERS, permission__codename="lock_page").delete()
    before = (Group.objects.count(), group.permissions.count(), GroupPagePermission.objects.count(), Workflow.objects.count(), WorkflowPage.objects.count())
    ensure_groups()
    assert before == (Group.objects.count(), group.permissions.count(), GroupPagePermission.objects.count(), Workflow.objects.count(), WorkflowPage.objects.count())


# What a trainer sees


def menu_of(user, rf, menu=admin_menu) -> set[str]:
    request = rf.get("/quan-tri/")
    request.user = user
    return {item.name for item in menu.menu_items_for_request(request)}


def test_menu_of_a_trainer_holds_only_what_she_works_with(teacher, rf):
    names = menu_of(teacher, rf)
    assert {"explorer", "images", "documents", "laws", "reports"} < names
    assert len(names) == 8, names
    assert not names & {"settings", "help", "forms", "users", "course-lists", "snippets"}
    assert menu_of(teacher, rf, reports_menu) == {"workflows"}


def test_menu_of_an_administrator_holds_settings_but_no_help_of_wagtail(administrator, rf):
    names = menu_of(administrator, rf)
    assert {"explorer", "settings", "reports", "course-lists"} < names
    assert "help" not in names


def test_first_page_shows_work_and_no_news_of_wagtail(teacher, own, as_user):
    body = as_user(teacher, headers={"accept-language": "en"}).get(reverse("wagtailadmin_home")).content.decode()
    assert "css/editor.css" in body
    assert "svg/mark-on-blue.svg" in body
    assert "wagtail.org" not in body.lower().replace("guide.wagtail.org", "")


def test_trainer_finds_her_own_courses_and_no_others(teacher, own, foreign, catalogue, as_user):
    response = as_user(teacher).get(reverse("wagtailadmin_explore", args=[catalogue.pk]))
    assert [page.title for page in response.context["object_list"]] == [own.title]
    response = as_user(teacher).get(reverse("wagtailadmin_explore_root"), follow=True)
    assert response.context["parent_page"].pk == catalogue.pk
    response = as_user(teacher).get(reverse("wagtailadmin_pages:search") + "?q=bai")
    assert {page.get_parent().get_parent().pk for page in response.context["page_obj"]} == {own.pk}


def test_course_that_she_made_herself_is_hers(teacher, foreign):
    foreign.owner = teacher
    foreign.save()
    assert policy.own_paths(teacher) == (foreign.path,)
    assert lesson_of(foreign).permissions_for_user(teacher).can_edit()


@pytest.mark.parametrize(("view", "allowed"), [("edit", True), ("history", True), ("copy", True), ("usage", True), ("delete", False), ("unpublish", False)])
def test_trainer_works_on_her_course_but_neither_deletes_nor_unpublishes(teacher, own, as_user, view, allowed):
    response = as_user(teacher).get(reverse(f"wagtailadmin_pages:{view}", args=[own.pk]))
    assert (response.status_code == 200) is allowed


@pytest.mark.parametrize("view", ["edit", "history", "copy", "usage", "add_subpage", "delete", "unpublish", "move"])
def test_trainer_gets_nowhere_in_a_course_of_others(teacher, own, foreign, as_user, view):
    for page in (foreign, lesson_of(foreign)):
        response = as_user(teacher).get(reverse(f"wagtailadmin_pages:{view}", args=[page.pk]))
        assert response.status_code in (302, 403)
        assert response.get("Location", "") in ("", reverse("wagtailadmin_home"))


def test_trainer_neither_writes_into_nor_copies_into_a_course_of_others(teacher, own, foreign, as_user):
    before = Page.objects.count()
    module = lesson_of(foreign).get_parent()
    client = as_user(teacher)
    client.post(reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", module.pk]), lesson_form())
    client.post(reverse("wagtailadmin_pages:copy", args=[lesson_of(own).pk]), {"new_title": "Bài", "new_slug": "bai-9", "new_parent_page": module.pk})
    assert Page.objects.count() == before


def test_trainer_adds_to_her_course(teacher, own, as_user):
    response = as_user(teacher).get(reverse("wagtailadmin_pages:add_subpage", args=[own.pk]), follow=True)
    assert response.redirect_chain == [(reverse("wagtailadmin_pages:add", args=["courses", "modulepage", own.pk]), 302)]
    assert response.status_code == 200


def test_trainer_may_begin_a_course(teacher, catalogue, as_user):
    response = as_user(teacher).get(reverse("wagtailadmin_pages:add", args=["courses", "coursepage", catalogue.pk]))
    assert response.status_code == 200
    assert as_user(teacher).get(reverse("wagtailadmin_pages:edit", args=[catalogue.pk])).status_code == 302


def test_delete_is_offered_to_trainers_nowhere(teacher, own, as_user):
    client = as_user(teacher)
    draft = courses_factory.lesson(lesson_of(own).get_parent(), "Bài nháp", "bai-nhap", live=False, owner=teacher)
    for url in (reverse("wagtailadmin_explore", args=[draft.get_parent().pk]), reverse("wagtailadmin_pages:edit", args=[draft.pk])):
        assert reverse("wagtailadmin_pages:delete", args=[draft.pk]) not in client.get(url).content.decode()


def test_pages_are_listed_in_the_order_of_the_course(teacher, own, as_user):
    late = courses_factory.module(own, "Mô-đun 2", "mo-dun-2")
    lesson_of(own).get_parent().specific.save_revision().publish()
    response = as_user(teacher).get(reverse("wagtailadmin_explore", args=[own.pk]))
    assert [page.pk for page in response.context["object_list"]][-1] == late.pk


def test_trainer_orders_drafts_and_leaves_published_pages_to_the_reviewer(teacher, reviewer, own, as_user):
    module = lesson_of(own).get_parent().specific
    second = courses_factory.lesson(module, "Bài nháp", "bai-nhap", live=False, owner=teacher)
    url = reverse("wagtailadmin_pages:set_page_position", args=[second.pk]) + "?position=0"
    # Wagtail answers who may not with the way back to its first page.
    as_user(teacher).post(url)
    assert module.get_children().first().pk != second.pk
    as_user(reviewer).post(url)
    assert module.get_children().first().pk == second.pk
    Page.objects.descendant_of(own, inclusive=True).update(live=False)
    as_user(teacher).post(reverse("wagtailadmin_pages:set_page_position", args=[second.pk]) + "?position=2")
    assert module.get_children().last().pk == second.pk


def test_who_is_no_editor_does_not_get_in(catalogue, learner, as_user):
    assert as_user(learner).get(reverse("wagtailadmin_home")).status_code == 302


def test_person_who_is_trainer_and_reviewer_sees_everything(teacher, reviewer, own, foreign):
    reviewer.groups.add(Group.objects.get(name=TRAINERS))
    assert lesson_of(foreign).permissions_for_user(reviewer).can_edit()
    assert set(policy.explorable_instances(reviewer)) >= {foreign.page_ptr, own.page_ptr}


def test_permissions_cost_the_same_for_one_and_thirty_courses(teacher, own, catalogue, as_user, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        client = as_user(teacher)
        client.get(reverse("wagtailadmin_explore", args=[catalogue.pk]))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("wagtailadmin_explore", args=[catalogue.pk])).status_code == 200
        return sum("courses_coursepage_trainers" in query["sql"] for query in queries)

    one = count()
    for number in range(30):
        courses_factory.course(f"Khóa {number}", f"khoa-{number}", owner=teacher)
    assert count() == one == 1


# Review and publishing


def test_lesson_goes_from_the_trainers_draft_through_review_to_the_learners(teacher, reviewer, own, as_user):
    module = lesson_of(own).get_parent()
    client = as_user(teacher)
    client.post(reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", module.pk]), lesson_form(**{"action-submit": "1"}))
    lesson = LessonPage.objects.get(title="Bài mới")
    assert (lesson.live, lesson.owner, lesson.workflow_in_progress) == (False, teacher, True)
    task = lesson.current_workflow_task_state
    # She cannot approve her own.
    client.post(reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "approve", task.pk]), {"comment": ""})
    lesson.refresh_from_db()
    assert not lesson.live
    as_user(reviewer).post(reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "approve", task.pk]), {"comment": "Tốt"})
    lesson.refresh_from_db()
    assert lesson.live
    assert "không được từ chối" in str(lesson.body)


def test_reviewer_sends_a_lesson_back_and_the_trainer_hands_it_in_again(teacher, reviewer, own, as_user):
    lesson = lesson_of(own)
    url = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    as_user(teacher).post(url, lesson_form(title=lesson.title, text="Bản sửa", slug=lesson.slug, **{"action-submit": "1"}))
    task = LessonPage.objects.get(pk=lesson.pk).current_workflow_task_state
    as_user(reviewer).post(reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "reject", task.pk]), {"comment": "Thiếu căn cứ"})
    lesson = LessonPage.objects.get(pk=lesson.pk)
    assert lesson.current_workflow_state.status == "needs_changes"
    as_user(teacher).post(url, lesson_form(title=lesson.title, text="Bản sửa lần hai", slug=lesson.slug, **{"action-submit": "1"}))
    assert LessonPage.objects.get(pk=lesson.pk).current_workflow_state.status == "in_progress"
    assert "Bản sửa" not in str(LessonPage.objects.get(pk=lesson.pk).body)


def test_trainer_cannot_publish_past_the_review(teacher, own, as_user):
    lesson = lesson_of(own)
    as_user(teacher).post(
        reverse("wagtailadmin_pages:edit", args=[lesson.pk]), lesson_form(title="Lén công bố", slug=lesson.slug, **{"action-publish": "1"}))
    assert LessonPage.objects.get(pk=lesson.pk).title != "Lén công bố"


def test_reviewer_schedules_a_lesson_and_it_appears_when_its_time_has_come(reviewer, own, as_user):
    module = lesson_of(own).get_parent()
    at = timezone.localtime() + timedelta(minutes=5)
    as_user(reviewer).post(reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", module.pk]), lesson_form(
        go_live_at=at.strftime(AdminDateTimeInput().format), expire_at="", **{"action-publish": "1"}))
    lesson = LessonPage.objects.get(title="Bài mới")
    assert (lesson.live, lesson.approved_schedule) == (False, True)
    revision = lesson.scheduled_revision
    # Ten minutes later, as the worker's next look at the clock finds it.
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=5)
    revision.content = {**revision.content, "go_live_at": revision.approved_go_live_at.isoformat()}
    revision.save()
    call_command("publish_scheduled")
    assert LessonPage.objects.get(pk=lesson.pk).live


def test_versions_are_listed_and_compared(teacher, own, as_user):
    lesson = lesson_of(own)
    first = lesson.save_revision()
    lesson.body = [("text", "<p>Câu khác hẳn</p>")]
    second = lesson.save_revision(user=teacher)
    client = as_user(teacher)
    assert client.get(reverse("wagtailadmin_pages:history", args=[lesson.pk])).status_code == 200
    compared = client.get(reverse("wagtailadmin_pages:revisions_compare", args=[lesson.pk, first.pk, second.pk]))
    assert "Câu khác hẳn" in compared.content.decode()


def test_preview_begins_on_a_phone_and_has_a_desktop(own):
    lesson = lesson_of(own)
    sizes = {size["name"]: size["device_width"] for size in lesson.preview_sizes}
    assert lesson.default_preview_size == "mobile"
    assert sizes["mobile"] <= 375 and sizes["desktop"] >= 1200


def test_draft_is_previewed_without_being_published(teacher, own, as_user):
    lesson = lesson_of(own)
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[lesson.pk])
    client = as_user(teacher)
    assert client.post(url, lesson_form(title=lesson.title, text="Chỉ xem trước", slug=lesson.slug)).json()["is_valid"]
    assert "Chỉ xem trước" in client.get(url).content.decode()
    assert "Chỉ xem trước" not in str(LessonPage.objects.get(pk=lesson.pk).body)


# Deleting


@pytest.fixture
def enrolled(own, learner):
    return enrol_learner(user=learner, course=own, now=timezone.now())


def test_page_with_records_is_not_deleted_and_says_what_to_do(administrator, own, enrolled, catalogue, as_user):
    own.unpublish()
    for page in (own, Page.objects.get(pk=own.pk)):
        for method in ("get", "post"):
            response = getattr(as_user(administrator, headers={"accept-language": "en"}), method)(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)
            assert response.redirect_chain == [(reverse("wagtailadmin_explore", args=[catalogue.pk]), 302)]
            assert "Unpublish it instead" in response.content.decode()
    assert CoursePage.objects.filter(pk=own.pk).exists()


def test_catalogue_above_a_page_with_records_is_not_deleted_either(administrator, own, enrolled, catalogue, as_user):
    Page.objects.filter(pk__gte=catalogue.pk).update(live=False)
    as_user(administrator).post(reverse("wagtailadmin_pages:delete", args=[catalogue.pk]))
    assert CataloguePage.objects.filter(pk=catalogue.pk).exists()
    assert has_records(catalogue)


def test_several_pages_are_not_deleted_when_one_has_records(administrator, own, enrolled, foreign, as_user):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?id={own.pk}&id={foreign.pk}"
    response = as_user(administrator, headers={"accept-language": "en"}).post(url, follow=True)
    assert "Unpublish it instead" in response.content.decode()
    assert CoursePage.objects.filter(pk__in=[own.pk, foreign.pk]).count() == 2


def test_published_part_of_a_course_is_unpublished_first(administrator, own, as_user):
    lesson = lesson_of(own)
    response = as_user(administrator, headers={"accept-language": "en"}).post(reverse("wagtailadmin_pages:delete", args=[lesson.pk]), follow=True)
    content = response.content.decode()
    assert "Unpublish it instead" in content
    assert reverse("wagtailadmin_pages:unpublish", args=[lesson.pk]) in content
    lesson.unpublish()
    as_user(administrator).post(reverse("wagtailadmin_pages:delete", args=[lesson.pk]))
    assert not LessonPage.objects.filter(pk=lesson.pk).exists()


def test_page_with_records_is_unpublished_without_harm(administrator, own, enrolled, as_user):
    as_user(administrator).post(reverse("wagtailadmin_pages:unpublish", args=[own.pk]), {"include_descendants": "on"})
    own.refresh_from_db()
    assert not own.live
    assert enrolled.__class__.objects.filter(pk=enrolled.pk).exists()


def test_looking_for_records_costs_the_same_for_one_and_thirty_enrolments(own, enrolled):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert has_records(own)
        return len(queries)

    one = count()
    for number in range(29):
        enrol_learner(user=people.person(f"Người {number}", f"nguoi{number}@example.org"), course=own, now=timezone.now())
    assert count() == one
