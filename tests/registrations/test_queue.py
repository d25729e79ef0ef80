"""The queue as clerks meet it: tabs, search, filters, order, pages."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache

from registrations.models import Citizen, Registration, SavedView, WorkRules
from registrations.queue import in_tab, one_page, order_of
from registrations.states import State
from tests.factories.registrations import CitizenFactory, ProcedureFactory
from tests.factories.scheduling import NOW, SlotFactory, WardFactory, at

pytestmark = pytest.mark.django_db


def codes(response) -> list[str]:
    return [row.code for row in response.context["page"].rows]


def find(desk, text: str) -> list[str]:
    response = desk.post("/ho-so/tim/", {"q": text, "query": "tab=tat-ca"}, follow=True)
    return codes(response)


@pytest.mark.parametrize(
    ("tab", "state"),
    [("goi", "submitted"), ("bo-sung", "needs_info"), ("phan-cong", "verified"), ("hen-lai", "no_show")],
)
def test_each_tab_holds_what_needs_doing_there(desk, request_in, tab: str, state: str):
    wanted = request_in(state, state_reason="thiếu")
    for other in ("completed", "cancelled"):
        request_in(other, dossier_number="H1", state_reason="bận")
    response = desk.get(f"/ho-so/?tab={tab}")
    assert codes(response) == [wanted.code]
    assert {each.slug: n for each, n in response.context["tabs"]}[tab] == 1


def test_overdue_holds_every_kind_of_lateness_and_nothing_that_is_in_time(office, request_in):
    late_call = request_in(call_due_at=NOW - timedelta(minutes=1))
    request_in(call_due_at=NOW + timedelta(minutes=1))
    silent = request_in("needs_info", state_reason="thiếu", state_changed_at=NOW - timedelta(days=10))
    request_in("needs_info", state_reason="thiếu", state_changed_at=NOW)
    unassigned = request_in("verified")
    unassigned.appointment.starts_at = NOW + timedelta(hours=2)
    unassigned.appointment.save()
    request_in("verified")
    not_closed = request_in("assigned")
    type(not_closed.appointment).objects.filter(pk=not_closed.appointment_id).update(
        starts_at=NOW - timedelta(hours=2), ends_at=NOW - timedelta(hours=1)
    )
    found = set(in_tab(Registration.objects.all(), "qua-han", NOW, WorkRules.current()).values_list("code", flat=True))
    assert found == {late_call.code, silent.code, unassigned.code, not_closed.code}


@pytest.mark.parametrize(
    "text",
    [
        "nguoi mau đặng",
        "MAU DANG",
        "đặng người",
        "0905 123 456",
        "+84905123456",
        "84 905 123 456",
        "905123456",
        "123456",
        "HT-7K2MP",
        "ht7k2mp",
        "7k2mp",
        "rượu tạp hóa",
        "ban ruou",
        "mẫu tân lập",
        "tan lap",
        "Phường Tân Lập",
        "hẻm sâu",
    ],
)
def test_the_search_forgives(desk, request_in, ward, text: str):
    ward.predecessors.add(WardFactory(name="Phường Tân Lập", short_name="Tân Lập", is_served=False))
    ward.predecessors.add(WardFactory(name="Phường Mẫu Tân Lập", short_name="Mẫu Tân Lập", is_served=False))
    wanted = request_in(
        code="HT-7K2MP",
        citizen=CitizenFactory(name="Người Mẫu Đặng", phone="+84905123456"),
        words="ban ruou tap hoa",
        address_line="hẻm sâu 3",
        procedure=ProcedureFactory(short_name="Rượu"),
    )
    elsewhere = WardFactory(short_name="Xa")
    request_in(
        citizen=CitizenFactory(name="Bà Khác", phone="+84914000000"), words="gas", ward=elsewhere, address_line="1"
    )
    assert find(desk, text) == [wanted.code]


def test_what_was_searched_is_not_in_the_address(desk, request_in):
    request_in(citizen=CitizenFactory(phone="+84905123456"))
    response = desk.post("/ho-so/tim/", {"q": "0905123456", "query": "tab=tat-ca"})
    assert "0905" not in response.url
    assert len(codes(desk.get(response.url))) == 1


def test_a_renamed_citizen_is_found_by_the_new_name_only(desk, request_in):
    registration = request_in(citizen=CitizenFactory(name="Người Mẫu Cũ"))
    Citizen.objects.filter(pk=registration.citizen_id).update(name="Người Mẫu Mới")
    assert find(desk, "mẫu mới") == [registration.code]
    assert find(desk, "mẫu cũ") == []


def test_filters_narrow_and_say_so_and_clear(desk, request_in, procedure):
    wanted = request_in(channel="phone")
    request_in(channel="zalo")
    response = desk.get("/ho-so/?tab=goi&nguon=phone")
    assert codes(response) == [wanted.code]
    assert response.context["asked"].filter_count == 1
    page = response.content.decode()
    assert "1 hồ sơ" in page
    assert "Nguồn: Điện thoại" in page
    assert '<details class="tool" open>' not in page, "the form must not lie over the list"
    (chip,) = response.context["asked"].chips
    assert len(codes(desk.get(f"/ho-so/?{chip[1]}"))) == 2
    assert '<details class="tool" open>' in desk.get("/ho-so/?tab=goi&tu=31/02/2026").content.decode()


def test_a_nonsense_address_still_gives_the_queue(desk, request_in):
    request_in()
    response = desk.get("/ho-so/?tab=xyz&xep=abc&sau=99999999999999999999&phuong=abc&tu=31/2&truoc=x")
    assert response.status_code == 200


@pytest.mark.parametrize("order", ["moi", "cu", "han", "hen", "ten"])
@pytest.mark.parametrize("tab", ["goi", "tat-ca"])
def test_pages_meet_without_gap_or_repeat_and_lead_back(office, request_in, order: str, tab: str):
    for number in range(7):
        request_in(
            created_at=NOW - timedelta(minutes=number // 2), citizen=CitizenFactory(name=f"Người Mẫu {number // 3}")
        )
    rows = in_tab(Registration.objects.all(), tab, NOW, WorkRules.current())
    how = order_of(order, tab)
    seen, after, pages = [], None, []
    for _ in range(10):
        page = one_page(rows, how, after=after, size=3)
        pages.append([row.pk for row in page.rows])
        seen += pages[-1]
        after = page.next_after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 7
    back = one_page(rows, how, before=pages[-1][0], size=3)
    assert [row.pk for row in back.rows] == pages[-2]


def test_a_new_request_does_not_push_the_next_page(office, request_in):
    for number in range(4):
        request_in(created_at=NOW - timedelta(minutes=number))
    rows, how = Registration.objects.all(), order_of("moi", "tat-ca")
    first = one_page(rows, how, size=2)
    request_in(created_at=NOW + timedelta(minutes=1))
    second = one_page(rows, how, after=first.next_after, size=2)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


@pytest.mark.parametrize("size", [1, 12])
def test_the_page_costs_the_same_queries_whatever_its_length(
    desk, request_in, django_assert_max_num_queries, size: int
):
    for _ in range(size):
        request_in()
    desk.get("/ho-so/?tab=goi")
    cache.delete("registrations:tab-counts")  # the dearest case: the counts are due again
    with django_assert_max_num_queries(12):
        desk.get("/ho-so/?tab=goi")


def test_the_swap_of_the_list_equals_a_reload(desk, request_in):
    request_in()
    whole = desk.get("/ho-so/?tab=goi").content.decode()
    swap = desk.get("/ho-so/?tab=goi", headers={"HX-Request": "true", "HX-Target": "list"}).content.decode()
    # Every answer carries its own token.
    whole, swap = (re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", page) for page in (whole, swap))
    start = swap.index('<section class="card" id="list"')
    section = swap[start : swap.index("</section>") + len("</section>")]
    assert section in whole


def test_news_is_silent_when_nothing_is_new_and_announces_without_moving_rows(desk, request_in):
    page = desk.get("/ho-so/?tab=goi")
    fingerprint, newest = page.context["fingerprint"], page.context["newest"]
    address = f"/ho-so/moi/?tab=goi&tu-id={newest}&dem={fingerprint}"
    assert desk.get(address).status_code == 204
    request_in()
    response = desk.get(address)
    assert response.status_code == 200
    assert "1 hồ sơ mới" in response.content.decode()
    assert response["X-New"] == "1"


def test_a_saved_list_comes_back_and_belongs_to_one_person(desk, client, verifier, manager):
    desk.post("/ho-so/danh-sach/", {"name": "Của tôi", "query": "tab=goi&nguon=phone&q=0905&evil=1"})
    saved = SavedView.objects.get()
    assert saved.query == "tab=goi&nguon=phone"
    assert "Của tôi" in desk.get("/ho-so/").content.decode()
    client.force_login(manager)
    assert "Của tôi" not in client.get("/ho-so/").content.decode()


def test_columns_are_a_personal_choice(desk, request_in):
    request_in(channel="counter")
    desk.post("/ho-so/cot/", {"cot": ["nguon"], "query": "tab=goi"})
    assert "<th>Nguồn</th>" in desk.get("/ho-so/?tab=goi").content.decode()


def test_an_empty_tab_teaches(desk):
    assert "Hồ sơ mới đăng ký sẽ hiện ở đây" in desk.get("/ho-so/?tab=goi").content.decode()
    assert "Không tìm thấy" in desk.get("/ho-so/?tab=goi&nguon=phone").content.decode()


def test_phones_are_masked_in_the_list(desk, request_in):
    request_in(citizen=CitizenFactory(phone="+84905123456"))
    page = desk.get("/ho-so/?tab=goi").content.decode()
    assert "0905 ••• 456" in page
    assert "123 456" not in page
    assert "+84905123456" not in page


def test_bulk_assigning_shows_first_then_does_what_was_shown(client, manager, request_in, lan, hung):
    client.force_login(manager)
    slot = SlotFactory(starts_at=at("14:00"), capacity=3, booked=3)
    pairs = []
    for _ in range(3):
        registration = request_in("verified")
        type(registration.appointment).objects.filter(pk=registration.appointment_id).update(
            slot=slot, starts_at=slot.starts_at, ends_at=slot.starts_at + timedelta(minutes=45)
        )
        pairs.append(registration)
    preview = client.post("/ho-so/hang-loat/", {"code": [r.code for r in pairs], "do": "phan-cong"})
    lines = preview.context["lines"]
    assert [line.staff is not None for line in lines].count(True) == 2
    assert Registration.objects.filter(state=State.VERIFIED).count() == 3, "the preview must change nothing"
    chosen = [f"{line.registration.code}:{line.staff.pk}" for line in lines if line.staff]
    client.post("/ho-so/hang-loat/", {"confirm": "1", "pair": chosen})
    assert Registration.objects.filter(state=State.ASSIGNED).count() == 2
