"""The look of Wagtail's editor, and menus that hold only what people need."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.encoding import force_str
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.views.home import RecentEditsPanel, UserObjectsInWorkflowModerationPanel, WorkflowObjectsToModeratePanel
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from cms.ranges import answer_in_part

# Menus that lead to Wagtail's own matters, for everybody; and those that only administrators have a use for.
_NOBODYS = {"help", "forms"}
_ADMINISTRATORS = {"settings", "snippets"}
_REPORTS_OF_EDITORS = {"workflows"}
_PANELS = (UserObjectsInWorkflowModerationPanel, WorkflowObjectsToModeratePanel, RecentEditsPanel)
# What a spreadsheet takes for the beginning of a formula in a text file (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _defused(value) -> object:
    """Return the value for a text file; before what a spreadsheet would run stands an apostrophe. Numbers stay numbers."""
    value = force_str(value, strings_only=True)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


# Asked in this order, so that dates and lists keep what Wagtail does with them.
SpreadsheetExportMixin.custom_value_preprocess[object] = {SpreadsheetExportMixin.FORMAT_CSV: _defused}


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
