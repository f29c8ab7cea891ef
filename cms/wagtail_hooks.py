"""The look of Wagtail's editor, and menus that hold only what people need."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.views.home import RecentEditsPanel, UserObjectsInWorkflowModerationPanel, WorkflowObjectsToModeratePanel

from cms.ranges import answer_in_part

# Menus that lead to Wagtail's own matters, for everybody; and those that only administrators have a use for.
_NOBODYS = {"help", "forms"}
_ADMINISTRATORS = {"settings", "snippets"}
_REPORTS_OF_EDITORS = {"workflows"}
_PANELS = (UserObjectsInWorkflowModerationPanel, WorkflowObjectsToModeratePanel, RecentEditsPanel)


@hooks.register("insert_global_admin_css")
def editor_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/editor.css"))


@hooks.register("construct_main_menu")
def keep_the_menu_short(request: HttpRequest, menu_items: list) -> None:
    hidden = _NOBODYS if request.user.is_superuser else _NOBODYS | _ADMINISTRATORS
    menu_items[:] = [item for item in menu_items if item.name not in hidden]


@hooks.register("construct_reports_menu")
def keep_the_reports_short(request: HttpRequest, menu_items: list) -> None:
    if not request.user.is_superuser:
        menu_items[:] = [item for item in menu_items if item.name in _REPORTS_OF_EDITORS]


@hooks.register("construct_homepage_panels")
def keep_the_first_page_to_the_work(request: HttpRequest, panels: list) -> None:
    """What waits for this person and what they wrote last; no news of Wagtail itself."""
    panels[:] = [panel for panel in panels if isinstance(panel, _PANELS)]


hooks.register("before_serve_document", answer_in_part)
