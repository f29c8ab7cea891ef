"""What the office is told of what came of its wishes, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def reached_in_words(kind: str, outcome) -> str:
    """Say how many people were enrolled ("enrol") or reminded, and how many were not and why."""
    if kind == "enrol":
        words = [ngettext("%(count)s person is newly enrolled.", "%(count)s people are newly enrolled.", outcome.reached)]
        counts = [outcome.reached]
    else:
        words = [ngettext("%(count)s person is reminded.", "%(count)s people are reminded.", outcome.reached)]
        counts = [outcome.reached]
    for count, said in (
        (outcome.standing, _("%(count)s were enrolled already, or wait for something else.")),
        (outcome.lately, _("%(count)s were reminded within the last three days and are left out.")),
        (outcome.without_address, _("%(count)s have no e-mail address: they see it on their own page.")),
        (outcome.elsewhere, _("%(count)s are no longer of your units, or their account is closed.")),
    ):
        if count:
            words.append(said)
            counts.append(count)
    return " ".join(word % {"count": count} for word, count in zip(words, counts, strict=True))


# Shares and goals

def share_of(figures) -> float | None:
    """Return the percentage of people who have done it, cut off after one decimal: 89,96% is not yet 90. None of nobody."""
    return figures.done * 1000 // figures.people / 10 if figures.people else None


def share_in_words(figures) -> str:
    """Write the share as 66% or 87,5%; a dash for a unit of nobody."""
    share = share_of(figures)
    return "–" if share is None else f"{share:g}%".replace(".", ",")


def goal_of(target) -> str:
    """Write what a target asks for as 90% or 87,5%."""
    return f"{float(target.percentage):g}%".replace(".", ",")
