"""Many at once, on real threads: one event twenty times, one place for fifty, a clerk and a citizen on one request."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, OperationalError, close_old_connections, connection, transaction
from django.db.models import F
from django.test import Client

from registrations import services
from registrations.dialogue import commands, shell
from registrations.errors import RegistrationError
from registrations.models import Consent, Dialogue, Registration
from registrations.picker_links import draft_link
from scheduling.models import Slot
from tests.concurrency.crowd import all_at_once, errors_in
from tests.factories.registrations import ContactFactory
from tests.registrations.dialogue.conftest import Citizen
from tests.registrations.dialogue.test_picker import path_of
from tests.zalo import WEBHOOK_PATH
from zalo_bridge import inbox
from zalo_bridge.contacts import locked_contact
from zalo_bridge.events import EventKind, InboundEvent
from zalo_bridge.models import Contact, OutboundMessage
from zalo_bridge.simulator.webhook import request_headers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(transactional_db, citizen):
    """One step before the confirmation."""
    citizen.says("#dangky")
    citizen.shares()
    citizen.says("rượu")
    citizen.says("1")
    return citizen


def the_answer(citizen):
    return InboundEvent(id=777_777, kind=EventKind.TEXT, contact=citizen.contact, at=datetime.now(UTC), text="1")


def test_the_same_answer_twenty_times_at_once_makes_one_request(waiting):
    event = the_answer(waiting)

    def hear():
        with transaction.atomic():
            locked_contact(waiting.contact.user_id)
            shell.on_event(event)

    results = all_at_once(*[hear] * 20)
    assert [error for error in results if error] == []
    assert len(waiting.registrations) == 1
    assert OutboundMessage.objects.filter(kind="confirmation").count() == 1
    assert sum(Slot.objects.values_list("booked", flat=True)) == 1


def test_the_same_delivery_twenty_times_at_once_makes_one_request(transactional_db, zalo, office):
    person = zalo.person("Người Mẫu Một").follows()

    def deliver_and_handle():
        zalo.deliver()
        while inbox.handle_waiting():
            pass

    for step in (
        lambda: person.says("#dangky"),
        person.shares_info,
        lambda: person.says("rượu"),
        lambda: person.says("1"),
    ):
        step()
        deliver_and_handle()
    person.says("1")
    (event,) = [each for each in zalo.events() if each.state == "due"]
    headers = {key: value for key, value in request_headers(event).items() if key != "Content-Type"}

    def post():
        return Client().post(WEBHOOK_PATH, event.body, content_type="application/json", headers=headers).status_code

    assert all_at_once(*[post] * 20) == [200] * 20
    errors_in(all_at_once(*[inbox.handle_waiting] * 4))
    assert Registration.objects.count() == 1
    assert OutboundMessage.objects.filter(kind="confirmation").count() == 1


def test_control_without_the_lock_on_the_dialogue_there_are_several(waiting):
    everybody_has_read = threading.Barrier(4)

    def hear_without_lock():
        dialogue = Dialogue.objects.select_related("contact").get(contact=waiting.contact)
        everybody_has_read.wait(timeout=20)
        with transaction.atomic():
            commands.register(dialogue=dialogue, place=Slot.objects.order_by("starts_at").last().pk)

    results = all_at_once(*[hear_without_lock] * 4)
    assert len(waiting.registrations) > 1, results


@pytest.fixture
def fifty_with_a_link(transactional_db, office):
    """Fifty citizens on the page of open times; the slot they all want has one place left."""
    first = Citizen(ContactFactory())
    first.shares()
    first.says("rượu")
    first.says("1")
    data = first.dialogue.data
    links = [path_of(draft_link(first.dialogue))]
    for number in range(49):
        contact = ContactFactory()
        Consent.objects.create(contact=contact, text_version="goc", text_sha256="x", channel="zalo_form")
        details = {**data["details"], "phone": f"+849000001{number:02}"}
        dialogue = Dialogue.objects.create(contact=contact, step="time", data={**data, "details": details})
        links.append(path_of(draft_link(dialogue)))
    slot = office["slots"][1]
    Slot.objects.filter(pk=slot.pk).update(capacity=1)
    return links, slot


def test_fifty_citizens_at_once_on_the_last_place_one_gets_it_and_nobody_sees_an_error(fifty_with_a_link):
    links, slot = fifty_with_a_link
    start = threading.Barrier(50)

    def tap(link):
        start.wait(timeout=60)
        try:
            answer = Client().post(link, {"viec": "hen", "gio": slot.pk})
            return answer.status_code, answer.content.decode() if answer.status_code == 409 else ""
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as crowd:
        answers = list(crowd.map(tap, links))
    assert sorted(status for status, _ in answers) == [302] + [409] * 49
    assert all("hết chỗ" in page and "Thứ Tư 25/11, 08 giờ 00" in page for status, page in answers if status == 409)
    assert Registration.objects.count() == 1
    assert Slot.objects.get(pk=slot.pk).booked == 1


def test_control_without_the_guard_in_the_update_the_others_see_errors(transactional_db, office):
    """Looking first and counting up afterwards:
    the database refuses the second, and that is an error, not a sentence.
    """
    slot = office["slots"][1]
    Slot.objects.filter(pk=slot.pk).update(capacity=1)
    everybody_has_looked = threading.Barrier(10)

    def naive():
        has_room = Slot.objects.get(pk=slot.pk).booked < 1
        everybody_has_looked.wait(timeout=20)
        if has_room:
            Slot.objects.filter(pk=slot.pk).update(booked=F("booked") + 1)

    results = all_at_once(*[naive] * 10)
    assert len([error for error in results if isinstance(error, IntegrityError)]) == 9


def test_a_clerk_and_a_citizen_on_one_request_never_wait_for_each_other_in_a_circle(
    transactional_db, citizen, verifier
):
    clerk = services.Actor.staff(verifier)
    for number in range(6):
        registration = citizen.registers() if number == 0 else again(citizen)

        def citizen_cancels(pk=registration.pk):
            with transaction.atomic():
                locked_contact(citizen.contact.user_id)
                services.cancel(registration=full(pk), reason="Bận", actor=services.Actor.citizen())

        def clerk_verifies(pk=registration.pk):
            services.verify(registration=full(pk), actor=clerk)

        for error in all_at_once(citizen_cancels, clerk_verifies):
            assert error is None or isinstance(error, RegistrationError | type(None)), error
            assert not isinstance(error, OperationalError), "deadlock"
    close_old_connections()
    assert not Registration.objects.filter(state="submitted").exists()


def full(pk):
    return Registration.objects.select_related("citizen__contact", "procedure", "appointment", "ward").get(pk=pk)


def again(citizen):
    citizen.says("đăng ký")
    citizen.says("1")
    citizen.says("rượu")
    citizen.says("1")
    citizen.says("1")
    return citizen.registrations[-1]


def test_control_with_the_whole_row_locked_the_notice_has_to_wait(transactional_db, citizen):
    """What `no_key` spares: pointing at a contact while its whole row is locked blocks until the lock goes."""
    registration = citizen.registers()
    holding, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Contact.objects.select_for_update(of=("self",)).get(pk=citizen.contact.pk)
            holding.set()
            done.wait(timeout=20)

    def point():
        holding.wait(timeout=20)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '300ms'")
                OutboundMessage.objects.create(contact_id=citizen.contact.pk, kind="x", dedupe_key="x", payload={})
        finally:
            done.set()

    _, error = all_at_once(hold, point)
    assert isinstance(error, OperationalError)
    assert registration.code
