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

# The words of each consent by version. They are never edited: other words are a new version, and what was agreed to stays what it was.
CONSENT_NOW = "2026-11"
CONSENT_WORDS = {
    ("notice", "2026-11"): _("I have read how my personal data are used here."),
    ("reminders", "2026-11"): _(
        "I agree that I am sent letters by e-mail that remind me of courses, of their deadlines and of certificates that end soon."),
    ("ranking", "2026-11"): _("I agree that the name that I enter in a contest is shown in its ranking, which everybody with the contest's code can read."),
}
# In the session of somebody who has still to be shown how their data are used.
NOTICE_DUE = "notice_due"
# What restricting really does, kept beside the request as its answer; it stands in the person's record, so it is Vietnamese.
RESTRICTED = (
    "Đã làm ngay: tên không còn trong bảng xếp hạng các cuộc thi, không gửi thư nhắc học, tắt trang công khai của các giấy chứng nhận. "
    "Dữ liệu vẫn được giữ; anh/chị vẫn học và xem kết quả của mình.")
# The answer to a request that its person no longer wants, beneath what the office may have said before.
TAKEN_BACK = "Người yêu cầu đã rút lại."
