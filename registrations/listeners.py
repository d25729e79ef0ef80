"""What registrations listens to in the apps below it, which know nothing of it. Imported once all models are there."""

from registrations.board_orders import carry_out
from registrations.dialogue.shell import on_event
from registrations.message_names import KINDS, PARAMS, describe, find
from registrations.trouble import on_given_up
from registrations.undelivered import on_undeliverable
from registrations.waiting_list import on_offer
from scheduling.services import carry_out_with, is_open, tell_offers_with
from zalo_bridge import services as bridge

tell_offers_with(on_offer)
bridge.on_event(on_event)
bridge.on_undeliverable(on_undeliverable)
bridge.on_given_up(on_given_up)
bridge.ask_office_hours(is_open)
bridge.name_kinds(KINDS, params=PARAMS)
bridge.name_subjects(describe=describe, find=find)
carry_out_with(carry_out)
