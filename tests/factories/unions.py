"""Units, posts and roles as small as the test needs."""

from datetime import UTC, date, datetime

from tests.factories.indexing import unreferenced
from unions import services
from unions.enums import Role
from unions.models import Post, PostKind, RoleGrant, Unit, UnitType

LONG_AGO = date(2025, 7, 1)


def unit_type(name: str = "Công đoàn cơ sở", rank: int = 3) -> UnitType:
    return UnitType.objects.get_or_create(name=name, defaults={"rank": rank})[0]


def unit(name: str = "CĐCS Công ty TNHH An Phú", code: str = "", parent: Unit | None = None, **fields) -> Unit:
    # What a unit uses is noted for nobody: none has a page or a picture.
    with unreferenced():
        return services.create_unit(
            code=code or f"U{Unit.objects.count() + 1:03d}", name=name, type=fields.pop("type", None) or unit_type(), parent=parent,
            active_from=fields.pop("active_from", LONG_AGO), **fields)


def post_kind(name: str = "Chủ tịch", slug: str = "chair", rank: int = 1) -> PostKind:
    return PostKind.objects.get_or_create(slug=slug, defaults={"name": name, "rank": rank})[0]


def post(user, in_unit: Unit, kind: PostKind | None = None, **fields) -> Post:
    return services.appoint_person(
        user=user, unit=in_unit, kind=kind or post_kind(), valid_from=fields.pop("valid_from", max(LONG_AGO, in_unit.active_from)), **fields)


def role(user, over: Unit, name: str = Role.TRAINING_ADMIN) -> RoleGrant:
    return services.grant_role(user=user, unit=over, role=name, now=datetime(2026, 1, 5, 2, 0, tzinfo=UTC))
