"""Members of staff by role, and their passwords."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import Group, User
from django.test import override_settings

from registrations.roles import ADMINISTRATORS, FIELD_STAFF, MANAGERS, VERIFIERS

ROLES = {"verifier": VERIFIERS, "field_staff": FIELD_STAFF, "manager": MANAGERS, "administrator": ADMINISTRATORS}


class QuickHasher(Argon2PasswordHasher):
    """Nobody guesses the passwords of tests. What runs as a process of its own hashes as production does."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_hashed_quickly() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["tests.people.QuickHasher"]):
        yield


def make_user(role: str, **fields: Any) -> User:
    """A member of staff with one role of `ROLES`."""
    user = get_user_model().objects.create_user(**{"username": role, **fields})
    user.groups.add(Group.objects.get(name=ROLES[role]))
    return user


@pytest.fixture
def verifier(db: None) -> User:
    return make_user("verifier")


@pytest.fixture
def field_staff(db: None) -> User:
    return make_user("field_staff")


@pytest.fixture
def manager(db: None) -> User:
    return make_user("manager")


@pytest.fixture
def administrator(db: None) -> User:
    return make_user("administrator", is_staff=True, is_superuser=True)
