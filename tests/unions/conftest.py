"""The tree that decisions are tried on."""

import pytest

from tests.factories import unions as factory


@pytest.fixture
def tree():
    """A province with two districts, three unions below them, and one ward."""
    province = factory.unit("LĐLĐ tỉnh Tân Hòa", "TH")
    north, south = factory.unit("LĐLĐ huyện Bắc", "HB", parent=province), factory.unit("LĐLĐ huyện Nam", "HN", parent=province)
    bases = [factory.unit(f"CĐCS {name}", name, parent=parent) for name, parent in (("B1", north), ("B2", north), ("N1", south))]
    return {"TH": province, "HB": north, "HN": south, **{unit.code: unit for unit in bases}, "P": factory.unit("CĐ phường Tân Lập", "P", parent=province)}
