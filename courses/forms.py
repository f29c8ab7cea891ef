"""What the catalogue can be asked, and what the editor of a course may not say."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from courses.enums import Issuing, Length, Level
from courses.models import Audience, CoursePage, Topic


class CatalogueForm(forms.Form):
    q = forms.CharField(required=False, max_length=200, label=_("Find courses, lessons, articles of law"))
    topic = forms.ModelMultipleChoiceField(Topic.objects.order_by("rank", "name"), required=False, to_field_name="slug", label=_("Topic"))
    audience = forms.ModelMultipleChoiceField(
        Audience.objects.order_by("rank", "name"), required=False, to_field_name="slug", label=_("Audience"))
    level = forms.MultipleChoiceField(choices=Level.choices, required=False, label=_("Level"))
    length = forms.MultipleChoiceField(choices=Length.choices, required=False, label=_("Length"))

    def wanted(self) -> dict:
        """Return the clean values; whatever is not understood is left out, so that an old link still shows courses."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in self.fields}


class CourseForm(WagtailAdminPageForm):
    """The editor's form of a course: how its certificate ends and is renewed must make sense."""

    def clean(self) -> dict:
        data = super().clean()
        refresher = data.get("renewal_course")
        if refresher is not None and (fault := self._fault(refresher, data)):
            self.add_error("renewal_course", fault)
        elif data.get("issuing") == Issuing.BY_DECISION and len(self._renewed_by(self.instance)) > 1:
            self.add_error("issuing", _SEVERAL)
        if data.get("gives_certificate") and self._refreshes_by_decision(data):
            self.add_error("gives_certificate", _(
                "This course renews the papers of another one by decision, so it gives none of its own. Choose another refresher course there first."))
        return data

    def _refreshes_by_decision(self, data: dict) -> bool:
        return any(Issuing.BY_DECISION in (data.get("issuing"), course.issuing) for course in self._renewed_by(self.instance))

    def _fault(self, refresher: CoursePage, data: dict) -> str:
        if refresher.pk == self.instance.pk:
            return _("Leave this empty: a course that renews itself is taken again as a whole.")
        if not data.get("valid_months"):
            return _("Say for how many months the certificate is valid; without an end there is nothing to renew.")
        if self._leads_back(refresher):
            return _("That course is itself renewed by this one. Choose a refresher course that stands alone.")
        if Issuing.BY_DECISION in (data.get("issuing"), refresher.issuing):
            if refresher.gives_certificate:
                return _("Where papers are issued by decision, the refresher course gives no certificate of its own. Switch that off there first.")
            if any(course.pk != self.instance.pk for course in self._renewed_by(refresher)):
                return _SEVERAL
        return ""

    def _leads_back(self, refresher: CoursePage) -> bool:
        seen: set[int] = set()
        following: CoursePage | None = refresher
        while following is not None and following.pk not in seen:
            if self.instance.pk is not None and following.renewal_course_id == self.instance.pk:
                return True
            seen.add(following.pk)
            following = following.renewal_course
        return False

    def _renewed_by(self, refresher: CoursePage) -> list[CoursePage]:
        return list(CoursePage.objects.filter(renewal_course=refresher)) if refresher.pk else []


_SEVERAL = _("Where papers are issued by decision, a refresher course renews one course only, so that a list knows which paper it gives.")
