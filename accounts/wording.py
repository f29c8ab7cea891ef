"""Words for what stands in the log by its short name. What is not named here is shown as it is."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FIELDS = {
    "full_name": _("Full name"), "given_name": _("Name to sort by"), "gender": _("Gender"), "birth_year": _("Year of birth"),
    "date_of_birth": _("Date of birth"), "phone": _("Telephone number"), "email": _("E-mail"), "member_code": _("Member code"),
    "kind": _("Post"), "valid_from": _("Held from"), "valid_until": _("No longer held from"), "full_time": _("Full-time or part-time"),
    "manner": _("Manner"), "term": pgettext_lazy("of office", "Term"),
    "decision_number": _("Decision number"), "unit": _("Unit"), "is_active": _("Active"), "password1": _("Password"),
    "is_superuser": _("Administrator"), "is_staff": _("Staff"), "groups": _("Groups of the editor"), "lost_second_factor": _("Second step taken away"),
}
