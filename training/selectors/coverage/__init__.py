"""How far targets are met: of units, over months, and who is still missing.

Keeps true: people (người) count once in a subtree, attendances (lượt) stand beside them; small branches are counted at once, large ones in the background.
"""

from training.selectors.coverage.branches import Coverage, UnitRow, coverage_of, sums_of_targets
from training.selectors.coverage.people import People, PersonRow, people_in_state, people_of
from training.selectors.coverage.trends import trend_of
from training.tally import Figures

__all__ = [
    "Coverage", "Figures", "People", "PersonRow", "UnitRow", "coverage_of", "people_in_state", "people_of", "sums_of_targets", "trend_of",
]
