"""Pages that are no course: home, information; the base that every page of ours shares; the site's own settings."""

from functools import cache

from django.core.cache import caches
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

from cms.blocks import PageBodyBlock
from cms.fields import CleanRichTextField, CleanStreamField

RESTRICTIONS_KEY = "restrictions-exist"
RESTRICTIONS_SECONDS = 30


class BasePage(Page):
    """Every page of ours: one language, never comments on paper, a lead under its title."""

    # Fields that are not fetched to serve it, because what is drawn from them is kept.
    served_without: tuple[str, ...] = ()

    lead = models.TextField(_("lead"), blank=True, help_text=_("Two or three short sentences that draw the reader in."))

    search_fields = [*Page.search_fields, index.SearchField("lead")]

    class Meta:
        abstract = True

    def get_view_restrictions(self):
        """Ask for restrictions only where the site has any at all: two queries less for every reader of a site without."""
        if restrictions_exist():
            return super().get_view_restrictions()
        return _no_restrictions()


@cache
def _no_restrictions() -> models.QuerySet:
    nothing = PageViewRestriction.objects.none()
    # Read already: else Django builds a statement at every page to find out that there is nothing to ask.
    nothing._result_cache = []
    return nothing


def restrictions_exist() -> bool:
    """Say whether any page of the site is restricted. Other processes hear of the first restriction within RESTRICTIONS_SECONDS."""
    return caches["pages"].get_or_set(RESTRICTIONS_KEY, PageViewRestriction.objects.exists, RESTRICTIONS_SECONDS)


class HomePage(BasePage):
    template = "cms/home.html"
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("home page")


class InformationPage(BasePage):
    body = CleanStreamField(PageBodyBlock(), verbose_name=_("body"), blank=True)

    template = "cms/information.html"
    parent_page_types = ["cms.HomePage", "cms.InformationPage"]
    subpage_types = ["cms.InformationPage"]
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("information page")


@register_setting(icon="cog")
class SiteSettings(BaseSiteSetting):
    """What an office sets for its own site; empty fields fall back to the environment."""

    name = models.CharField(_("name of the site"), max_length=80, blank=True)
    tagline = models.CharField(_("one line about it"), max_length=160, blank=True)
    contact = CleanRichTextField(_("contact"), blank=True, features=["bold", "link"])
    help_page = models.ForeignKey("wagtailcore.Page", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("help page"))
    privacy_page = models.ForeignKey(
        "wagtailcore.Page", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("personal data page"))

    panels = [
        FieldPanel("name"), FieldPanel("tagline"),
        FieldPanel("contact", help_text=_(
            "The union that runs this site, its address and telephone number, and whom to ask about personal data. It stands in the notice about personal data "
            "and at the foot of every page.")),
        FieldPanel("help_page"), FieldPanel("privacy_page"),
    ]

    class Meta:
        verbose_name = _("site settings")
