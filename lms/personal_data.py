"""Where people are named in the database: every relation to a person, with what the export, an erasure and the clock do with it.

Keeps true: a test walks all models; a relation that is not here fails it, so that no new table is forgotten.
"""

from dataclasses import dataclass

# What an erasure does.
GONE = "the row is deleted"
NAMELESS = "the row stays and points at a nameless person"


@dataclass(frozen=True)
class Named:
    """One relation to a person."""

    # The part of the export in which it stands; empty: `why` says why it stands in none.
    export: str
    # GONE or NAMELESS.
    erased: str
    # The class of `lms.retention.SCHEDULE`.
    kept: str
    why: str = ""


# The person did something for the office: what was done says nothing of them but that they did it, and much of others.
_WORK = Named("", NAMELESS, "work", "an act for the office on somebody else's record, or on none; the other's record names it")
# Who made a sheet or file that is gone within days.
_ASKED = Named("", NAMELESS, "work", "work asked for by the office, gone within days; its content is other people's")
# Content of the site: pages, pictures and questions belong to the organisation.
_CONTENT = Named("", NAMELESS, "work", "content of the site, which is the organisation's; it says who wrote or locked it and no more of them")
_EDITING = Named("", GONE, "account", "technical state of the editor, gone when the page is left; nothing is told by it")
_SECRET = Named("", GONE, "account", "a secret key and nothing else")

RELATIONS: dict[str, Named] = {
    # About the person
    "accounts.Consent.user": Named("consents", NAMELESS, "account"),
    "accounts.LogEntry.about": Named("log", GONE, "looks"),
    "accounts.PrivacyRequest.user": Named("requests", NAMELESS, "requests"),
    "accounts.SignInSlip.user": Named("slips", GONE, "slips"),
    "account.EmailAddress.user": Named("email_addresses", GONE, "account"),
    "mfa.Authenticator.user": Named("second_steps", GONE, "account"),
    "usersessions.UserSession.user": Named("sign_ins", GONE, "sign_ins"),
    "wagtailusers.UserProfile.user": Named("editor_profile", GONE, "account"),
    "wagtailcore.Comment.user": Named("comments", NAMELESS, "work"),
    "wagtailcore.CommentReply.user": Named("comment_replies", NAMELESS, "work"),
    "unions.Post.user": Named("posts", NAMELESS, "account"),
    "unions.RoleGrant.user": Named("roles", GONE, "account"),
    "unions.RosterImportRow.person": Named("imported_rows", GONE, "rosters"),
    "unions.Audience.people": Named("hand_picked", GONE, "account"),
    "quizzes.Attempt.user": Named("attempts", NAMELESS, "studies"),
    "quizzes.Appeal.by": Named("appeals", NAMELESS, "studies"),
    "quizzes.ExtraTime.user": Named("extra_time", GONE, "studies"),
    "quizzes.Quiz.markers": Named("marker_of", GONE, "work"),
    "learning.Enrolment.user": Named("enrolments", NAMELESS, "studies"),
    "learning.Assignment.user": Named("required", NAMELESS, "studies"),
    "learning.OutsideStudy.user": Named("outside_studies", NAMELESS, "studies"),
    "certificates.Certificate.user": Named("certificates", NAMELESS, "register"),
    "certificates.NameConsent.user": Named("name_consents", NAMELESS, "account"),
    "training.Reminder.user": Named("reminders", GONE, "reminders"),
    "training.Joining.user": Named("joinings", NAMELESS, "studies"),
    "training.Export.user": Named("exports", GONE, "exports"),
    # What the person did for the office
    "accounts.LogEntry.by": _WORK, "accounts.PrivacyRequest.handled_by": _WORK, "accounts.RetentionRun.by": _WORK, "accounts.SignInSlip.made_by": _WORK,
    "unions.RoleGrant.granted_by": _WORK, "unions.UnitChange.by": _WORK, "unions.UnitChange.undone_by": _WORK, "unions.RosterImport.by": _ASKED,
    "quizzes.HandMark.by": _WORK, "quizzes.Appeal.decided_by": _WORK, "quizzes.Regrade.by": _WORK, "quizzes.Regrade.applied_by": _WORK,
    "quizzes.BankImport.by": _ASKED, "quizzes.BankExport.by": _ASKED,
    "learning.AssignmentRule.made_by": _WORK, "learning.OutsideStudy.entered_by": _WORK, "learning.OutsideStudy.decided_by": _WORK,
    "certificates.DesignVersion.made_by": _WORK, "certificates.RegisterEntry.by": _WORK, "certificates.Look.by": _WORK,
    "certificates.RegisterImport.by": _ASKED, "certificates.IssueRun.by": _WORK, "certificates.IssueRun.decided_by": _WORK,
    "certificates.Printout.by": _ASKED,
    "training.Target.made_by": _WORK, "training.Reminder.by": _WORK, "training.Count.by": _ASKED, "training.JoinCode.made_by": _WORK,
    "training.Joining.confirmed_by": _WORK,
    # Content
    "courses.Trainer.user": _CONTENT, "quizzes.Question.locked_by": _CONTENT, "quizzes.Question.author": _CONTENT,
    "wagtailcore.Page.locked_by": _CONTENT, "wagtailcore.Page.owner": _CONTENT, "wagtailcore.Revision.user": _CONTENT,
    "wagtailcore.ModelLogEntry.user": _WORK, "wagtailcore.PageLogEntry.user": _WORK, "wagtailcore.UploadedFile.uploaded_by_user": _CONTENT,
    "wagtailcore.WorkflowState.requested_by": _CONTENT, "wagtailcore.TaskState.finished_by": _CONTENT, "wagtailcore.Comment.resolved_by": _CONTENT,
    "wagtaildocs.Document.uploaded_by_user": _CONTENT, "wagtailimages.Image.uploaded_by_user": _CONTENT,
    # The editor's own
    "wagtailadmin.EditingSession.user": _EDITING, "wagtailadmin.FormState.user": _EDITING, "wagtailcore.PageSubscription.user": _EDITING,
    "wagtailcore.APIToken.user": _SECRET,
}
