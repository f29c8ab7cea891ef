"""The keys that sign QR codes: `manage.py signing_keys list|retire FINGERPRINT|compromise FINGERPRINT --since DATE --note …`."""

from datetime import date, datetime, time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates import services
from certificates.models import SigningKey


class Command(BaseCommand):
    help = "List the keys that sign QR codes, retire one, or mark one as known to others. Fingerprints may be shortened to 8 characters."

    def add_arguments(self, parser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        deeds.add_parser("list", help="all keys, the earliest first; the present one is entered if it is new")
        deeds.add_parser("retire", help="signs no more; what it signed stays good").add_argument("fingerprint")
        compromise = deeds.add_parser("compromise", help="known to others: without network nothing that it signed is trusted any more")
        compromise.add_argument("fingerprint")
        compromise.add_argument("--since", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
        compromise.add_argument("--note", required=True)

    def handle(self, *args, deed: str, **options) -> None:
        try:
            getattr(self, f"_{deed}")(timezone.now(), options)
        except services.CertificateError as error:
            raise CommandError(f"{error.code}. {error.message}") from error

    def _list(self, now: datetime, options: dict) -> None:
        try:
            services.note_key_in_use(now=now)
        except services.KeyCompromised as error:
            self.stderr.write(str(error.message))
        rows = SigningKey.objects.order_by("first_used_at", "pk")
        for row in rows:
            self._tell(row)
        self.stdout.write(f"{len(rows)} keys")

    def _retire(self, now: datetime, options: dict) -> None:
        self._tell(services.retire_key(fingerprint=options["fingerprint"], now=now))
        self.stdout.write("1 retired")

    def _compromise(self, now: datetime, options: dict) -> None:
        since = timezone.make_aware(datetime.combine(options["since"], time.min))
        self._tell(services.mark_key_compromised(fingerprint=options["fingerprint"], since=since, note=options["note"], now=now))
        self.stdout.write("1 marked. Set a new CERTIFICATE_SIGNING_KEY and restart, if this one still signs; then reissue papers whose QR code must work without network.")

    def _tell(self, row: SigningKey) -> None:
        days = [f"{word} {timezone.localdate(at):%d/%m/%Y}" for word, at in (
            ("since", row.first_used_at), ("retired", row.retired_at), ("known to others", row.compromised_at)) if at]
        self.stdout.write(f"{row.fingerprint}  {row.fingerprint[:4]}  {', '.join(days)}{f'. {row.note}' if row.note else ''}")
