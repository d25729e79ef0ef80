import pytest

from scheduling import services
from scheduling.models import Ward

pytestmark = pytest.mark.django_db


def test_an_old_ward_is_read_as_todays_and_found_in_the_table():
    services.load_wards()
    reading = services.resolve_address("12 đường Mẫu", ward="phường Tân Lập", city="TP Nha Trang")
    assert reading.verdict == "inside"
    assert services.ward_of_code(reading.ward).short_name == "Nha Trang"


def test_a_ward_gets_its_place_on_the_sketch_once_and_keeps_what_the_office_chose():
    services.load_wards()
    wards = Ward.objects.filter(is_served=True)
    assert not wards.filter(sketch_row=None).exists()
    wards.filter(code="22333").update(sketch_row=5, sketch_column=5)
    wards.filter(code="22402").update(sketch_row=None, sketch_column=None)  # loaded before there were sketches
    services.load_wards()
    places = dict(wards.values_list("code", "sketch_row"))
    assert (places["22333"], places["22402"]) == (5, 2)


def test_a_ward_the_office_no_longer_serves_is_outside_at_once():
    services.load_wards()
    text = "tổ 5, phường Bắc Nha Trang, Khánh Hòa"
    assert services.resolve_address(text).verdict == "inside"
    Ward.objects.filter(code="22333", valid_to=None).update(is_served=False)
    assert services.resolve_address(text).verdict == "outside"


def test_the_table_is_read_once_while_it_stays_the_same(django_assert_num_queries):
    services.load_wards()
    services.resolve_address("Hà Nội")
    with django_assert_num_queries(1):
        services.resolve_address("phường Nam Nha Trang")
