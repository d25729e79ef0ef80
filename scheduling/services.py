"""The door of scheduling. Other apps import only this module and `errors`.

Everything runs in the caller's transaction where there is one, else in its own. Times are aware; days are of Việt Nam.
"""

from scheduling.addresses import AddressReading
from scheduling.booking import book, follow, move, release
from scheduling.calendar_questions import (
    add_working_minutes,
    closure_name,
    each_working_day_after,
    hours_on,
    is_open,
    next_open_moment,
    working_days_after,
)
from scheduling.capacity import minutes_to_work
from scheduling.choosing import OTHER, REASONS, is_first, reason_said
from scheduling.disagreements import miscounted_slots, slots_outside_hours
from scheduling.free_times import FreeDay, FreeSlot, find_slot, free_days, nearest_free
from scheduling.holiday_proposals import propose_holidays
from scheduling.models import Absence, Appointment, Assignment, Closure, Slot, StaffMember, WaitingPlace, Ward
from scheduling.names import staff_name
from scheduling.office_data import prepare_office
from scheduling.orders import Order, Telling, carry_out_with
from scheduling.rules import late_after
from scheduling.slots import misfits, open_slots
from scheduling.staffing import (
    Candidate,
    assign,
    candidates,
    forget_reasons,
    reassign,
    staff_member_of,
    staff_of,
    swap,
    unassign,
    visits_of,
)
from scheduling.waiting import accept as accept_offer
from scheduling.waiting import leave as stop_waiting
from scheduling.waiting import make_offers, tell_offers_with
from scheduling.waiting import wait as wait_for_place
from scheduling.ward_file import load_wards
from scheduling.wards import resolve_address, served_wards, ward_of_code
from scheduling.words import parse_day

__all__ = [
    "Absence",
    "AddressReading",
    "Appointment",
    "Assignment",
    "Candidate",
    "Closure",
    "FreeDay",
    "FreeSlot",
    "OTHER",
    "Order",
    "REASONS",
    "Slot",
    "StaffMember",
    "Telling",
    "WaitingPlace",
    "WaitingPlace",
    "Ward",
    "accept_offer",
    "add_working_minutes",
    "assign",
    "book",
    "candidates",
    "carry_out_with",
    "closure_name",
    "each_working_day_after",
    "find_slot",
    "follow",
    "forget_reasons",
    "free_days",
    "hours_on",
    "is_first",
    "is_open",
    "late_after",
    "load_wards",
    "make_offers",
    "minutes_to_work",
    "miscounted_slots",
    "misfits",
    "move",
    "nearest_free",
    "next_open_moment",
    "open_slots",
    "parse_day",
    "prepare_office",
    "propose_holidays",
    "reason_said",
    "reassign",
    "release",
    "resolve_address",
    "served_wards",
    "staff_member_of",
    "slots_outside_hours",
    "staff_name",
    "staff_of",
    "stop_waiting",
    "swap",
    "tell_offers_with",
    "unassign",
    "visits_of",
    "wait_for_place",
    "ward_of_code",
    "working_days_after",
]
