"""Citizens and their requests. People are plainly made up."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from procedures.models import Field, Procedure
from registrations.models import Citizen, Registration, Transition
from registrations.states import State
from tests.factories.scheduling import NOW, AppointmentFactory, SlotFactory, WardFactory, at
from zalo_bridge.models import Contact


class FieldFactory(DjangoModelFactory):
    class Meta:
        model = Field
        django_get_or_create = ("code",)

    code = "mau"
    name = "Lĩnh vực mẫu"


class ProcedureFactory(DjangoModelFactory):
    class Meta:
        model = Procedure

    local_id = factory.Sequence(lambda n: f"MAU-{n}")
    name = factory.LazyAttribute(lambda procedure: f"Cấp {procedure.short_name}")
    short_name = factory.Sequence(lambda n: f"Giấy phép mẫu {n}")
    field = factory.SubFactory(FieldFactory)
    family = "mau"
    action = Procedure.Action.NEW
    visit_minutes = 45


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    oa_id = "2000300040005000601"
    user_id = factory.Sequence(lambda n: str(9_000_000_000_000_000_000 + n))
    display_name = "Người Mẫu"
    is_following = True
    last_interaction_at = NOW


class CitizenFactory(DjangoModelFactory):
    class Meta:
        model = Citizen

    name = factory.Sequence(lambda n: f"Người Mẫu {n}")
    phone = factory.Sequence(lambda n: f"+84900000{n % 1000:03}")
    address_line = "Tổ 5"


class RegistrationFactory(DjangoModelFactory):
    """A request waiting to be called, with a live visit on Wednesday. `without_time=True` has none."""

    class Meta:
        model = Registration
        skip_postgeneration_save = True

    class Params:
        without_time = factory.Trait(appointment=None)
        by_zalo = factory.Trait(citizen=factory.SubFactory(CitizenFactory, contact=factory.SubFactory(ContactFactory)))

    code = factory.Sequence(lambda n: f"HT-{_letters(n)}")
    citizen = factory.SubFactory(CitizenFactory)
    procedure = factory.SubFactory(ProcedureFactory)
    words = "ban ruou"
    ward = factory.SubFactory(WardFactory)
    address_line = "Tổ 5, đường Mẫu"
    created_at = NOW
    call_due_at = NOW
    appointment = factory.SubFactory(
        AppointmentFactory,
        ward=factory.SelfAttribute("..ward"),
        # Slots are unique by their start: seconds apart, all on Wednesday morning.
        slot=factory.SubFactory(
            SlotFactory, booked=1, starts_at=factory.Sequence(lambda n: at("08:00") + timedelta(seconds=n))
        ),
    )

    @factory.post_generation
    def history(self, create: bool, states: list[State] | None) -> None:
        if create and not states:
            Transition.objects.create(registration=self, to_state=self.state, actor_kind="citizen", at=self.created_at)


def _letters(number: int) -> str:
    alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    text = ""
    for _ in range(5):
        number, place = divmod(number, len(alphabet))
        text = alphabet[place] + text
    return text
