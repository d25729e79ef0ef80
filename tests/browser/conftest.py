import pytest

from procedures.services import load_catalogue
from registrations.demo import load_demo
from scheduling.services import load_wards


@pytest.fixture
def week(transactional_db: None, loaded_once) -> None:
    """What `make demo` shows: the catalogue, the wards, and a week around today."""
    loaded_once(load_week)


def load_week() -> None:
    load_catalogue()
    load_wards()
    load_demo(password="mot-mat-khau-mau")
