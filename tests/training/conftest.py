"""The office of the stories: administrators of wards A and B, a viewer of A, and two learners in each."""

import pytest

from tests.factories import training as office


@pytest.fixture
def province(db):
    return office.province()


@pytest.fixture
def admin_a(province):
    return office.officer("Phạm Thị Ánh", province.ward_a)


@pytest.fixture
def viewer_a(province):
    return office.officer("Ngô Văn Xem", province.ward_a, "viewer")


@pytest.fixture
def hoa(province):
    """Đặng Thị Hòa of ward A's company."""
    return office.person("Đặng Thị Hòa", province.company_a, email="hoa@example.org", phone="+84912345678")


@pytest.fixture
def binh(province):
    """Trần Thanh Bình of ward B's company."""
    return office.person("Trần Thanh Bình", province.company_b, email="binh@example.org", phone="+84987654321")
