"""What `bench/coverage.py` asks, each call of another target and another unit."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from django.test import Client
from django.urls import reverse

from accounts.models import User
from training.enums import Tree
from training.models import Target
from training.selectors.coverage import coverage_of, people_of, sums_of_targets, trend_of
from unions.models import Unit

NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)
TODAY, JUNE = date(2026, 11, 20), date(2026, 6, 30)


def cases() -> dict[str, Callable[[int], object]]:
    """Return what is asked, by name; each takes the number of the call."""
    targets = list(Target.objects.order_by("pk").values_list("pk", flat=True))
    top = Unit.objects.get(code="T")
    communes = list(Unit.objects.filter(code__startswith="X").order_by("pk")[1:41])
    widest = Unit.objects.get(code="X0000")
    grassroots = list(Unit.objects.filter(code__startswith="C").order_by("pk")[::101][:40])

    def one(some: list, number: int):
        return some[number % len(some)]

    def aim(number: int) -> Target:
        """As a page loads it: nothing of it is known from the call before."""
        return Target.objects.select_related("unit", "audience").get(pk=one(targets, number))

    def aims() -> list[Target]:
        return list(Target.objects.select_related("unit", "audience").filter(pk__in=targets))

    def covered(units: list, on: date = TODAY, tree: str = Tree.TODAY) -> Callable[[int], object]:
        return lambda number: coverage_of(target=aim(number), unit=one(units, number), on=on, tree=tree, now=NOW)

    def named(units: list, **wanted) -> Callable[[int], object]:
        return lambda number: people_of(target=aim(number), unit=one(units, number), on=TODAY, tree=Tree.TODAY, now=NOW, **wanted)

    def page(units: list, name: str = "coverage:show-coverage", **asked) -> Callable[[int], object]:
        def fetched(number: int) -> None:
            params = {"unit": str(one(units, number).uuid), **asked}
            answer = client.get(reverse(name, args=[aim(number).uuid]), params)
            assert answer.status_code == 200, answer.status_code

        return fetched

    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("quantri@example.org", "Trần Văn Ân", "bench"))
    return {
        "page of the province": page([top]),
        "page of a commune": page(communes),
        "page of a commune, 30/06, then": page(communes, on="30/06/2026", tree="then"),
        "page of names of a commune": page(communes, "coverage:list-names"),
        "province, today": covered([top]),
        "province, 30/06 by today's tree": covered([top], JUNE),
        "province, 30/06 by the tree of that day": covered([top], JUNE, Tree.THEN),
        "commune, today": covered(communes),
        "commune, 30/06 by today's tree": covered(communes, JUNE),
        "commune, 30/06 by the tree of that day": covered(communes, JUNE, Tree.THEN),
        "commune of nearly 3,000 posts, today": covered([widest]),
        "commune of nearly 3,000 posts, 30/06, then": covered([widest], JUNE, Tree.THEN),
        "names of a grassroots unit": named(grassroots),
        "names of a commune": named(communes),
        "names of the widest commune": named([widest], state="missing"),
        "names of the province, first page": named([top], state="missing"),
        "names of the province, done": named([top], state="done"),
        "names of the province, page 20": named([top], number=20),
        "names of the province, searched": named([top], q="nguyen thi mai"),
        "trend of a commune": lambda number: trend_of(target=aim(number), unit=one(communes, number), on=TODAY, now=NOW),
        "trend of the widest commune": lambda number: trend_of(target=aim(number), unit=widest, on=TODAY, now=NOW),
        "trend of the province": lambda number: trend_of(target=aim(number), unit=top, on=TODAY, now=NOW),
        "all targets of a commune": lambda number: sums_of_targets(targets=aims(), unit=one(communes, number), on=TODAY, now=NOW),
        "all targets of the widest commune": lambda number: sums_of_targets(targets=aims(), unit=widest, on=TODAY, now=NOW),
        "all targets of the province": lambda number: sums_of_targets(targets=aims(), unit=top, on=TODAY, now=NOW),
    }
