"""Door of registrations: every change of a request goes through one of these, in order change → schedule → notice.

Each is one transaction (or a savepoint of the caller's). Nothing here talks to Zalo: notices are rows sent later.
"""

from registrations.arrivals import alarm_missed, report_delay
from registrations.attachments import keep_receipt
from registrations.checklists import save_checklist
from registrations.intake import edit, find_citizen, register, register_at_desk, take_consent
from registrations.queue import waiting_for
from registrations.transitions import Actor
from registrations.verification import (
    answer_received,
    ask_for_more,
    close_unreachable,
    log_call,
    owe_call,
    reject,
    tick_papers,
    verify,
)
from registrations.visits import (
    assign,
    cancel,
    change_time,
    complete,
    not_at_home,
    rate,
    reassign,
    rebook,
    set_off,
    start,
    unassign,
)

__all__ = [
    "Actor",
    "alarm_missed",
    "answer_received",
    "ask_for_more",
    "assign",
    "cancel",
    "change_time",
    "close_unreachable",
    "complete",
    "edit",
    "find_citizen",
    "keep_receipt",
    "log_call",
    "not_at_home",
    "owe_call",
    "rate",
    "reassign",
    "rebook",
    "register",
    "register_at_desk",
    "reject",
    "report_delay",
    "save_checklist",
    "set_off",
    "start",
    "take_consent",
    "tick_papers",
    "unassign",
    "verify",
    "waiting_for",
]
