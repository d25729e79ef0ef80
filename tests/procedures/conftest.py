import pytest

from procedures.current_index import index_of_file
from procedures.loading import PACKAGED_FILE, load_catalogue
from procedures.search_index import Index


@pytest.fixture(scope="session")
def packaged_index() -> Index:
    """The shipped catalogue, ready to search, without a database."""
    return index_of_file(PACKAGED_FILE)


@pytest.fixture
def catalogue(db, loaded_once):
    """The shipped catalogue in the database."""
    loaded_once(load_catalogue, app="procedures")
