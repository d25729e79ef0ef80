"""The office of the drills: its data, the citizens who register by chat, and the clerks who verify and assign.

`python -m tests.drills.office prepare` fills a fresh database; `… clerks` works until it is ended.
"""

import sys
import threading
import time

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import InterfaceError, OperationalError, connection  # noqa: E402

from procedures.services import Field  # noqa: E402
from registrations import services  # noqa: E402
from registrations.errors import RegistrationError  # noqa: E402
from registrations.models import Registration  # noqa: E402
from scheduling.errors import SchedulingError  # noqa: E402
from scheduling.services import StaffMember, Ward, candidates, prepare_office  # noqa: E402

CLERKS = 2


def prepare() -> None:
    call_command("prepare", verbosity=0)
    for number in (1, 2):
        user, _ = get_user_model().objects.get_or_create(username=f"mau{number}")
        name = f"Nguyễn Thị Mẫu {number}"
        staff, _ = StaffMember.objects.get_or_create(user=user, defaults={"name": name, "title": "chị"})
        staff.wards.set(Ward.objects.filter(is_served=True))
        staff.fields.set(Field.objects.all())
    prepare_office()


def clerks() -> None:
    """Two at once, taking whatever comes next, so that they compete for requests and for people."""
    for number in range(CLERKS):
        threading.Thread(target=_work, args=(number,), daemon=True).start()
    print("clerks ready.", flush=True)
    while True:
        time.sleep(3600)


def _work(number: int) -> None:
    hopeless: set[int] = set()
    while True:
        try:
            actor = services.Actor.staff(get_user_model().objects.get(username=f"mau{number + 1}"))
            for registration in Registration.objects.filter(state__in=("submitted", "verified")).order_by("?"):
                if registration.pk not in hopeless and not _take_on(registration, actor):
                    hopeless.add(registration.pk)
        except (OperationalError, InterfaceError):
            connection.close()
        time.sleep(0.3)


def _take_on(registration: Registration, actor: services.Actor) -> bool:
    """Verify and assign. False when nobody can go."""
    try:
        if registration.state == "submitted":
            services.verify(registration=registration, actor=actor)
        if registration.appointment is None:
            return False
        for candidate in candidates(appointment=registration.appointment):
            if not candidate.can_go:
                return False
            try:
                services.assign(registration=registration, staff=candidate.staff, actor=actor)
            except SchedulingError:
                continue
            return True
    except RegistrationError:
        return True  # The other clerk was faster.
    return False


if __name__ == "__main__":
    {"prepare": prepare, "clerks": clerks}[sys.argv[1]]()
