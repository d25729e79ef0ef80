"""The door of scheduling. Other apps import only this module and `errors`.

Everything runs in the caller's transaction where there is one, else in its own. Times are aware; days are of Việt Nam.
"""

from scheduling.addresses import AddressReading
from scheduling.booking import book, move, release
from scheduling.calendar_questions import (
    add_working_minutes,
    closure_name,
    hours_on,
    is_open,
    next_open_moment,
    working_days_after,
)
from scheduling.free_times import FreeDay, FreeSlot, find_slot, free_days, nearest_free
from scheduling.holiday_proposals import propose_holidays
from scheduling.models import Absence, Appointment, Assignment, Closure, Slot, StaffMember, WaitingPlace, Ward
from scheduling.office_data import prepare_office
from scheduling.orders import Order, Telling, carry_out_with
from scheduling.slots import misfits, open_slots
from scheduling.staffing import (
    Candidate,
    assign,
    candidates,
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

__all__ = [
    "Absence",
    "AddressReading",
    "Appointment",
    "Assignment",
    "Candidate",
    "Closure",
    "FreeDay",
    "FreeSlot",
    "Order",
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
    "find_slot",
    "free_days",
    "hours_on",
    "is_open",
    "load_wards",
    "make_offers",
    "misfits",
    "move",
    "nearest_free",
    "next_open_moment",
    "open_slots",
    "prepare_office",
    "propose_holidays",
    "reassign",
    "release",
    "resolve_address",
    "served_wards",
    "staff_member_of",
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
