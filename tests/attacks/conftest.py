"""One of everything an address can name, and an administrator who may open it all."""

import pytest
from django.utils import timezone

from registrations import services
from registrations.models import Export, Note
from registrations.picker_links import visit_link
from registrations.transitions import Actor
from scheduling.models import BoardChange, StaffMember, WorkingHours
from tests.attacks.addresses import Parts
from tests.factories.registrations import FieldFactory, RegistrationFactory
from tests.factories.scheduling import AbsenceFactory, StaffMemberFactory
from tests.factories.zalo_bridge import EventFactory, MessageFactory
from tests.people import make_user
from tests.registrations.conftest import office_clock  # noqa: F401
from zalo_bridge.models import Incident


@pytest.fixture
def office(db: None, office_clock: object) -> None:  # noqa: F811
    """Monday to Friday, 07:00 to 17:00."""
    for weekday in range(1, 6):
        WorkingHours.objects.create(weekday=weekday, opens_at="07:00", closes_at="17:00", valid_from="2020-01-01")


@pytest.fixture
def root(administrator, client):
    client.force_login(administrator)
    return client


@pytest.fixture
def parts(office: None, administrator) -> Parts:
    """What fills the gaps of addresses: one registration by Zalo with a visit somebody goes to, and so on."""
    registration = RegistrationFactory(by_zalo=True, state="verified")
    visit = registration.appointment
    lead = StaffMemberFactory(
        user=make_user("field_staff", username="canbo"), wards=[registration.ward], fields=[FieldFactory()]
    )
    StaffMember.objects.create(user=administrator, name="Người Mẫu Quản Trị", title="chị")
    services.assign(registration=registration, staff=lead, actor=Actor.staff(administrator), reason="gần")
    change = BoardChange.objects.create(
        appointment=visit, to_staff=lead, from_slot=visit.slot, to_slot=visit.slot, by=administrator
    )
    export = Export.objects.create(user=administrator, format="xlsx", created_at=timezone.now())
    note = Note.objects.create(registration=registration, author=administrator, text="Ghi chú mẫu")
    numbers = {
        "registrations:unnote": note.pk,
        "registrations:export_progress": export.pk,
        "registrations:export_file": export.pk,
        "scheduling:pin": visit.pk,
        "scheduling:visit": visit.pk,
        "scheduling:undo": change.pk,
        "scheduling:absence_take_back": AbsenceFactory().pk,
        **dict.fromkeys(("zalo_bridge:event", "zalo_bridge:replay", "zalo_bridge:discard"), EventFactory().pk),
        "zalo_bridge:close_incident": Incident.objects.create(cause="silence", detail="Im lặng").pk,
        **dict.fromkeys(("zalo_bridge:message", "zalo_bridge:resend", "zalo_bridge:give_up"), MessageFactory().pk),
    }
    return Parts(
        numbers=numbers,
        values={
            "code": registration.code,
            "contact": registration.citizen.contact_id,
            "number": 1,
            "key": "khong-co",
            "token": visit_link(registration).split("/dat-lich/")[1].rstrip("/"),
        },
        by_name={
            "procedures:detail": {"code": registration.procedure.local_id},
            "guide": {"slug": "xac-minh"},
            "registrations:figure_list": {"slug": "dong-y"},
        },
        slugs=["phan-cong", "doi-gio", "ghi-goi", "da-nop"],
    )
