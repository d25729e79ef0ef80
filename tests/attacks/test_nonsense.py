"""Whatever an address or a form carries, the answer is a page, a refusal or a redirect: never an error of ours."""

from urllib.parse import urlencode

import pytest
from django.db import transaction

from tests.attacks.addresses import Parts, named_addresses, parameters_of

pytestmark = pytest.mark.django_db

NONSENSE = {
    "no such day": "0000-00-00",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "nul": "a\0b",
    "longer than int reads": "9" * 5000,
    "digit to isdigit only": "²",
    "a page's name": "logout",
}
# The first ends the session this test needs; the second rightly says 503, as there is no worker.
LEFT_OUT = ("logout", "readyz")
ALSO = {"next", "page", "q", "key", "from_day", "to_day", "until", "day", "slot"}
PAGES = [page for page in named_addresses() if page[0] not in LEFT_OUT and not page[0].startswith("simulator:")]
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("value", NONSENSE.values(), ids=NONSENSE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_breaks_on_nonsense(root, parts: Parts, method: str, value: str):
    root.raise_request_exception = False
    broken = []
    for name, view, gaps in PAGES:
        form = urlencode(dict.fromkeys(sorted(parameters_of(view) | ALSO), value))
        for address in parts.addresses(name, gaps):
            point = transaction.savepoint()
            if method == "GET":
                response = root.get(f"{address}?{form}")
            else:
                response = root.post(address, form, content_type=FORM)
            if response.status_code >= 500:
                broken.append(f"{name}: {response.exc_info}"[:200])
            transaction.savepoint_rollback(point)
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("wanted", ["//evil.example/", "https://evil.example/", "logout", "\\\\evil.example"])
def test_a_form_leads_back_only_into_this_site(root, parts: Parts, wanted: str):
    response = root.post(f"/ho-so/{parts.values['code']}/theo-doi/", {"next": wanted})
    assert response.url == f"/ho-so/{parts.values['code']}/"


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("name", ["tu", "den", "hen_tu", "hen_den", "buoc_tu", "buoc_den"])
def test_a_day_at_the_end_of_the_calendar_is_refused_in_the_filter(root, parts: Parts, name: str, day: str):
    assert root.get(f"/ho-so/?tab=tat-ca&buoc=verified&{name}={day}").status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_no_day_off_at_the_end_of_the_calendar(root, parts: Parts, day: str):
    shut = root.post("/lich/nghi/", {"day": day, "name": "Nghỉ mẫu", "viec": "xem"})
    assert "Năm chưa đúng." in shut.content.decode()


def test_an_address_with_nul_in_its_path_is_refused(root):
    assert root.get("/thu-tuc/a%00b/").status_code == 400
