"""The door of scheduling. Other apps import only this module and `errors`.

Everything runs in the caller's transaction where there is one, else in its own. Times are aware; days are of Việt Nam.
"""

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
from scheduling.models import Absence, Appointment, Assignment, Closure, Slot, StaffMember, Ward
from scheduling.office_data import prepare_office
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
from scheduling.ward_file import load_wards
from scheduling.wards import served_wards

__all__ = [
    "Absence",
    "Appointment",
    "Assignment",
    "Candidate",
    "Closure",
    "FreeDay",
    "FreeSlot",
    "Slot",
    "StaffMember",
    "Ward",
    "add_working_minutes",
    "assign",
    "book",
    "candidates",
    "closure_name",
    "find_slot",
    "free_days",
    "hours_on",
    "is_open",
    "load_wards",
    "misfits",
    "move",
    "nearest_free",
    "next_open_moment",
    "open_slots",
    "prepare_office",
    "propose_holidays",
    "reassign",
    "release",
    "served_wards",
    "staff_member_of",
    "staff_of",
    "swap",
    "unassign",
    "visits_of",
    "working_days_after",
]
