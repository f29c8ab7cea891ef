"""How far a target was met on a day, unit by unit, counted in the background for branches too large to be counted while somebody waits.

Keeps true: the rows of a count are one moment's; they are made anew, never changed. Figures of a unit are of people, each once, in it and below.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.work import Work
from training.enums import Tree
from training.models.targets import Target
from unions.models import Unit


class Count(Work):
    """One target on one day, by the tree of that day or by today's."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="counts")
    on = models.DateField(_("as of"))
    tree = models.CharField(max_length=5, choices=Tree.choices, default=Tree.TODAY)
    # Kept for trends (the end of a month): only rows of large units.
    is_trend = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        constraints = [models.UniqueConstraint(fields=["target", "on", "tree"], name="counted_once_a_day")]
        indexes = [models.Index(fields=["target", "tree", "-on"], name="count_of_target")]

    def __str__(self) -> str:
        return f"{self.target} ({self.on:%d/%m/%Y})"


class UnitCount(models.Model):
    """The figures of one unit and everything below it."""

    count = models.ForeignKey(Count, on_delete=models.CASCADE, related_name="rows")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    people = models.PositiveIntegerField()
    done = models.PositiveIntegerField()
    under_way = models.PositiveIntegerField()
    # Attendances (lượt) of these people: never to be added to people.
    attendances = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["count", "unit"], name="unit_once_in_a_count")]

    def __str__(self) -> str:
        return f"{self.count}: {self.unit}"
