"""The groups of the editor and the workflow between them: trainers write, reviewers approve and publish.

Safe to call at any time and again; what an administrator has changed on a group since it was made is left alone.
"""

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models.signals import post_migrate, post_save
from django.dispatch import receiver
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from courses.models import CataloguePage

TRAINERS = "Giảng viên"
REVIEWERS = "Người duyệt"
WORKFLOW = "Duyệt bài"

# App label and code name, as Django's permission table has them.
_ENTER = [("wagtailadmin", "access_admin")]
_QUESTIONS = [
    *[("quizzes", f"{action}_{model}") for action in ("add", "change", "view") for model in ("question", "quiz", "category")],
    ("quizzes", "publish_question"),
]
# Rights that came after the first version: groups that were made before get them as long as no group has them.
_LATER = [
    ("quizzes", "publish_quiz"), ("quizzes", "mark_attempt"), *[("quizzes", f"{action}_extratime") for action in ("add", "change", "view")],
    ("quizzes", "regrade_attempt"),
]
_LOOK_UP_LAW = [("laws", "view_legaldocument"), ("laws", "view_provision")]
_KEEP_LISTS = [
    *[("laws", f"{action}_{model}") for action in ("add", "change", "view") for model in ("legaldocument", "provision")],
    *[("courses", f"{action}_{model}") for action in ("add", "change", "view") for model in ("topic", "audience", "trainer")],
]
_LIBRARY = ["add_image", "choose_image", "add_document", "choose_document"]
MODEL_PERMISSIONS = {TRAINERS: _ENTER + _QUESTIONS + _LATER + _LOOK_UP_LAW, REVIEWERS: _ENTER + _QUESTIONS + _LATER + _KEEP_LISTS}
LIBRARY_PERMISSIONS = {TRAINERS: _LIBRARY, REVIEWERS: [*_LIBRARY, "change_image", "change_document"]}
# To add is to edit one's own (courses/permissions.py).
PAGE_PERMISSIONS = {TRAINERS: ["add_page"], REVIEWERS: ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"]}


def ensure_groups() -> None:
    """Make the groups, their rights and the workflow where they are missing; rights on pages as soon as there is a catalogue."""
    new_rights = [right for right in _permissions(_LATER) if not right.group_set.exists()]
    for name, wanted in MODEL_PERMISSIONS.items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new or not group.permissions.exists():
            group.permissions.set(_permissions(wanted))
            _grant_library(group, LIBRARY_PERMISSIONS[name])
        group.permissions.add(*new_rights)
    catalogue = CataloguePage.objects.first()
    if catalogue is not None:
        _grant_pages(catalogue)
        _assign_workflow(catalogue)


def _permissions(wanted: list[tuple[str, str]]) -> list[Permission]:
    codenames = {codename for _label, codename in wanted}
    rows = Permission.objects.filter(codename__in=codenames).select_related("content_type")
    return [row for row in rows if (row.content_type.app_label, row.codename) in wanted]


def _grant_library(group: Group, codenames: list[str]) -> None:
    root = Collection.get_first_root_node()
    rows = Permission.objects.filter(codename__in=codenames, content_type__app_label__in=["wagtailimages", "wagtaildocs"])
    for permission in rows if root else []:
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def _grant_pages(catalogue: CataloguePage) -> None:
    for name, codenames in PAGE_PERMISSIONS.items():
        group = Group.objects.get(name=name)
        if not GroupPagePermission.objects.filter(group=group).exists():
            for permission in Permission.objects.filter(codename__in=codenames, content_type__app_label="wagtailcore"):
                GroupPagePermission.objects.create(group=group, page=catalogue.page_ptr, permission=permission)


def _assign_workflow(catalogue: CataloguePage) -> None:
    if WorkflowPage.objects.filter(page=catalogue).exists():
        return
    workflow, is_new = Workflow.objects.get_or_create(name=WORKFLOW, defaults={"active": True})
    if is_new:
        task = GroupApprovalTask.objects.create(name=REVIEWERS, active=True)
        task.groups.add(Group.objects.get(name=REVIEWERS))
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(page=catalogue.page_ptr, workflow=workflow)


@receiver(post_migrate)
def ensure_groups_after_migrating(sender, using="default", **kwargs) -> None:
    # Once, after the last app: only then has every app its permissions. A half migrated database has not all tables yet.
    is_last = sender is [config for config in apps.get_app_configs() if config.models_module][-1]
    needed = {model._meta.db_table for model in (Permission, CataloguePage, WorkflowPage, GroupCollectionPermission)}
    if is_last and using == "default" and needed <= set(connection.introspection.table_names()):
        ensure_groups()


@receiver(post_save, sender=CataloguePage)
def ensure_groups_of_new_catalogue(sender, created: bool, raw: bool = False, **kwargs) -> None:
    if created and not raw:
        ensure_groups()
