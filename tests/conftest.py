"""What every test shares: strict pages, people by role, a browser, the demo as real processes."""

import os
import random
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.template import engines
from whitenoise.middleware import WhiteNoiseMiddleware

from tests.pages import StrictClient
from tests.shuffling import unordered_rows_shuffled
from tests.templates import FailOnUnknownVariable

# The same examples each time, however busy the machine: a failure is about the change. HYPOTHESIS=explore digs deeper.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS", "same"))

LONGEST_IN_A_NAME = 300

pytest_plugins = ["tests.databases", "tests.people", "tests.browsing", "tests.demo"]


def pytest_make_parametrize_id(val: object) -> str | None:
    """A test's name travels to the workers and back, into the cache and the environment: ten megabytes would, too."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_IN_A_NAME:
        return f"{ascii(val[:20])} and so on, {len(val)} long"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: at the end of the run no worker is left alone with one of them. And the demo before all: it
    has a database of its own, and starts while another worker makes the one of the tests.
    """
    items.sort(key=_how_late)


def _how_late(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    if group and group.args == ("demo",):
        return 0
    return 1 if group or item.get_closest_marker("browser") else 2


@pytest.fixture(autouse=True, scope="session")
def _unknown_template_variables_fail() -> None:
    engines["django"].engine.string_if_invalid = FailOnUnknownVariable(settings.BASE_DIR)


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_looked_for_once() -> Iterator[None]:
    """Every client has a middleware of its own, and each would go through all our folders again."""
    search = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def search_once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            search(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = search_once
    yield
    WhiteNoiseMiddleware.add_files_from_finders = search


@pytest.fixture(autouse=True, scope="session")
def chance() -> Iterator[random.Random]:
    with unordered_rows_shuffled() as chance:
        yield chance


@pytest.fixture(autouse=True)
def _every_test_has_its_own_luck(chance: random.Random, request: pytest.FixtureRequest) -> None:
    chance.seed(request.node.nodeid)


@pytest.fixture(autouse=True)
def _cache_starts_empty() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def client() -> StrictClient:
    return StrictClient()
