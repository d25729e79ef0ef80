"""Background work: doors only."""

from celery import shared_task

from scheduling.office_data import prepare_office
from scheduling.waiting import make_offers


@shared_task
def open_slots() -> None:
    """Hourly: open what the horizon asks for, refit places to who can go, propose the coming year's holidays."""
    prepare_office()


@shared_task
def offer_freed_places() -> None:
    """Every minute: let lapsed offers go and offer what is free to whoever waits."""
    make_offers()
