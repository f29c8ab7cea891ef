"""Why a question of Moodle cannot be taken, in words that say what to do instead."""

from django.utils.translation import gettext as _


class Unreadable(Exception):
    """This question cannot become one of ours; the message says why."""


def reason_for(kind: str) -> str:
    """Return why questions of this kind of Moodle's are not taken."""
    if kind in ("ddimageortext", "ddmarker", "hotspot", "imagetarget"):
        return _("Places on a picture (Moodle: “%(kind)s”) are not taken from files. Make a question of the kind “Place on a picture” here.") % {
            "kind": kind}
    if kind.startswith("calculated") or kind.endswith("wiris") or kind in ("formulas", "varnumericset", "varnumeric", "varnumunit", "stack"):
        return _("Numbers that change from taker to taker (Moodle: “%(kind)s”) are not known here. Ask with fixed numbers, as “Number”.") % {
            "kind": kind}
    if kind in ("random", "randomsamatch"):
        return _("A random question (Moodle: “%(kind)s”) is a rule, not a question. Let a quiz draw from a category instead.") % {"kind": kind}
    if kind == "description":
        return _("A description (Moodle: “description”) asks nothing. Put its text into the questions that need it.")
    if not kind:
        return _("This question does not say of which kind it is.")
    return _("The kind “%(kind)s” of Moodle is not known here. Change it in Moodle to a kind that is, or write it anew here.") % {"kind": kind}
