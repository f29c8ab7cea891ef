"""Pages that are no course, the site's own settings, and what keeps track of work in the background."""

from cms.models.background import Duty, Worker, WorkerKind
from cms.models.pages import RESTRICTIONS_KEY, RESTRICTIONS_SECONDS, BasePage, HomePage, InformationPage, SiteSettings, restrictions_exist

__all__ = [
    "RESTRICTIONS_KEY", "RESTRICTIONS_SECONDS", "BasePage", "Duty", "HomePage", "InformationPage", "SiteSettings", "Worker",
    "WorkerKind", "restrictions_exist",
]
