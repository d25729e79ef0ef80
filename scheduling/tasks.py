"""Background work: doors only."""

from celery import shared_task

from scheduling.office_data import prepare_office


@shared_task
def open_slots() -> None:
    """Hourly: open what the horizon asks for, refit places to who can go, propose the coming year's holidays."""
    prepare_office()
