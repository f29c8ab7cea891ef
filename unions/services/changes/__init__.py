"""Changes of units by decision: renamed, moved, merged, split, closed, moved by list. Each is planned, made in one transaction, and can be undone within a day."""

from unions.services.changes.closing import close_unit, plan_close
from unions.services.changes.listing import ListPlan, MoveLine, RefusedLine, move_by_list, plan_list
from unions.services.changes.merging import Merge, merge_units, plan_merge
from unions.services.changes.moving import move_unit, plan_move
from unions.services.changes.plans import Decision, NewUnit, Obstacle, Plan
from unions.services.changes.renaming import plan_rename, rename_unit
from unions.services.changes.splitting import Split, plan_split, split_unit
from unions.services.changes.undoing import is_in_time, undo_change
from unions.services.errors import ChangeRefused

__all__ = [
    "ChangeRefused",
    "Decision",
    "ListPlan",
    "Merge",
    "MoveLine",
    "NewUnit",
    "Obstacle",
    "Plan",
    "RefusedLine",
    "Split",
    "close_unit",
    "is_in_time",
    "merge_units",
    "move_by_list",
    "move_unit",
    "plan_close",
    "plan_list",
    "plan_merge",
    "plan_move",
    "plan_rename",
    "plan_split",
    "rename_unit",
    "split_unit",
    "undo_change",
]
