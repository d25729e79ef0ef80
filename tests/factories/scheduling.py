"""Wards, people, slots and visits for tests. Names are plainly made up."""

from datetime import date, datetime, time, timedelta

import factory
from django.contrib.auth import get_user_model
from factory.django import DjangoModelFactory

from scheduling.hours import ZONE
from scheduling.models import Absence, Appointment, Closure, Slot, StaffMember, TravelTime, Ward

# A Monday in open office hours; the Tuesday after it is a holiday, so most tests book on the Wednesday.
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
WEDNESDAY = date(2026, 11, 25)


def at(clock: str, day: date = WEDNESDAY) -> datetime:
    """`08:30` on a day, in Việt Nam."""
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=ZONE)


def enter_travel_times(*, same: int, neighbour: int, far: int) -> None:
    """Minutes between two visits, as an office enters them."""
    minutes = {"same": same, "neighbour": neighbour, "far": far}
    TravelTime.objects.bulk_create(TravelTime(distance=each, minutes=minutes[each]) for each in minutes)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()

    username = factory.Sequence(lambda n: f"canbo{n}")


class WardFactory(DjangoModelFactory):
    class Meta:
        model = Ward

    code = factory.Sequence(lambda n: f"9{n:04}")
    short_name = factory.Sequence(lambda n: f"Mẫu {n}")
    name = factory.LazyAttribute(lambda ward: f"{ward.kind} {ward.short_name}")
    kind = "Phường"
    province = "Tỉnh Khánh Hòa"
    valid_from = date(2025, 7, 1)
    is_served = True


class StaffMemberFactory(DjangoModelFactory):
    class Meta:
        model = StaffMember
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Nguyễn Thị Mẫu {n}")
    title = "chị"

    @factory.post_generation
    def wards(self, create: bool, wards: list[Ward] | None) -> None:
        if create and wards:
            self.wards.set(wards)

    @factory.post_generation
    def fields(self, create: bool, fields: list | None) -> None:
        if create and fields:
            self.fields.set(fields)


class SlotFactory(DjangoModelFactory):
    """A slot at 08:00 on Wednesday with room for two; set by hand, so that opening slots leaves it alone."""

    class Meta:
        model = Slot

    starts_at = at("08:00")
    ends_at = factory.LazyAttribute(lambda slot: slot.starts_at + timedelta(minutes=60))
    capacity = 2
    is_set_by_hand = True


class AppointmentFactory(DjangoModelFactory):
    """A live visit of 45 minutes; takes its place in the slot as a real booking does."""

    class Meta:
        model = Appointment

    slot = factory.SubFactory(SlotFactory, booked=1)
    ward = factory.SubFactory(WardFactory)
    starts_at = factory.LazyAttribute(lambda visit: visit.slot.starts_at)
    ends_at = factory.LazyAttribute(lambda visit: visit.starts_at + timedelta(minutes=45))


class AbsenceFactory(DjangoModelFactory):
    class Meta:
        model = Absence

    staff = factory.SubFactory(StaffMemberFactory)
    period = (at("07:00"), at("17:00"))


class ClosureFactory(DjangoModelFactory):
    class Meta:
        model = Closure

    date = WEDNESDAY
    name = "Ngày mẫu"
