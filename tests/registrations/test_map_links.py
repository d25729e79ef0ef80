"""What a map is told: a place, and nothing of who lives there."""

import pytest

from registrations.map_links import map_url
from tests.factories.scheduling import WardFactory

pytestmark = pytest.mark.django_db


def test_the_map_is_asked_for_house_ward_and_the_wards_own_province(settings):
    settings.MAP_URL = "https://ban-do.example/tim?q={place}"
    ward = WardFactory(short_name="Mẫu", province="Tỉnh Mẫu Hải")
    found = map_url("Số 5/2 & 7 đường Mẫu", ward)
    assert found == (
        "https://ban-do.example/tim?q=S%E1%BB%91%205%2F2%20%26%207%20%C4%91%C6%B0%E1%BB%9Dng%20M%E1%BA%ABu%2C%20"
        "Ph%C6%B0%E1%BB%9Dng%20M%E1%BA%ABu%2C%20M%E1%BA%ABu%20H%E1%BA%A3i"
    )


def test_an_office_that_tells_no_map_has_no_links(settings, desk, request_in):
    registration = request_in(address_line="Tổ 5")
    settings.MAP_URL = "https://ban-do.example/?q={place}"
    address = f"/ho-so/{registration.code}/"
    assert 'href="https://ban-do.example/?q=T%E1%BB%95%205' in desk.get(address).content.decode()
    settings.MAP_URL = ""
    assert "bản đồ</a>" not in desk.get(address).content.decode()
