"""Issuing what could not be issued: the disk was full, the database away, the server killed between a completion and its paper.

Keeps true: whoever completes a course that gives a paper by itself has it soon after whatever was in its way is gone.
"""

import logging
import time
from datetime import datetime, timedelta

from certificates.selectors.standing import completions_without_certificate
from certificates.services.errors import CertificateError
from certificates.services.renewals import issue_by_itself
from learning.models import Completion

logger = logging.getLogger(__name__)

# A disk may be full for days before anybody makes room; what is older is issued by `issue_certificates`.
LOOKS_BACK = timedelta(days=30)
LASTS_SECONDS = 30


def catch_up(*, now: datetime) -> int:
    """Issue what completions within LOOKS_BACK still lack, and return how many papers that were; the holders are told as always.

    One query where nothing is missing. A course whose papers cannot be issued (no unit issues them) is left alone until the next call; so is
    everything else where the files cannot be written.
    """
    waiting = completions_without_certificate().filter(completed_at__gte=now - LOOKS_BACK)
    rows, hopeless, issued, began = list(waiting.values_list("pk", "enrolment__course")), set(), 0, time.monotonic()
    for key, course in rows:
        if course in hopeless or time.monotonic() - began > LASTS_SECONDS:
            continue
        try:
            issued += len(issue_by_itself(
                completion=Completion.objects.select_related("enrolment__user", "enrolment__course", "rule_set").get(pk=key), now=now))
        except CertificateError as error:
            logger.warning("No papers of course %s: %s", course, error.code)
            hopeless.add(course)
        except OSError as error:
            logger.warning("No paper can be stored: %s", type(error).__name__)
            break
    return issued
