"""Wards, hours, closures, slots, staff, absences, appointments, assignments: who can be where, when."""

from scheduling.models.office import BookingRules, Closure, Slot, WorkingHours
from scheduling.models.people import Absence, CalendarFeed, StaffMember, TravelTime, Ward
from scheduling.models.visits import LIVE, OVER, Appointment, Assignment, BoardChange, WaitingPlace

__all__ = [
    "Absence",
    "Appointment",
    "Assignment",
    "BoardChange",
    "BookingRules",
    "CalendarFeed",
    "Closure",
    "LIVE",
    "OVER",
    "Slot",
    "StaffMember",
    "TravelTime",
    "WaitingPlace",
    "Ward",
    "WorkingHours",
]
