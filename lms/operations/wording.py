"""Tasks, duties and faults in words that need no programmer. What is not named here is told by its own name."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.work import Need

TASKS: dict[str, Promise] = {
    "certificates.tasks.issue_for_completion": _("Issue a certificate for a completed course"),
    "certificates.tasks.write_printout": _("Write a file of papers"),
    "certificates.tasks.issue_run": _("Issue a list of certificates"),
    "certificates.tasks.send_waiting_notices": _("Send letters about certificates"),
    "certificates.tasks.read_register": _("Read an older register"),
    "certificates.tasks.bring_register_in": _("Bring an older register in"),
    "learning.tasks.recount_course": _("Count progress in a course anew"),
    "learning.tasks.settle_rule": _("Assign a required course"),
    "learning.tasks.settle_people": _("Bring required courses in line with posts"),
    "training.tasks.write_export": _("Write a list into a file"),
    "training.tasks.count_target": _("Count a target"),
    "training.tasks.reach": _("Enrol or remind those who are missing"),
    "training.tasks.send_reminders": _("Send reminders"),
    "unions.tasks.read_roster": _("Read a list of cadres"),
    "unions.tasks.apply_roster": _("Write a list of cadres"),
    "quizzes.tasks.analysis.analyse": _("Analyse a quiz"),
    "quizzes.tasks.exchange.read_import": _("Read a file of questions"),
    "quizzes.tasks.exchange.bring_in": _("Bring questions in"),
    "quizzes.tasks.exchange.write_export": _("Write questions into a file"),
    "quizzes.tasks.regrading.work_out": _("Work out a regrade"),
    "quizzes.tasks.regrading.write": _("Write a regrade"),
    "modelsearch.tasks.insert_or_update_object_task": _("Enter a page into the search"),
    "wagtail.tasks.update_reference_index_task": _("Note what a page uses"),
    "wagtail.tasks.delete_file_from_storage_task": _("Delete a file that nobody uses"),
    "wagtail.images.tasks.set_image_focal_point_task": _("Find the middle of a picture"),
}
NEEDS: dict[Need, Promise] = {
    Need.WAITED_FOR: _("Somebody waits for it"), Need.ASKED_FOR: _("Soon"), Need.USUAL: _("In turn"), Need.LETTERS: _("Letters"),
    Need.STATISTICS: _("Statistics"),
}
DUTIES: dict[str, Promise] = {
    "pages": _("Publish pages on their day"), "attempts closed": _("Close quizzes whose time is over"),
    "results caught up": _("Complete courses where the server was stopped in the middle"), "papers caught up": _("Issue certificates that could not be issued"),
    "certificates expired": _("Let certificates expire"), "reminders posted": _("Note whose certificate ends soon"),
    "rules settled": _("Assign required courses"), "counts of targets": _("Have targets counted"), "data forgotten": _("Delete personal data that have been kept long enough"),
    "erasures finished": _("Finish erasing people where the server was stopped in the middle"), "notices sent": _("Send letters about certificates"),
    "reminders sent": _("Send reminders"),
}
# By the last part of an error's name.
FAULTS: dict[str, Promise] = {
    "TakesTooLong": _("Took too long and was stopped. Try it again when the site is quieter."),
    "JobTimeoutException": _("Took too long and was stopped. Try it again when the site is quieter."),
    "WorkerGone": _("The background worker ended in the middle, four times. Look at the memory of the machine, then try it again."),
    "OperationalError": _("The database did not answer. Try it again."),
    "DoesNotExist": _("What it was about is no longer there. There is nothing to do."),
    "ConnectionRefusedError": _("Another service did not answer. Try it again."),
    "TimeoutError": _("Another service did not answer in time. Try it again."),
    "SMTPServerDisconnected": _("The mail server broke off. Try it again."),
    "OSError": _("A file could not be read or written. Look at the disk, then try it again."),
    "PermissionError": _("A file could not be read or written. Look at the disk, then try it again."),
    "MemoryError": _("The machine has too little memory for it."),
}
UNKNOWN = _("A fault in the program. Try it again once; if it fails again, tell whoever looks after the program its name.")


def task_in_words(path: str) -> str:
    return str(TASKS.get(path) or path.rpartition(".")[2].replace("_", " "))


def duty_in_words(name: str) -> str:
    return str(DUTIES.get(name) or name)


def fault_in_words(path: str) -> str:
    return str(FAULTS.get(path.rpartition(".")[2], UNKNOWN))
