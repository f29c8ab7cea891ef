"""Issue every certificate that is still missing: `manage.py issue_certificates`."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates.selectors import completions_without_certificate
from certificates.services import CertificateError, issue_certificate


class Command(BaseCommand):
    help = "Issue the certificates of completed courses that have none yet. Safe to repeat."

    def handle(self, *args, **options) -> None:
        issued = refused = 0
        for completion in completions_without_certificate().iterator(chunk_size=200):
            enrolment = completion.enrolment
            try:
                certificate = issue_certificate(user=enrolment.user, course=enrolment.course, completion=completion, now=timezone.now())
            except CertificateError as error:
                refused += 1
                self.stderr.write(f"{enrolment.user}, {enrolment.course}: {error.code}. {error.message}")
            else:
                issued += 1
                self.stdout.write(f"{certificate.register_number}: {enrolment.user}, {enrolment.course}")
        self.stdout.write(f"{issued} issued, {refused} refused")
        if refused:
            raise CommandError(f"{refused} refused")
