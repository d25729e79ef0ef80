"""Who gets in where: nobody without signing in, field staff only to their own visits, no form without its token."""

import pytest
from django.test import Client

from config.logs import masked
from tests.attacks.addresses import Parts, named_addresses
from tests.people import make_user

pytestmark = pytest.mark.django_db

PUBLIC = {
    "healthz",
    "readyz",
    "login",
    "icon",
    "procedures:catalogue",
    "procedures:detail",
    "scheduling:feed",
    "zalo_bridge:webhook",
    "citizen:picker",
}
# Pages of a person's own, and guides: whoever works here may open them.
FOR_ALL_STAFF = {
    "registrations:take_back",  # only what one did oneself is found under its key
    "home",
    "logout",
    "password_change",
    "two_step",
    "login_code",  # leads whoever has not given a password to where one is given
    "guides",
    "guide",
    "registrations:my_visits",
    "registrations:visits_worker",
    "registrations:notifications",
    "registrations:components",
    "scheduling:my_feed",
}
ADDRESSES = [page for page in named_addresses() if not page[0].startswith("simulator:")]


def test_nobody_gets_in_without_signing_in(client, parts: Parts):
    inside = []
    for name, _, gaps in ADDRESSES:
        for address in parts.addresses(name, gaps) if name not in PUBLIC else []:
            for response in (client.get(address), client.post(address)):
                if not (response.status_code == 302 and response.url.startswith("/dang-nhap/")):
                    inside.append(f"{name}: {response.status_code}")
    assert not inside


def test_field_staff_get_nothing_of_visits_that_are_not_theirs(client, parts: Parts):
    client.force_login(make_user("field_staff", username="stranger"))
    inside = []
    for name, _, gaps in ADDRESSES:
        for address in parts.addresses(name, gaps) if name not in PUBLIC | FOR_ALL_STAFF else []:
            for response in (client.get(address), client.post(address)):
                if response.status_code not in (403, 404, 405):
                    inside.append(f"{name}: {response.status_code}")
    assert not inside


def test_no_form_is_taken_without_its_token(administrator, parts: Parts):
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    taken = []
    for name, _, gaps in ADDRESSES:
        for address in parts.addresses(name, gaps) if name not in ("zalo_bridge:webhook", "citizen:picker") else []:
            if client.post(address).status_code not in (403, 405):
                taken.append(name)
    assert not taken


def test_the_secret_of_a_calendar_is_not_written_to_the_log():
    assert masked("GET /lich/ics/abcDEF123.ics 200") == "GET /lich/ics/•token• 200"
