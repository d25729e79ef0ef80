import pytest
from django.contrib.auth import get_user_model


@pytest.mark.browser
def test_the_sign_in_page_opens_in_a_browser(live_stack, page):
    get_user_model().objects.create_user("xacminh", password="mat-khau-de-thu-thoi")
    page.goto(f"{live_stack.url}/dang-nhap/")
    page.fill("input[name=username]", "xacminh")
    page.fill("input[name=password]", "mat-khau-de-thu-thoi")


def test_a_killed_part_comes_back(live_stack):
    live_stack.kill("web")
    assert not live_stack.is_ready("web")
    live_stack.start("web")
    assert live_stack.is_ready("web")
