"""Print how far targets are met: `manage.py coverage --unit CODE [--year 2026] [--on 30/06/2026] [--tree today|then] [--target UUID …] [--recount]`."""

from datetime import date, datetime
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone

from training.enums import Tree
from training.models import Target
from training.selectors.coverage import Coverage, Figures, coverage_of
from training.services.counting import count_all
from unions.models import Unit

HEADINGS = ("unit", "people", "done", "%", "under way", "missing", "attendances")


class Command(BaseCommand):
    help = "Print the figures of targets for units and for each unit right below: people, done, under way, missing, and attendances (never to be added to people)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", action="append", default=[], metavar="CODE", help="a unit, by its code; several may be named; else the highest ones")
        parser.add_argument("--year", type=int, help="targets of this year; else of the year of the day")
        parser.add_argument("--on", metavar="DAY", help="as of this day: 30/06/2026; else today")
        parser.add_argument("--tree", choices=Tree.values, default=Tree.TODAY.value, help="by today's structure, or by that of the day")
        parser.add_argument("--target", action="append", default=[], metavar="UUID", help="only this target; several may be named")
        parser.add_argument("--recount", action="store_true", help="count large branches now, instead of showing what was counted in the background")

    def handle(self, *args, **options) -> None:
        now = timezone.now()
        self.refused = 0
        on = self._day(options["on"], timezone.localdate(now))
        units = self._units(options["unit"], on)
        targets = self._targets(options, units, on)
        if options["recount"]:
            counted = count_all(targets=targets, on=on, tree=Tree.TODAY if on == timezone.localdate(now) else options["tree"], clock=timezone.now)
            self.stdout.write(f"{len(counted)} targets counted anew")
        tables = 0
        for target in targets:
            for unit in units:
                self._table(coverage_of(target=target, unit=unit, on=on, tree=options["tree"], now=now))
                tables += 1
        self.stdout.write(f"{tables} tables, {self.refused} refused")
        if self.refused:
            raise CommandError(f"{self.refused} refused")

    def _refuse(self, what: str) -> None:
        self.refused += 1
        self.stderr.write(what)

    def _day(self, text: str | None, today: date) -> date:
        if not text:
            return today
        try:
            day = datetime.strptime(text, "%d/%m/%Y").date()
        except ValueError as error:
            raise CommandError(f"--on {text}: write the day as 30/06/2026.") from error
        if day > today:
            raise CommandError(f"--on {text}: this day is still to come.")
        return day

    def _units(self, codes: list[str], on: date) -> list[Unit]:
        if not codes:
            return list(Unit.objects.on(on).exclude(path__regex=r"/.").order_by("path"))
        found = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
        for code in codes:
            if code not in found:
                self._refuse(f"--unit {code}: no unit has this code.")
        return [found[code] for code in dict.fromkeys(codes) if code in found]

    def _targets(self, options: dict, units: list[Unit], on: date) -> list[Target]:
        """Those named, or all of the year that hold for one of the units: set by it, above it or below it."""
        targets = Target.objects.select_related("unit", "audience").order_by("unit__path", "pk")
        if options["target"]:
            return self._named(targets, options["target"])
        above = {int(part) for unit in units for part in unit.path.split("/") if part}
        below = Q(pk__in=[])
        for unit in units:
            below |= Q(unit__path__startswith=unit.path)
        return list(targets.filter(below | Q(unit__in=above), is_active=True, year=options["year"] or on.year))

    def _named(self, targets, wanted: list[str]) -> list[Target]:
        found = []
        for text in wanted:
            try:
                found.append(targets.get(uuid=UUID(text)))
            except (ValueError, Target.DoesNotExist):
                self._refuse(f"--target {text}: there is no such target.")
        return found

    def _table(self, coverage: Coverage) -> None:
        said = f"{coverage.target.title} ({coverage.target.percentage:f}%, {coverage.target.due_on:%d/%m/%Y}); {coverage.unit.name}, {coverage.on:%d/%m/%Y}"
        if coverage.is_waiting:
            said += f"; still being counted, shown as of {coverage.counted_on:%d/%m/%Y}" if coverage.counted_on else "; still being counted"
        self.stdout.write(f"\n{said}")
        lines = [HEADINGS, _line(coverage.unit.name, coverage.own), *(_line(f"  {row.name}", row.figures) for row in coverage.rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(HEADINGS))]
        for first, *numbers in lines:
            self.stdout.write("  ".join([first.ljust(widths[0]), *(number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True))]))


def _line(name: str, figures: Figures) -> tuple[str, ...]:
    numbers = (figures.people, figures.done, f"{figures.fraction * 100:.1f}", figures.under_way, figures.missing, figures.attendances)
    return name, *map(str, numbers)
