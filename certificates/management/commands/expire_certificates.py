"""Enter what has expired into the register: `manage.py expire_certificates`."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from certificates.services import expire_certificates


class Command(BaseCommand):
    help = "Enter the expiry of certificates whose time is over. Safe to repeat; the verification page does not wait for it."

    def handle(self, *args, **options) -> None:
        self.stdout.write(f"{expire_certificates(now=timezone.now())} expired")
