"""Union units as dated nodes of a tree, posts held in them, roles over their subtrees, who is meant by an audience, and lists that are brought in."""

from unions.models.audiences import Audience
from unions.models.changes import UnitChange
from unions.models.posts import Post, PostKind, RoleGrant
from unions.models.rosters import RosterImport, RosterImportRow
from unions.models.units import Region, Unit, UnitFigures, UnitName, UnitPath, UnitPlacement, UnitType

__all__ = [
    "Audience", "Post", "PostKind", "Region", "RoleGrant", "RosterImport", "RosterImportRow", "Unit", "UnitChange", "UnitFigures", "UnitName",
    "UnitPath", "UnitPlacement", "UnitType",
]
