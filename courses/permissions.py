"""Who may do what with the pages below the catalogue.

Keeps true: whoever may only add there (the group of trainers) sees and edits the courses that are theirs, owned or listed as their trainer,
and nothing else; nobody of them deletes. Everybody else has exactly what Wagtail's own groups say.
"""

from django.db.models import PROTECT, Q, QuerySet
from wagtail.models import Page, PagePermissionTester
from wagtail.permission_policies.pages import PagePermissionPolicy

from courses.models import CataloguePage, CoursePage, LessonPage, ModulePage, QuizPage

COURSE_PAGES = (CataloguePage, CoursePage, ModulePage, LessonPage, QuizPage)
_OWN_PATHS = "_own_course_paths"


class CoursePagePolicy(PagePermissionPolicy):
    """Wagtail's policy, narrowed for those who may only add."""

    def is_narrow(self, user) -> bool:
        """Say whether this person may add pages and nothing more; then only their own courses are open to them."""
        if not user.is_active or user.is_anonymous or user.is_superuser:
            return False
        codenames = {row.permission.codename for row in self.get_cached_permissions_for_user(user)}
        return codenames == {"add_page"}

    def own_paths(self, user) -> tuple[str, ...]:
        """Return the tree paths of the courses that the person owns or is listed on as trainer. One query a request."""
        if not hasattr(user, _OWN_PATHS):
            own = CoursePage.objects.filter(Q(owner=user) | Q(trainers__user=user)).values_list("path", flat=True).distinct()
            setattr(user, _OWN_PATHS, tuple(own))
        return getattr(user, _OWN_PATHS)

    def explorable_instances(self, user) -> QuerySet:
        if not self.is_narrow(user):
            return super().explorable_instances(user)
        return self.model._default_manager.filter(self._own(user) | Q(path__in=self._granted(user)))

    def instances_user_has_any_permission_for(self, user, actions) -> QuerySet:
        if not self.is_narrow(user):
            return super().instances_user_has_any_permission_for(user, actions)
        found = Q(pk__in=[])
        if {"add", "change"} & set(actions):
            found |= self._own(user)
        if "add" in actions:
            found |= Q(path__in=self._granted(user))
        return self.model._default_manager.filter(found)

    def user_has_any_permission_for_instance(self, user, actions, instance) -> bool:
        if not self.is_narrow(user):
            return super().user_has_any_permission_for_instance(user, actions, instance)
        return self.instances_user_has_any_permission_for(user, actions).filter(pk=instance.pk).exists()

    def _own(self, user) -> Q:
        own = Q(pk__in=[])
        for path in self.own_paths(user):
            own |= Q(path__startswith=path)
        return own

    def _granted(self, user) -> list[str]:
        return [row.page.path for row in self.get_cached_permissions_for_user(user)]


policy = CoursePagePolicy(Page)


class CoursePermissions(PagePermissionTester):
    """Wagtail's answers for one page and person, narrowed in the same way."""

    def __init__(self, user, page):
        super().__init__(user, page)
        self.is_narrow = policy.is_narrow(user)
        if self.is_narrow:
            is_own = page.path.startswith(policy.own_paths(user)) if policy.own_paths(user) else False
            may_begin_a_course = isinstance(page.specific_deferred, CataloguePage) and "add" in self.permissions
            self.permissions = {"add", "change"} if is_own else {"add"} if may_begin_a_course else set()

    def can_delete(self, ignore_bulk=False) -> bool:
        return not self.is_narrow and super().can_delete(ignore_bulk)

    def can_move(self) -> bool:
        # Wagtail asks whether the page could be deleted; a draft of one's own may well be moved.
        return super().can_delete(ignore_bulk=True)

    def can_reorder_children(self) -> bool:
        # What learners see is put in order by those who publish; a trainer orders what is still a draft.
        return super().can_reorder_children() or (self.is_narrow and "change" in self.permissions and not self.page.live)


def permissions_for_user(page: Page, user) -> CoursePermissions:
    return CoursePermissions(user, page)


def has_records(page: Page) -> bool:
    """Say whether anything that must stay (enrolments, progress, rule sets) points at the page or one below it. A query for each kind of record."""
    for model in (Page, CoursePage, ModulePage, LessonPage, QuizPage):
        here = model.objects.filter(path__startswith=page.path)
        for relation in model._meta.related_objects:
            if relation.on_delete is PROTECT and relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": here}).exists():
                return True
    return False


def is_published_course_part(page: Page) -> bool:
    """Say whether the page, or one below it, is part of a course and can be opened by learners. One query."""
    return page.get_descendants(inclusive=True).live().type(COURSE_PAGES).exists()
