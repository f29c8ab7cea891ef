"""What each role may do over its unit and the units below, and which roles it may give. Plain Python."""

from unions.enums import Role

# Who sees other people's records: names, posts, results, papers. A trainer's, reviewer's or assistant's role opens none by itself.
SEEING = (Role.SYSTEM_ADMIN, Role.TRAINING_ADMIN, Role.VIEWER)
# Who changes what people learn and hold: enrols, assigns, issues, imports lists, gives sign-in slips.
MANAGING = (Role.SYSTEM_ADMIN, Role.TRAINING_ADMIN)
# Who changes the units themselves.
GOVERNING = (Role.SYSTEM_ADMIN,)

_GIVES = {
    Role.SYSTEM_ADMIN: frozenset(Role),
    Role.TRAINING_ADMIN: frozenset(Role) - {Role.SYSTEM_ADMIN},
}


def may_give(role: str) -> frozenset[str]:
    """Return the roles that somebody of this role may give within its subtree: never more than its own."""
    return _GIVES.get(Role(role), frozenset())
