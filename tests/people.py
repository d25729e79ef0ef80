"""Members of staff by role."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User

from registrations.roles import ADMINISTRATORS, FIELD_STAFF, MANAGERS, VERIFIERS, load_roles

ROLES = {"verifier": VERIFIERS, "field_staff": FIELD_STAFF, "manager": MANAGERS, "administrator": ADMINISTRATORS}


def make_user(role: str, **fields: Any) -> User:
    """A member of staff with one role of `ROLES`."""
    user = get_user_model().objects.create_user(**{"username": role, **fields})
    if not Group.objects.filter(name=ROLES[role]).exists():
        load_roles()
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
