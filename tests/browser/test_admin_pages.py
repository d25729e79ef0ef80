"""The administration under axe: Django's pages, with what our own script and style add to them."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import expect

from tests.browsing import accessibility_faults, sign_in
from tests.factories.procedures import FieldFactory
from tests.factories.scheduling import WardFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# One of each kind; most have something static/js/admin.js and static/css/admin.css are there for.
KINDS = (
    "",
    "procedures/field/?q=a",  # fields in a list, a search with its count
    "procedures/procedure/add/",  # rows under a form
    "scheduling/ward/add/",  # two lists beside each other
    "auth/user/{0}/change/",  # date and time
    "registrations/messagetext/",
    "scheduling/closure/",
    "auth/group/{1}/history/",
)
SCREENS = ((1440, "light"), (360, "dark"))


def test_axe_finds_nothing_on_any_kind_of_page(browse: Any, live_server: Any, administrator: User):
    FieldFactory(name="An toàn thực phẩm")
    WardFactory()
    group = Group.objects.order_by("pk")[0]
    page = sign_in(browse(reduced_motion="reduce"), live_server, administrator.username)
    faults = []
    for number, kind in enumerate(KINDS):
        width, theme = SCREENS[number % 2]
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)  # before the page comes: its links change their colour slowly
        page.goto(f"{live_server.url}/quan-tri/{kind.format(administrator.pk, group.pk)}")
        if kind.endswith("procedure/add/"):
            page.locator("#keywords-group .add-row a").click()
            expect(page.get_by_label("Từ khóa, dòng 3")).to_be_visible()  # two are offered at first
        faults += [f"{kind} {width}: {fault}" for fault in accessibility_faults(page, theme)]
    assert faults == []
