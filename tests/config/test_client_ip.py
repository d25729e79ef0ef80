from django.test import RequestFactory

from config.client_ip import client_ip


def test_behind_our_proxy_the_address_is_what_the_proxy_saw(settings):
    settings.BEHIND_PROXY = True
    request = RequestFactory().get("/", headers={"x-forwarded-for": "10.9.9.9, 203.0.113.7"}, REMOTE_ADDR="127.0.0.1")
    assert client_ip(request) == "203.0.113.7"


def test_without_a_proxy_a_claimed_address_is_ignored(settings):
    settings.BEHIND_PROXY = False
    request = RequestFactory().get("/", headers={"x-forwarded-for": "10.9.9.9"}, REMOTE_ADDR="203.0.113.7")
    assert client_ip(request) == "203.0.113.7"
