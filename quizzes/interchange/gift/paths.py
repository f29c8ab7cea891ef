"""Categories in GIFT: "$CATEGORY: $course$/top/Luật Lao động/Nghỉ phép". A slash within a name is written twice."""

import re

_SLASH = re.compile(r"(?<!/)/(?!/)")
# Where in Moodle the tree stands: of a course, of the whole site … Here it stands below the bank.
_CONTEXT = re.compile(r"\$\w{1,40}\$")


def read_path(path: str) -> tuple[str, ...]:
    """Return the names on a path, outermost first, without what only Moodle has: the context, and the root that every context has."""
    names = [name.strip() for name in _SLASH.split(path)]
    if names and _CONTEXT.fullmatch(names[0]):
        names = names[1:]
    if names and names[0] == "top":
        names = names[1:]
    return tuple(name.replace("//", "/") for name in names if name)


def say_path(names: tuple[str, ...]) -> str:
    """Write the names of categories, outermost first, as a path."""
    return "/".join(["$course$", "top", *(" ".join(name.split()).replace("/", "//") for name in names)])
