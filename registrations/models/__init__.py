"""Citizens and their requests, from the first message to the rating."""

from registrations.models.conversation import Attachment, Dialogue, Reminder
from registrations.models.desk import DeskPreference, Export, SavedView, WorkRules
from registrations.models.measures import FirstFree
from registrations.models.people import Citizen, Consent, Merge, VnFold
from registrations.models.requests import FieldChange, Note, Registration, Transition
from registrations.models.rights import DataRequest
from registrations.models.wording import ConsentWording, MessageText
from registrations.models.work import (
    CaseLock,
    Checklist,
    ContactAttempt,
    Follow,
    Notification,
    PersonalDataView,
    Receipt,
)

__all__ = [
    "Attachment",
    "CaseLock",
    "Checklist",
    "Citizen",
    "Consent",
    "ConsentWording",
    "ContactAttempt",
    "DataRequest",
    "DeskPreference",
    "Dialogue",
    "Export",
    "FieldChange",
    "FirstFree",
    "Follow",
    "Merge",
    "MessageText",
    "Note",
    "Notification",
    "PersonalDataView",
    "Receipt",
    "Registration",
    "Reminder",
    "SavedView",
    "Transition",
    "VnFold",
    "WorkRules",
]
